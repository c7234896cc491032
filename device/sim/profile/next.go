package profile

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"
	"unicode/utf8"

	"hubscope/device"
)

// scratch lends the room in which a body is put together, so that a device need not keep any.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// maxScratch is the greatest room that is kept.
const maxScratch = 64 * 1024

// Next makes the next message of a kind (an index of Profile.Messages) that is due now. Errors: ErrNotNow when the
// condition of the kind does not hold, a *RunError when the message cannot be made; a later one may be.
func (d *Device) Next(kind int, now time.Time) (device.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if kind < 0 || kind >= len(d.kinds) {
		return device.Message{}, &RunError{What: "a message", Err: fmt.Errorf("the profile has no kind %d", kind)}
	}
	d.move(kind, now)
	recipe, state := &d.profile.recipes[kind], &d.kinds[kind]
	in := run{device: d, now: now, n: state.made + 1}
	due, err := recipe.due(&in, state)
	if err == nil && !due {
		return device.Message{}, ErrNotNow
	}
	var m device.Message
	if err == nil {
		state.made++
		m, err = recipe.make(&in)
	}
	if err != nil {
		return device.Message{}, d.profile.runError(fmt.Sprintf("message %q", recipe.name), recipe.at, err)
	}
	return m, nil
}

// due is whether there is a message this time.
func (r *recipe) due(in *run, state *progress) (bool, error) {
	if r.when == nil {
		return true, nil
	}
	holds, err := r.when.holds(in)
	if err != nil {
		return false, &placed{r.when.at, err}
	}
	before := state.was
	state.was = holds
	return holds && !(r.once && before), nil
}

func (r *recipe) make(in *run) (m device.Message, err error) {
	text := func(t *template) string {
		s, problem := t.text(in)
		err = errors.Join(err, problem)
		return s
	}
	m.MessageID, m.CorrelationID = text(r.messageID), text(r.correlationID)
	m.ContentType, m.ContentEncoding = text(r.contentType), text(r.contentEncoding)
	if r.created {
		m.Created = in.now
	}
	if len(r.properties) > 0 {
		// Room for what others add, such as the number of the message.
		m.Properties = make([]device.Property, 0, len(r.properties)+2)
		for _, p := range r.properties {
			m.Properties = append(m.Properties, device.Property{Key: p.key, Value: text(p.value)})
		}
	}
	if err != nil {
		return m, err
	}
	if err := r.fill(&m, in); err != nil {
		return m, err
	}
	return m, check(&m)
}

// fill puts the body into the message. A text goes by turns as text and as bytes, so that both ways to hand it to the
// client are in use.
func (r *recipe) fill(m *device.Message, in *run) error {
	switch {
	case r.isRandom:
		return r.encoded(m, r.randomBody(in))
	case r.body == nil:
		return r.encoded(m, r.raw)
	}
	room, _ := scratch.Get().(*[]byte)
	b, err := r.body.append((*room)[:0], in)
	defer func() {
		if cap(b) <= maxScratch {
			*room = b
			scratch.Put(room)
		}
	}()
	if err != nil {
		return err
	}
	if r.encode == "none" && in.n%2 == 1 {
		m.Text = string(b)
		return nil
	}
	return r.encoded(m, b)
}

// randomBody is the same for the same device, kind and number.
func (r *recipe) randomBody(in *run) []byte {
	random := rand.New(rand.NewPCG(mix(in.device.identity, r.name), uint64(in.n)))
	b := make([]byte, r.random[0]+random.IntN(r.random[1]-r.random[0]+1)+7)
	for i := 0; i+8 <= len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], random.Uint64())
	}
	return b[:len(b)-7]
}

func (r *recipe) encoded(m *device.Message, b []byte) error {
	var out bytes.Buffer
	switch r.encode {
	case "base64":
		m.Body = base64.StdEncoding.AppendEncode(nil, b)
		return nil
	case "gzip":
		return compress(m, &out, gzip.NewWriter(&out), b)
	case "deflate":
		w, err := zlib.NewWriterLevel(&out, flate.BestSpeed)
		if err != nil {
			return err
		}
		return compress(m, &out, w, b)
	}
	m.Body = bytes.Clone(b)
	return nil
}

func compress(m *device.Message, out *bytes.Buffer, w io.WriteCloser, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	m.Body = out.Bytes()
	return nil
}

// check finds what the hub would refuse (protocol 9).
func check(m *device.Message) error {
	size := len(m.Text) + len(m.Body) + len(m.MessageID) + len(m.CorrelationID) + len(m.ContentType) + len(m.ContentEncoding)
	for _, s := range []string{m.MessageID, m.CorrelationID, m.ContentType, m.ContentEncoding} {
		if !utf8.ValidString(s) {
			return fmt.Errorf("a system property is not UTF-8: %q", shorten(s))
		}
	}
	for _, p := range m.Properties {
		size += len(p.Key) + len(p.Value)
		if !utf8.ValidString(p.Value) {
			return fmt.Errorf("property %q is not UTF-8", p.Key)
		}
	}
	if size > maxMessage {
		return fmt.Errorf("%w: a message of %d bytes, IoT Hub takes at most %d", ErrTooLarge, size, maxMessage)
	}
	return nil
}

// runError places an error in the file; at is where when nothing more is known.
func (p *Profile) runError(what string, at int, err error) error {
	var where *placed
	if errors.As(err, &where) {
		at = where.at
	}
	line, column := place([]byte(p.Source), at)
	return &RunError{What: what, Line: line, Column: column, Err: err}
}
