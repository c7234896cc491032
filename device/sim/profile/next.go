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

// workshop is the room in which a message is put together. It is lent, so that a device need not keep any.
type workshop struct {
	run  run
	text []byte // the values of the head, and a body that is handed over as text, one behind the other
	ends []int  // of each value of the head
	body []byte
}

var workshops = sync.Pool{New: func() any { return new(workshop) }}

// maxKept is the greatest room that is kept.
const maxKept = 64 * 1024

func (w *workshop) leave() {
	if cap(w.text)+cap(w.body) > maxKept {
		return
	}
	w.run = run{}
	workshops.Put(w)
}

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
	w, _ := workshops.Get().(*workshop)
	defer w.leave()
	w.run = run{device: d, now: now, n: state.made + 1}
	due, err := recipe.due(&w.run, state)
	if err == nil && !due {
		return device.Message{}, ErrNotNow
	}
	var m device.Message
	if err == nil {
		state.made++
		m, err = recipe.make(w)
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

// make makes all texts of a message at once: they share their memory.
func (r *recipe) make(w *workshop) (device.Message, error) {
	var m device.Message
	var err error
	w.text, w.ends = w.text[:0], w.ends[:0]
	for _, t := range r.head {
		if w.text, err = t.append(w.text, &w.run); err != nil {
			return m, err
		}
		w.ends = append(w.ends, len(w.text))
	}
	head, long := len(w.text), false
	if r.goesAsText(w.run.n) {
		w.text, err = r.body.append(w.text, &w.run)
		long = len(w.text)-head > maxShared
	} else {
		err = r.fill(&m, w)
	}
	switch {
	case err != nil:
		return m, err
	case long:
		r.label(&m, string(w.text[:head]), w.ends)
		m.Text = string(w.text[head:])
	default:
		r.label(&m, string(w.text), w.ends)
	}
	if r.created {
		m.Created = w.run.now
	}
	return m, check(&m)
}

// goesAsText: a text goes by turns as text and as bytes, so that both ways to hand it to the client are in use.
func (r *recipe) goesAsText(n int64) bool { return r.body != nil && r.encode == "none" && n%2 == 1 }

// label takes the texts apart.
func (r *recipe) label(m *device.Message, text string, ends []int) {
	begin := 0
	next := func() string {
		end := ends[0]
		s := text[begin:end]
		ends, begin = ends[1:], end
		return s
	}
	m.MessageID, m.CorrelationID = next(), next()
	m.ContentType, m.ContentEncoding = next(), next()
	if len(r.keys) > 0 {
		// Room for what others add, such as the number of the message.
		m.Properties = make([]device.Property, 0, len(r.keys)+2)
		for _, key := range r.keys {
			m.Properties = append(m.Properties, device.Property{Key: key, Value: next()})
		}
	}
	m.Text = text[begin:]
}

// maxShared is the greatest body that shares the memory of the head: who keeps a message id alone keeps the body with it.
const maxShared = 512

// fill puts bytes into the message.
func (r *recipe) fill(m *device.Message, w *workshop) error {
	switch {
	case r.isRandom:
		return r.encoded(m, r.randomBody(&w.run))
	case r.body == nil:
		return r.encoded(m, r.raw)
	}
	b, err := r.body.append(w.body[:0], &w.run)
	w.body = b
	if err != nil {
		return err
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
	for _, s := range [...]string{m.MessageID, m.CorrelationID, m.ContentType, m.ContentEncoding} {
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
