package wire

// QueryRequest is the body of POST /devices/query (protocol 2.6).
type QueryRequest struct {
	Query string `json:"query"`
}

// The item types of a query's result, in the header [HeaderItemType].
const (
	ItemTwin        = "twin"
	ItemRaw         = "raw"
	ItemDeviceJob   = "deviceJob"
	ItemJobResponse = "jobResponse"
)

// Header names of the REST API.
const (
	HeaderContinuation = "x-ms-continuation"
	HeaderItemType     = "x-ms-item-type"
	HeaderMaxItemCount = "x-ms-max-item-count"
	HeaderErrorCode    = "iothub-errorcode"
	HeaderRequestID    = "x-ms-request-id"
)
