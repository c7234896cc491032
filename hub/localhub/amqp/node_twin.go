package amqp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// twinNode is devices/{id}[/modules/{mid}]/twin: a device asks on one link and
// is answered on the other, where changes of the desired properties come as well
// (protocol 5.1).
type twinNode struct{ srv *Server }

// The annotations of requests and answers.
const (
	keyOperation = "operation"
	keyResource  = "resource"
	keyStatus    = "status"
	keyVersion   = "version"
)

// What a request may be about.
const (
	resourceReported = "/properties/reported"
	resourceDesired  = "/notifications/twin/properties/desired"
)

func (n *twinNode) source(s *sender) error {
	d, err := s.enter()
	if err != nil {
		return err
	}
	d.twin.take(s)
	leave := s.release
	s.release = func() {
		d.twin.leave(s, func() { d.session.OnDesired(nil) })
		leave()
	}
	return nil
}

func (n *twinNode) target(r *receiver) error {
	d, err := r.enter()
	if err != nil {
		return err
	}
	r.limit, r.lenient, r.window = twinLimit, true, twinWindow
	r.work = func(ctx context.Context, m *delivery) { n.handle(ctx, d, m) }
	return nil
}

const (
	// twinLimit has room for a patch with much white space; the hub checks what
	// is in it.
	twinLimit  = 128 << 10
	twinWindow = 20 // requests that wait while one is answered
)

// handle answers a request.
func (n *twinNode) handle(ctx context.Context, d *presence, m *delivery) {
	message, err := readMessage(m.payload)
	if err != nil {
		m.reject(err)
		return
	}
	m.accept()
	d.session.Touch()
	a := n.answer(ctx, d, message)
	if message.Properties != nil {
		a.correlation = message.Properties.CorrelationID
	}
	if s := d.twin.has(); s != nil {
		a.send(s)
	}
}

// answer does what a request asks for.
func (n *twinNode) answer(ctx context.Context, d *presence, m *goamqp.Message) twinAnswer {
	operation, resource := strings.ToUpper(annotation(m, keyOperation)), strings.ToLower(annotation(m, keyResource))
	switch {
	case operation == http.MethodGet && resource == "":
		document, err := n.srv.hub.DeviceTwin(d.id)
		return twinAnswer{status: http.StatusOK, body: document}.or(err)
	case operation == http.MethodPatch && resource == resourceReported:
		return n.report(ctx, d, m)
	case operation == http.MethodPut && resource == resourceDesired:
		n.subscribe(d)
		return twinAnswer{status: http.StatusOK}
	case operation == http.MethodDelete && resource == resourceDesired:
		if s := d.twin.has(); s != nil {
			d.twin.with(s, func() { d.session.OnDesired(nil) })
		}
		return twinAnswer{status: http.StatusNoContent}
	}
	return twinAnswer{}.or(core.NewError(core.CodeArgumentInvalid, "A twin has no operation '%.20s' on '%.100s'.", operation, resource))
}

// report merges reported properties; an annotation "version" makes that
// conditional, as $version does on MQTT (protocol 4.2).
func (n *twinNode) report(ctx context.Context, d *presence, m *goamqp.Message) twinAnswer {
	patch, err := bodyOf(m)
	if err != nil {
		return twinAnswer{}.or(err)
	}
	var wanted *int64
	if v, ok := m.Annotations[keyVersion].(int64); ok {
		wanted = &v
	}
	version, err := n.srv.hub.ReportTwin(ctx, d.id, patch, wanted)
	return twinAnswer{status: http.StatusNoContent, version: &version}.or(err)
}

// subscribe sends changes of the desired properties to the link that has the
// seat now.
func (n *twinNode) subscribe(d *presence) {
	s := d.twin.has()
	if s == nil {
		return
	}
	d.twin.with(s, func() {
		d.session.OnDesired(func(patch []byte, version int64) {
			twinAnswer{status: http.StatusOK, version: &version, body: patch}.send(s)
		})
	})
}

// twinAnswer is a message to the device; without correlation it is a change of
// the desired properties.
type twinAnswer struct {
	correlation any // in the type in which the request had it
	status      int32
	version     *int64
	body        []byte
}

// or is the answer to a request that failed with err, or a itself.
func (a twinAnswer) or(err error) twinAnswer {
	if err == nil {
		return a
	}
	var e *core.Error
	if !errors.As(err, &e) {
		e = core.NewError(core.CodeServerError, "The twin could not be read or written.")
	}
	return twinAnswer{status: int32(e.Status), body: twinFailure(e)}
}

// twinFailure is the body of an answer with an error status: the Node SDK reads
// JSON there (protocol 4.3).
func twinFailure(e *core.Error) []byte {
	body, err := json.Marshal(struct {
		ErrorCode  int      `json:"errorCode"`
		TrackingID string   `json:"trackingId"`
		Message    string   `json:"message"`
		Info       struct{} `json:"info"`
		Time       string   `json:"timestampUtc"`
	}{e.Code, e.TrackingID, e.Message, struct{}{}, time.Now().UTC().Format(time.RFC3339Nano)})
	if err != nil {
		return []byte("{}") // strings and numbers always marshal
	}
	return body
}

func (a twinAnswer) send(s *sender) {
	m := goamqp.Message{
		Annotations: goamqp.Annotations{keyStatus: a.status},
		Data:        [][]byte{a.body},
	}
	if a.version != nil {
		m.Annotations[keyVersion] = *a.version
	}
	if a.correlation != nil {
		m.Properties = &goamqp.MessageProperties{CorrelationID: a.correlation}
	}
	payload, err := m.MarshalBinary()
	if err != nil {
		s.s.c.log.Debug("AMQP twin answer not sent", "reason", err.Error())
		return
	}
	s.reply(payload)
}
