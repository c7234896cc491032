package sim

import "time"

// State is what a simulated device is doing.
type State uint8

// The states of a simulated device. Stopped and Failed are final.
const (
	Starting State = iota // connecting for the first time
	Sending               // connected
	Retrying              // the connection was lost or refused for now; it tries again
	Stopping              // asked to stop, waiting for confirmations
	Stopped               // stopped as asked
	Failed                // stopped by itself, see Status.Err
	Silent                // it has no power: its battery is empty
	states
)

// String names the state in lower case.
func (s State) String() string {
	switch s {
	case Starting:
		return "starting"
	case Sending:
		return "sending"
	case Retrying:
		return "retrying"
	case Stopping:
		return "stopping"
	case Stopped:
		return "stopped"
	case Failed:
		return "failed"
	case Silent:
		return "silent"
	default:
		return "unknown"
	}
}

// Running tells whether the device is connected or means to be.
func (s State) Running() bool { return s != Stopped && s != Failed }

// Status is a snapshot of a simulated device.
type Status struct {
	DeviceID, Profile string
	State             State
	// Err is why the device is Failed or Retrying.
	Err error
	// RetryIn counts from Since; Attempt from 1. Both are for Retrying and Starting.
	RetryIn  time.Duration
	Attempt  int
	Interval time.Duration
	// Busy is the send status: true while a message waits for its confirmation, else idle.
	Busy bool
	// Accepted messages were taken by the client and wait for their confirmation until they are
	// Confirmed or Failed. Refused ones were not taken, since too many wait; they count as failed
	// too. Always: Accepted + Refused = Confirmed + Failed + Waiting.
	Accepted, Confirmed, Failed, Refused uint64
	Waiting                              int
	// Resent is how many confirmed messages had to be written more than once.
	Resent uint64
	// Skipped messages took a number and were never sent; Duplicated are copies, which are among the Accepted; Delayed
	// and Reordered messages were held back, and Held ones still are: they are not among the Accepted yet.
	Skipped, Duplicated, Delayed, Reordered uint64
	Held                                    int
	// Unmade is how often the profile could not make a message, and Trouble why when its last try failed.
	Unmade  uint64
	Trouble error
	// Received are cloud-to-device messages; Methods are calls, known or not.
	Received, Methods uint64
	// DesiredVersion is that of the desired properties that the device has applied, ReportedVersion that of what it last
	// reported; 0 before.
	DesiredVersion, ReportedVersion int64
	// Faults are those that it has, now or later. Never changed after.
	Faults []ActiveFault
	// ScheduleP50 and ScheduleP99 are of how much later than planned messages left, within 12 percent, while there was a
	// connection.
	ScheduleP50, ScheduleP99 time.Duration
	// LastConfirmed is when the last confirmation came; zero before the first.
	LastConfirmed time.Time
	// RTTp50 and RTTp99 are of all confirmed messages, within 12 percent; 0 before the first.
	RTTp50, RTTp99 time.Duration
	LastBody       []byte // never changed after
	LastMessageID  string
	// Since is when State began.
	Since time.Time
	// Seed is what its messages are made with, together with its id.
	Seed uint64
}
