package sim

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"hubscope/device"
)

// record is the book that a simulated device keeps. Simulated.mu guards it.
type record struct {
	state   State
	err     error
	retryIn time.Duration
	attempt int
	since   time.Time
	empty   bool      // its battery is
	emptied time.Time // when it became or ceased to be

	accepted, confirmed, failed, refusals, resent uint64
	skipped, duplicated, delayed, reordered       uint64
	unmade, received, methods                     uint64
	trouble                                       error
	desired, reported                             int64
	lastConfirmed                                 time.Time
	rtt, late                                     histogram
	lastText                                      string
	lastBytes                                     []byte
	lastID                                        string
	log                                           journal
}

// lastBody is how much of the last message is kept for people to see.
const lastBody = 1 << 10

var errEmpty = errors.New("the battery is empty")

func (r *record) fill(st *Status) {
	st.State, st.Err, st.RetryIn, st.Attempt, st.Since = r.state, r.err, r.retryIn, r.attempt, r.since
	if r.empty && r.state.Running() && r.state != Stopping {
		st.State, st.Err, st.RetryIn, st.Attempt, st.Since = Silent, errEmpty, 0, 0, r.emptied
	}
	st.Waiting = r.waiting()
	st.Busy = st.Waiting > 0
	st.Accepted, st.Confirmed, st.Failed, st.Refused, st.Resent = r.accepted, r.confirmed, r.failed, r.refusals, r.resent
	st.Skipped, st.Duplicated, st.Delayed, st.Reordered = r.skipped, r.duplicated, r.delayed, r.reordered
	st.Unmade, st.Trouble, st.Received, st.Methods = r.unmade, r.trouble, r.received, r.methods
	st.DesiredVersion, st.ReportedVersion = r.desired, r.reported
	st.LastConfirmed = r.lastConfirmed
	st.RTTp50, st.RTTp99 = r.rtt.quantile(0.50), r.rtt.quantile(0.99)
	st.ScheduleP50, st.ScheduleP99 = r.late.quantile(0.50), r.late.quantile(0.99)
	st.LastMessageID, st.LastBody = r.lastID, r.lastBytes
	if r.lastText != "" {
		st.LastBody = []byte(r.lastText)
	}
}

func (r *record) waiting() int {
	return int(r.accepted + r.refusals - r.confirmed - r.failed)
}

// note writes a line of the log that is about nothing else.
func (r *record) note(d Direction, now time.Time, text, result string, err error) int {
	l := line{at: now.UnixNano(), direction: d, text: text}
	if result != "" || err != nil {
		l.other = &outcome{result, err}
	}
	return r.log.write(l)
}

// enter goes to a state that the device itself decides.
func (r *record) enter(state State, err error, now time.Time) {
	r.state, r.err, r.retryIn, r.attempt, r.since = state, err, 0, 0, now
	switch state {
	case Failed:
		r.note(Connected, now, "stopped by itself: "+err.Error(), "", err)
	case Stopped:
		r.note(Connected, now, "stopped", "", nil)
	}
}

// connection notes what the client says about its connection.
func (r *record) connection(st device.State) {
	renewing := st.Phase == device.Reconnecting && st.Err == nil
	r.logConnection(st, renewing)
	if r.state == Stopping || !r.state.Running() || renewing {
		return
	}
	state := Starting
	switch {
	case st.Phase == device.Disconnected:
		return
	case st.Phase == device.Connected:
		state = Sending
	case st.Err != nil:
		state = Retrying
	}
	if state != r.state {
		r.since = st.Since
	}
	if st.RetryIn > 0 {
		r.since = st.Since
	}
	r.state, r.err, r.retryIn, r.attempt = state, st.Err, st.RetryIn, st.Attempt
}

func (r *record) logConnection(st device.State, renewing bool) {
	switch {
	case renewing:
		r.note(Connected, st.Since, "renewing the SAS token", "", st.Err)
	case st.Phase == device.Connected:
		r.note(Connected, st.Since, "connected", "", st.Err)
	case st.RetryIn > 0:
		r.note(Connected, st.Since, st.Err.Error(), fmt.Sprintf("next try in %s (attempt %d)", words(st.RetryIn), st.Attempt), st.Err)
	}
}

// made notes a message that the profile has made, and returns its log entry.
func (r *record) made(m *device.Message, now time.Time) int {
	r.trouble = nil
	r.lastID, r.lastText, r.lastBytes = m.MessageID, m.Text, m.Body
	if len(m.Text) > lastBody {
		r.lastText = string(append([]byte(nil), m.Text[:lastBody]...))
	}
	if len(m.Body) > lastBody {
		r.lastBytes = bytes.Clone(m.Body[:lastBody])
	}
	return r.log.write(line{at: now.UnixNano(), direction: Sent, text: describe(m)})
}

// describe says in a line what the message is: its ids, its properties, and in which form its body was given.
func describe(m *device.Message) string {
	var room [256]byte
	b := append(room[:0], m.MessageID...)
	if m.CorrelationID != "" {
		b = append(append(b, ' '), m.CorrelationID...)
	}
	for _, p := range m.Properties {
		b = append(append(b, ' '), p.Key...)
		b = append(append(b, '='), p.Value...)
	}
	form := "bytes"
	if m.Text != "" {
		form = "text"
	}
	b = fmt.Appendf(b, " (as %s, %d B)", form, len(m.Text)+len(m.Body))
	return string(bytes.TrimPrefix(b, []byte(" ")))
}

// refused notes that the client did not take a message that was counted as accepted.
func (r *record) refused(entry int, err error) {
	r.accepted--
	r.refusals++
	r.failed++
	r.log.complete(entry, "not sent: "+err.Error(), err)
}

func (r *record) receipt(receipt *device.Receipt, p *passage, now time.Time) {
	if err := receipt.Err(); err != nil {
		r.failed++
		r.log.complete(p.entry, "failed: "+err.Error(), err)
		return
	}
	r.confirmed++
	r.lastConfirmed = now
	took := receipt.RoundTrip()
	r.rtt.add(took)
	if receipt.Sends() > 1 {
		r.resent++
	} else if !p.planned.IsZero() {
		r.late.add(now.Add(-took).Sub(p.planned))
	}
	r.log.ack(p.entry, took)
}

// words gives a duration as one would say it.
func words(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1e3)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	default:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
}
