package wire

import "encoding/json"

// The values of BulkItem.ImportMode; the service reads them in any case
// (protocol 2.4).
const (
	ImportCreate                    = "create"
	ImportCreateOrUpdate            = "createOrUpdate"
	ImportCreateOrUpdateIfMatchETag = "createOrUpdateIfMatchETag"
	ImportUpdate                    = "update"
	ImportUpdateIfMatchETag         = "updateIfMatchETag"
	ImportDelete                    = "delete"
	ImportDeleteIfMatchETag         = "deleteIfMatchETag"
	ImportUpdateTwin                = "updateTwin"
	ImportUpdateTwinIfMatchETag     = "updateTwinIfMatchETag"
)

// BulkItem is one identity in the body of POST /devices: what to do, and with
// what.
type BulkItem struct {
	ID             string          `json:"id"` // not deviceId
	ModuleID       string          `json:"moduleId,omitempty"`
	ETag           string          `json:"eTag,omitempty"` // the identity's; for the IfMatchETag modes
	ImportMode     string          `json:"importMode,omitempty"`
	Status         string          `json:"status,omitempty"`
	StatusReason   string          `json:"statusReason,omitempty"`
	Authentication *Authentication `json:"authentication,omitempty"`
	TwinETag       string          `json:"twinETag,omitempty"` // for updateTwinIfMatchETag
	Tags           json.RawMessage `json:"tags,omitempty"`
	Properties     *TwinProperties `json:"properties,omitempty"`
	Capabilities   *Capabilities   `json:"capabilities,omitempty"`
	DeviceScope    string          `json:"deviceScope,omitempty"`
	ParentScopes   []string        `json:"parentScopes,omitempty"`
	ManagedBy      *string         `json:"managedBy,omitempty"`
}

// BulkResult is the answer to POST /devices. It comes with status 200, or with
// 400 when there are errors.
type BulkResult struct {
	IsSuccessful bool          `json:"isSuccessful"`
	Errors       []BulkError   `json:"errors"`
	Warnings     []BulkWarning `json:"warnings"`
}

// BulkError tells why one item was not done.
type BulkError struct {
	DeviceID    string   `json:"deviceId"`
	ModuleID    string   `json:"moduleId,omitempty"`
	ErrorCode   CodeName `json:"errorCode"`
	ErrorStatus string   `json:"errorStatus"`
	Operation   string   `json:"operation,omitempty"`
}

// BulkWarning tells what of an item was not done although the rest was.
type BulkWarning struct {
	DeviceID      string `json:"deviceId"`
	WarningCode   string `json:"warningCode"`
	WarningStatus string `json:"warningStatus"`
}

// WarningWithoutTwin is the BulkWarning.WarningCode of a device that was made
// while its tags and properties were refused.
const WarningWithoutTwin = "DeviceRegisteredWithoutTwin"

// CodeName is the name of an error code, such as DeviceAlreadyExists; older
// services give its number instead, which is read as a name too.
type CodeName string

// UnmarshalJSON reads a name or a number.
func (n *CodeName) UnmarshalJSON(data []byte) error {
	var number json.Number
	if len(data) > 0 && data[0] != '"' && json.Unmarshal(data, &number) == nil {
		*n = CodeName(number)
		return nil
	}
	return json.Unmarshal(data, (*string)(n))
}

// PurgeResult is the answer to DELETE /devices/{id}/commands (protocol 2.4).
type PurgeResult struct {
	DeviceID            string  `json:"deviceId"`
	ModuleID            *string `json:"moduleId"`
	TotalMessagesPurged int     `json:"totalMessagesPurged"`
}
