package amqp

import (
	"sync"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// telemetryNode is devices/{id}[/modules/{mid}]/messages/events as a target:
// what devices send (protocol 5.1). As a source of a module it has the messages
// to its inputs.
type telemetryNode struct{ inputs *deviceBoundNode }

const (
	telemetryWindow = 500
	// telemetryLimit has room for sections that do not count against the
	// 256 KB of a message, which the session checks.
	telemetryLimit = core.MaxMessageSize + 64<<10
	// formatBatch is the message-format of a batch: each data section is a
	// message of its own.
	formatBatch = 0x80013700
)

func (n *telemetryNode) source(s *sender) error {
	if id, ok := s.address.identity(); !ok || id.Module == "" {
		return fault(condNotAllowed, "Events of a device are read from the Event Hubs-compatible endpoint.")
	}
	return n.inputs.source(s)
}

func (n *telemetryNode) target(r *receiver) error {
	d, err := r.enter()
	if err != nil {
		return err
	}
	r.window, r.limit, r.lenient = telemetryWindow, telemetryLimit, true
	r.message = func(m *delivery) { sendTelemetry(d.session, m) }
	return nil
}

// sendTelemetry accepts a delivery when all of its messages are durable.
func sendTelemetry(s *core.Session, d *delivery) {
	messages, err := telemetryOf(d)
	if err != nil {
		d.reject(err)
		return
	}
	if len(messages) == 1 {
		s.Send(messages[0], d.settleWith)
		return
	}
	all := &tally{left: len(messages), finish: d.settleWith}
	for _, m := range messages {
		s.Send(m, all.done)
	}
}

// telemetryOf takes a delivery apart: a message, or the messages of a batch.
func telemetryOf(d *delivery) ([]core.Message, error) {
	outer, err := readMessage(d.payload)
	if err != nil {
		return nil, err
	}
	if d.format != formatBatch {
		m, err := telemetry(outer, propertyNames(outer, d.payload))
		return []core.Message{m}, err
	}
	return batchOf(outer)
}

func batchOf(outer *goamqp.Message) ([]core.Message, error) {
	if len(outer.Data) == 0 {
		return nil, core.NewError(core.CodeArgumentInvalid, "The batch has no messages.")
	}
	size, messages := 0, make([]core.Message, 0, len(outer.Data))
	for _, encoded := range outer.Data {
		inner, err := readMessage(encoded)
		if err != nil {
			return nil, err
		}
		m, err := telemetry(inner, propertyNames(inner, encoded))
		if err != nil {
			return nil, err
		}
		if size += m.Size(); size > core.MaxMessageSize {
			return nil, core.NewError(core.CodeMessageTooLarge, "The batch has more than %d bytes.", core.MaxMessageSize)
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// settleWith accepts, or rejects with an error. It does not block.
func (d *delivery) settleWith(err error) {
	if err != nil {
		d.reject(deviceFault(err))
		return
	}
	d.accept()
}

// tally waits for a number of results, and then passes on the first error, or
// nil.
type tally struct {
	finish func(error)

	mu     sync.Mutex
	left   int   // guarded by mu
	failed error // guarded by mu
}

func (t *tally) done(err error) {
	t.mu.Lock()
	t.left--
	if t.failed == nil {
		t.failed = err
	}
	last, failed := t.left == 0, t.failed
	t.mu.Unlock()
	if last {
		t.finish(failed)
	}
}
