package wire

// The values of TransferJob.Type, and those of its Status that other jobs do not
// have (protocol 2.8).
const (
	TransferExport = "export"
	TransferImport = "import"

	JobEnqueued = "enqueued"
)

// The values of TransferJob.StorageAuthenticationType: container URIs with a token,
// and without.
const (
	StorageKey      = "keyBased"
	StorageIdentity = "identityBased"
)

// TransferJob is a job that imports identities from a blob or exports them to one,
// both as a client asks for it and as the hub tells of it (protocol 2.8).
type TransferJob struct {
	JobID                     string `json:"jobId"`
	StartTimeUTC              *Time  `json:"startTimeUtc,omitempty"`
	EndTimeUTC                *Time  `json:"endTimeUtc,omitempty"`
	Type                      string `json:"type"`
	Status                    string `json:"status,omitempty"`
	Progress                  int    `json:"progress"` // percent
	InputBlobContainerURI     string `json:"inputBlobContainerUri,omitempty"`
	InputBlobName             string `json:"inputBlobName,omitempty"` // default devices.txt
	OutputBlobContainerURI    string `json:"outputBlobContainerUri,omitempty"`
	OutputBlobName            string `json:"outputBlobName,omitempty"` // default devices.txt
	ExcludeKeysInExport       bool   `json:"excludeKeysInExport"`
	StorageAuthenticationType string `json:"storageAuthenticationType,omitempty"`
	FailureReason             string `json:"failureReason,omitempty"`
	IncludeConfigurations     bool   `json:"includeConfigurations,omitempty"`
	ConfigurationsBlobName    string `json:"configurationsBlobName,omitempty"` // default configurations.txt
}
