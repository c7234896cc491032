package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hubscope/device"
	"hubscope/device/sim/profile"
)

// listen makes the client give the device what comes from the hub.
func (s *Simulated) listen(o *device.Options) {
	if s.o.TelemetryOnly {
		return
	}
	o.OnMessage, o.OnMethod, o.OnDesired, o.OnProblem = s.onMessage, s.onMethod, s.onDesired, s.onProblem
}

// clock is the time by the device's clock.
func (s *Simulated) clock(now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Add(s.condition.skew)
}

func (s *Simulated) onMessage(in *device.Incoming) device.Settlement {
	settlement, result := device.Complete, "completed"
	if s.o.settle() == Leave {
		settlement, result = device.Leave, "left with the hub"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.received++
	s.record.note(Received, time.Now(), describeIncoming(in), result, nil)
	return settlement
}

// settle is what becomes of cloud-to-device messages.
func (o *Options) settle() Settle {
	switch {
	case o.Settle != ByProfile:
		return o.Settle
	case o.Profile.Settle == profile.Leave:
		return Leave
	default:
		return Complete
	}
}

func describeIncoming(in *device.Incoming) string {
	var b strings.Builder
	b.WriteString("message")
	if in.MessageID != "" {
		b.WriteString(" " + in.MessageID)
	}
	for _, p := range in.Properties {
		b.WriteString(" " + p.Key + "=" + p.Value)
	}
	if in.Repeated {
		b.WriteString(" (again)")
	}
	return brief(b.String()+" ", in.Body)
}

// onMethod answers a call as the profile has it, after its delay.
func (s *Simulated) onMethod(ctx context.Context, r device.MethodRequest) device.MethodResponse {
	began := time.Now()
	answer, known, err := s.gen.Method(r.Name, r.Payload, s.clock(began))
	if !known {
		answer = s.unknownMethod(r)
	}
	s.mu.Lock()
	s.record.methods++
	entry := s.record.note(Received, began, brief("method "+r.Name+" ", r.Payload), "", nil)
	s.mu.Unlock()
	if !sleep(ctx, answer.Delay) {
		s.complete(entry, "not answered: the device stops", context.Cause(ctx))
		return device.MethodResponse{Status: 503}
	}
	result := fmt.Sprintf("answered %d in %s", answer.Status, words(time.Since(began)))
	if err != nil {
		result += ": " + err.Error()
	}
	s.complete(entry, result, err)
	if answer.Report != nil {
		s.owe(owed{patch: answer.Report, entry: -1})
	}
	return device.MethodResponse{Status: answer.Status, Payload: answer.Payload}
}

func (s *Simulated) unknownMethod(r device.MethodRequest) profile.Answer {
	if s.o.UnknownMethods == Echo {
		return profile.Answer{Status: 200, Payload: r.Payload}
	}
	text, _ := json.Marshal(map[string]string{"error": "the device has no method " + r.Name})
	return profile.Answer{Status: 404, Payload: text}
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Simulated) complete(entry int, result string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.log.complete(entry, result, err)
}

// onDesired applies desired properties and reports that it did. With the first ones, which come with the first
// connection, the device reports what it is like.
func (s *Simulated) onDesired(p device.DesiredPatch) {
	now := time.Now()
	clock := s.clock(now)
	if s.isFirstTwin() {
		s.introduce(clock)
	}
	applied, err := s.gen.Apply(p.Patch, p.Version, p.Full, clock)
	s.mu.Lock()
	s.record.desired = p.Version
	nothing := err == nil && applied.Report == nil && applied.Refused == "" && len(applied.Intervals) == 0
	if p.Full && nothing { // read again, or there never was any
		s.mu.Unlock()
		return
	}
	for k, interval := range applied.Intervals {
		s.setInterval(k, interval, now)
	}
	for k := range s.kinds {
		s.kinds[k].over, s.kinds[k].failures = false, 0 // it may have failed for want of these
	}
	entry := s.record.note(Received, now, brief(fmt.Sprintf("desired $version %d ", p.Version), p.Patch), "", nil)
	s.mu.Unlock()
	s.sched.wake(&s.job, now)
	switch {
	case err != nil:
		s.complete(entry, "not applied: "+err.Error(), err)
	case applied.Report != nil:
		s.owe(owed{patch: applied.Report, entry: entry, refused: applied.Refused})
	case applied.Refused != "":
		s.complete(entry, "refused: "+applied.Refused, nil)
	default:
		s.complete(entry, "applied", nil)
	}
}

func (s *Simulated) isFirstTwin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.introduced
	s.introduced = true
	return first
}

// introduce reports the first properties.
func (s *Simulated) introduce(clock time.Time) {
	patch, err := s.gen.Reported(clock)
	if err != nil {
		s.onProblem(err)
	}
	if patch != nil {
		s.owe(owed{patch: patch, entry: -1})
	}
}

func (s *Simulated) onProblem(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.note(Connected, time.Now(), err.Error(), "", err)
}

// maxBrief is how much of a body the log shows, in bytes.
const maxBrief = 160

// brief adds the beginning of a body to a text, or its size when it is no text.
func brief(text string, body []byte) string {
	text, body = strings.TrimSpace(text), bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return text
	case !utf8.Valid(body):
		return fmt.Sprintf("%s (%d B)", text, len(body))
	case len(body) > maxBrief:
		return fmt.Sprintf("%s %s… (%d B)", text, strings.ToValidUTF8(string(body[:maxBrief]), ""), len(body))
	default:
		return text + " " + string(body)
	}
}
