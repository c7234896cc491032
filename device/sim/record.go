package sim

import (
	"bytes"
	"fmt"
	"time"

	"hubscope/device"
)

// record is the book that a simulated device keeps. Simulated.mu guards it.
type record struct {
	deviceID, profile string
	interval          time.Duration
	state             State
	err               error
	retryIn           time.Duration
	attempt           int
	since             time.Time

	accepted, confirmed, failed, refusals, resent uint64
	lastConfirmed                                 time.Time
	rtt                                           histogram
	lastBody                                      []byte
	lastID                                        string
	log                                           journal
}

func newRecord(deviceID string, o Options) record {
	return record{
		deviceID: deviceID, profile: o.Profile.Name, interval: o.Interval,
		since: time.Now(), log: journal{limit: o.LogSize},
	}
}

func (r *record) status() Status {
	waiting := r.waiting()
	return Status{
		DeviceID: r.deviceID, Profile: r.profile, Interval: r.interval,
		State: r.state, Err: r.err, RetryIn: r.retryIn, Attempt: r.attempt, Since: r.since,
		Busy: waiting > 0, Waiting: waiting,
		Accepted: r.accepted, Confirmed: r.confirmed, Failed: r.failed, Refused: r.refusals, Resent: r.resent,
		LastConfirmed: r.lastConfirmed, RTTp50: r.rtt.quantile(0.50), RTTp99: r.rtt.quantile(0.99),
		LastBody: r.lastBody, LastMessageID: r.lastID,
	}
}

func (r *record) waiting() int {
	return int(r.accepted + r.refusals - r.confirmed - r.failed)
}

// enter goes to a state that the device itself decides.
func (r *record) enter(state State, err error, now time.Time) {
	r.state, r.err, r.retryIn, r.attempt, r.since = state, err, 0, 0, now
	switch state {
	case Failed:
		r.log.write(Entry{Time: now, Direction: Connected, Text: "stopped by itself: " + err.Error(), Err: err})
	case Stopped:
		r.log.write(Entry{Time: now, Direction: Connected, Text: "stopped"})
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
	e := Entry{Time: st.Since, Direction: Connected, Err: st.Err}
	switch {
	case renewing:
		e.Text = "renewing the SAS token"
	case st.Phase == device.Connected:
		e.Text = "connected"
	case st.RetryIn > 0:
		e.Text = st.Err.Error()
		e.Outcome = fmt.Sprintf("next try in %s (attempt %d)", words(st.RetryIn), st.Attempt)
	default:
		return
	}
	r.log.write(e)
}

// sending notes a message that is about to be given to the client, and returns its log entry.
func (r *record) sending(m device.Message, now time.Time) int {
	r.accepted++
	r.lastID = m.MessageID
	r.lastBody = m.Content()
	return r.log.write(Entry{Time: now, Direction: Sent, Text: describe(m)})
}

// describe says in a line what the message is: its ids, its properties, and in which form its body was given.
func describe(m device.Message) string {
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

// refused notes that the client did not take the message.
func (r *record) refused(entry int, err error) {
	r.accepted--
	r.refusals++
	r.failed++
	r.log.complete(entry, "not sent: "+err.Error(), err)
}

func (r *record) receipt(receipt *device.Receipt, now time.Time) {
	entry := receipt.Tag.(int)
	if err := receipt.Err(); err != nil {
		r.failed++
		r.log.complete(entry, "failed: "+err.Error(), err)
		return
	}
	r.confirmed++
	r.lastConfirmed = now
	r.rtt.add(receipt.RoundTrip())
	if receipt.Sends() > 1 {
		r.resent++
	}
	r.log.complete(entry, "acked in "+words(receipt.RoundTrip()), nil)
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
