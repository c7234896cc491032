package core

import "hubscope/hub/localhub/core/eventlog"

// The event log's own types; package eventlog explains them.
type (
	Record        = eventlog.Record
	PartitionInfo = eventlog.PartitionInfo
	Position      = eventlog.Position
)

// The kinds of Position.
const (
	Earliest = eventlog.Earliest
	Latest   = eventlog.Latest
	Offset   = eventlog.Offset
	Sequence = eventlog.Sequence
	Enqueued = eventlog.Enqueued
)

// Reader is a reader of a partition.
type Reader = eventlog.Reader

// Partition tells the state of partition p. Error: ConditionOutOfRange.
func (h *Hub) Partition(p int) (PartitionInfo, error) {
	return PartitionInfo{}, NewError(CodePartitionNotFound, "Not ready.")
}

// OpenReader starts to read partition p. A position beyond the end is an error
// with ConditionArgument (protocol 7.5); one that retention has passed by starts
// at the oldest event. The caller closes the reader.
func (h *Hub) OpenReader(p int, from Position) (*Reader, error) {
	return nil, NewError(CodePartitionNotFound, "Not ready.")
}
