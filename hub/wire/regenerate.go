package wire

// RegenerateRequest is the body of POST /devices/keys/regenerate, which only the
// Azure CLI sends (protocol 2.1).
type RegenerateRequest struct {
	PolicyKey string       `json:"policyKey"` // "primaryKey", "secondaryKey" or "both"
	Devices   []RotatedKey `json:"devices"`
}

// RegenerateResult is its answer, with status 200; 207 when some identities kept
// their keys, 400 when all did.
type RegenerateResult struct {
	PolicyKey   string       `json:"policyKey"`
	RotatedKeys []RotatedKey `json:"rotatedKeys"`
	Errors      []BulkError  `json:"errors"`
}

// RotatedKey is an identity with the keys that are new.
type RotatedKey struct {
	ID           string `json:"id"`
	ModuleID     string `json:"moduleId,omitempty"`
	PrimaryKey   string `json:"primaryKey,omitempty"`
	SecondaryKey string `json:"secondaryKey,omitempty"`
}
