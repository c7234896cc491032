package wire

import "encoding/json"

// MethodRequest is the body of POST /twins/{id}/methods (protocol 2.7). Times
// that are absent have the service's defaults, 30 and 0.
type MethodRequest struct {
	MethodName               string          `json:"methodName"`
	ResponseTimeoutInSeconds *int            `json:"responseTimeoutInSeconds,omitempty"`
	ConnectTimeoutInSeconds  *int            `json:"connectTimeoutInSeconds,omitempty"`
	Payload                  json.RawMessage `json:"payload,omitempty"`
}

// MethodResponse is what the device answered: its own status, whatever the HTTP
// status, and any JSON.
type MethodResponse struct {
	Status  int             `json:"status"`
	Payload json.RawMessage `json:"payload"`
}
