package core

import (
	"errors"

	"hubscope/hub/localhub/core/eventlog"
)

// The event log's own types; package eventlog explains them.
type (
	Record        = eventlog.Record
	PartitionInfo = eventlog.PartitionInfo
	Position      = eventlog.Position
	Reader        = eventlog.Reader
)

// The kinds of Position.
const (
	Earliest = eventlog.Earliest
	Latest   = eventlog.Latest
	Offset   = eventlog.Offset
	Sequence = eventlog.Sequence
	Enqueued = eventlog.Enqueued
)

// Partition tells the state of partition p. The error has ConditionOutOfRange.
func (h *Hub) Partition(p int) (PartitionInfo, error) {
	info, err := h.log.Partition(p)
	return info, h.logError(p, err)
}

// OpenReader starts to read partition p. A position beyond the end is an error
// with ConditionArgument (protocol 7.5); one that retention has passed by starts
// at the oldest event. A partition that does not exist is an error with
// ConditionOutOfRange (protocol 7.7). The caller closes the reader.
func (h *Hub) OpenReader(p int, from Position) (*Reader, error) {
	r, err := h.log.OpenReader(p, from)
	return r, h.logError(p, err)
}

// logError words the log's errors as the service would.
func (h *Hub) logError(p int, err error) error {
	if err == nil {
		return nil
	}
	var position *eventlog.PositionError
	switch {
	case errors.As(err, &position):
		e := NewError(CodeArgumentInvalid, "%s", position)
		e.Condition = ConditionArgument
		return e
	case errors.Is(err, eventlog.ErrNoPartition):
		e := NewError(CodeArgumentInvalid, "The specified partition is invalid: '%d'. The partitions are 0 to %d.", p, h.Partitions()-1)
		e.Condition = ConditionOutOfRange
		return e
	}
	return NewError(CodeServerError, "The events of partition %d could not be read: %s.", p, err)
}
