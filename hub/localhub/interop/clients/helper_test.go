package clients

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/Azure/go-amqp"
	"github.com/google/go-cmp/cmp"

	"hubscope/hub"
	"hubscope/hub/localhub/interop/station"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares two JSON texts.
func same(t testing.TB, got []byte, want string) {
	t.Helper()
	var g, w any
	must(t, json.Unmarshal([]byte(want), &w))
	if err := json.Unmarshal(got, &g); err != nil {
		t.Errorf("%s: %v", got, err)
	} else if diff := cmp.Diff(w, g); diff != "" {
		t.Error(diff)
	}
}

// member is one of a JSON object, as text.
func member(t testing.TB, object []byte, name string) string {
	t.Helper()
	var members map[string]json.RawMessage
	must(t, json.Unmarshal(object, &members))
	return string(members[name])
}

// code is the name of the error that the service gave, empty for none.
func code(err error) string {
	var e *hub.Error
	if errors.As(err, &e) {
		return e.Name
	}
	return ""
}

func twin(s *station.Station, i station.Identity) hub.Twin {
	s.T.Helper()
	got, err := s.Service.ModuleTwin(s.Context(), i.DeviceID, i.ModuleID)
	must(s.T, err)
	return got
}

func desire(s *station.Station, i station.Identity, desired string) {
	s.T.Helper()
	_, err := s.Service.PatchModuleTwin(s.Context(), i.DeviceID, i.ModuleID, hub.TwinUpdate{Desired: json.RawMessage(desired)})
	must(s.T, err)
}

type outcome struct {
	hub.MethodResult
	err error
}

// invoke calls a method over REST while the test goes on. It waits for a device that is on its way.
func invoke(s *station.Station, i station.Identity, m hub.MethodCall) <-chan outcome {
	s.T.Helper()
	ctx, done := s.Context(), make(chan outcome, 1)
	if m.Payload != nil {
		m.ConnectTimeout = 30 * time.Second
	}
	go func() {
		got, err := s.Service.InvokeModuleMethod(ctx, i.DeviceID, i.ModuleID, m)
		done <- outcome{got, err}
	}()
	return done
}

// message is one to a device or module, with the acknowledgement that it asks for.
func message(i station.Identity, id any, ack string) *amqp.Message {
	text, _ := id.(string)
	m := &amqp.Message{
		Properties: &amqp.MessageProperties{To: new("/" + i.Path() + "/messages/devicebound"), MessageID: id},
		Data:       [][]byte{[]byte("to " + text)},
	}
	if ack != "" {
		m.ApplicationProperties = map[string]any{"iothub-ack": ack}
	}
	return m
}

type feedbackRecord struct{ OriginalMessageID, StatusCode, DeviceID, DeviceGenerationID string }

// feedback reads records until there is one for each message, and compares their statuses.
func feedback(s *station.Station, p *station.Peer, want map[string]string) {
	s.T.Helper()
	in := p.Receiver("/messages/serviceBound/feedback", nil)
	got := map[string]string{}
	for len(got) < len(want) {
		m := s.Receive(in)
		if m.Properties.ContentType == nil || *m.Properties.ContentType != "application/vnd.microsoft.iothub.feedback.json" {
			s.T.Errorf("content type of feedback %v", m.Properties.ContentType)
		}
		var records []feedbackRecord
		must(s.T, json.Unmarshal(m.GetData(), &records))
		for _, r := range records {
			got[r.OriginalMessageID] = r.StatusCode
			if r.DeviceID == "" || r.DeviceGenerationID == "" {
				s.T.Errorf("feedback %+v", r)
			}
		}
		must(s.T, in.AcceptMessage(s.Context(), m))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.T.Error(diff)
	}
	must(s.T, in.Close(s.Context()))
}

// waiting counts the messages in the queue of a device or module.
func waiting(s *station.Station, i station.Identity) int {
	s.T.Helper()
	if i.ModuleID != "" {
		m, err := s.Service.Module(s.Context(), i.DeviceID, i.ModuleID)
		must(s.T, err)
		return m.C2DCount
	}
	d, err := s.Service.Device(s.Context(), i.DeviceID)
	must(s.T, err)
	return d.C2DCount
}
