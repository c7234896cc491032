package core

// Authenticate verifies a SAS token: its signature by a key of the policy or of
// the identity that it names, the host, the expiry with 5 minutes of skew, and
// that the identity is enabled (protocol 1.2, 1.3). Tokens of IoT Hub and of
// Event Hubs clients are both taken. Errors are *Error: 401003, 403012.
func (h *Hub) Authenticate(token string) (Principal, error) {
	return Principal{}, NewError(CodeUnauthorized, "Not ready.")
}

// PolicyKeyCheck verifies a policy's key as such, for SASL PLAIN.
func (h *Hub) PolicyKeyCheck(policy, key string) (Principal, error) {
	return Principal{}, NewError(CodeUnauthorized, "Not ready.")
}
