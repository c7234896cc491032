package wire

import "encoding/json"

// The values of Job.Type for jobs of version 2 (protocol 2.8).
const (
	JobMethod = "scheduleDeviceMethod"
	JobTwin   = "scheduleUpdateTwin"
)

// The values of Job.Status and DeviceJob.Status (protocol 2.8). Of the single
// device a canceled job is written with one l.
const (
	JobQueued    = "queued"
	JobScheduled = "scheduled"
	JobRunning   = "running"
	JobCompleted = "completed"
	JobFailed    = "failed"
	JobCancelled = "cancelled"

	DeviceJobPending  = "pending"
	DeviceJobCanceled = "canceled"
)

// Job is a scheduled job of version 2, both as a client asks for it and as the
// hub tells of it (protocol 2.8).
type Job struct {
	JobID                     string          `json:"jobId"`
	QueryCondition            string          `json:"queryCondition,omitempty"`
	CreatedTime               *Time           `json:"createdTime,omitempty"`
	StartTime                 *Time           `json:"startTime,omitempty"`
	EndTime                   *Time           `json:"endTime,omitempty"`
	MaxExecutionTimeInSeconds int64           `json:"maxExecutionTimeInSeconds"`
	Type                      string          `json:"type"`
	CloudToDeviceMethod       *MethodRequest  `json:"cloudToDeviceMethod,omitempty"`
	UpdateTwin                json.RawMessage `json:"updateTwin,omitempty"` // of a twin: etag, tags, properties.desired
	Status                    string          `json:"status,omitempty"`
	FailureReason             string          `json:"failureReason,omitempty"`
	StatusMessage             string          `json:"statusMessage,omitempty"`
	DeviceJobStatistics       *JobStatistics  `json:"deviceJobStatistics,omitempty"`
}

// JobStatistics counts the devices of a job.
type JobStatistics struct {
	DeviceCount    int64 `json:"deviceCount"`
	FailedCount    int64 `json:"failedCount"`
	SucceededCount int64 `json:"succeededCount"`
	RunningCount   int64 `json:"runningCount"`
	PendingCount   int64 `json:"pendingCount"`
}

// DeviceJob is a row of devices.jobs: a job as far as one device goes (protocol
// 2.8).
type DeviceJob struct {
	DeviceID               string            `json:"deviceId"`
	ModuleID               string            `json:"moduleId,omitempty"`
	JobID                  string            `json:"jobId"`
	JobType                string            `json:"jobType"`
	Status                 string            `json:"status"`
	StartTimeUTC           *Time             `json:"startTimeUtc,omitempty"`
	EndTimeUTC             *Time             `json:"endTimeUtc,omitempty"`
	CreatedDateTimeUTC     Time              `json:"createdDateTimeUtc"`
	LastUpdatedDateTimeUTC Time              `json:"lastUpdatedDateTimeUtc"`
	Outcome                *DeviceJobOutcome `json:"outcome,omitempty"`
	Error                  *DeviceJobError   `json:"error,omitempty"`
}

// DeviceJobOutcome is what a device answered.
type DeviceJobOutcome struct {
	DeviceMethodResponse *MethodResponse `json:"deviceMethodResponse"`
}

// DeviceJobError says why a job failed on a device.
type DeviceJobError struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}
