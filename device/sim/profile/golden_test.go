package profile

import (
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"hubscope/device"
)

// A run with a seed can be repeated, also with the next version of the program: what a profile makes changes on purpose
// only. After a change on purpose: go test ./device/sim/profile -update.
func TestFirstMessages(t *testing.T) {
	for _, p := range Builtins() {
		t.Run(p.Name, func(t *testing.T) {
			var b strings.Builder
			for i, k := range p.Messages {
				d := p.NewDevice("dev-1", 7)
				fmt.Fprintf(&b, "%s: interval %v, jitter %v", k.Name, k.Interval, k.Jitter)
				for n := range int64(3) {
					fmt.Fprintf(&b, " %v", d.Jitter(i, n))
				}
				b.WriteByte('\n')
			}
			b.WriteByte('\n')
			messages, err := p.Preview("dev-1", 7, start, 24)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				fmt.Fprintf(&b, "%s %s\n%s", m.At.Format("15:04:05.000"), m.Kind, printed(m.Message))
			}
			b.WriteByte('\n')
			tellTwin(t, &b, p)
			golden.RequireEqual(t, b.String())
		})
	}
}

// tellTwin writes what a device reports at the start and answers to methods.
func tellTwin(t *testing.T, b *strings.Builder, p *Profile) {
	d := p.NewDevice("dev-1", 7)
	reported, err := d.Reported(start)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(b, "reported %s\n", reported)
	for _, m := range p.Methods {
		answer, _, err := d.Method(m.Name, []byte(`{"delay":5}`), start)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(b, "%s: %d in %v %s report %s\n", m.Name, answer.Status, answer.Delay.Round(time.Microsecond), answer.Payload, answer.Report)
	}
}

func printed(m device.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    id %q correlation %q type %q encoding %q", m.MessageID, m.CorrelationID, m.ContentType, m.ContentEncoding)
	if !m.Created.IsZero() {
		b.WriteString(" created " + m.Created.Format(time.RFC3339Nano))
	}
	for _, p := range m.Properties {
		fmt.Fprintf(&b, " %q=%q", p.Key, p.Value)
	}
	body := string(m.Content())
	switch {
	case m.ContentEncoding == "gzip": // its bytes may differ from one version of Go to the next
		body = "gzip of " + unzipped(body)
	case len(body) > 400:
		body = fmt.Sprintf("%d bytes, SHA-256 %x", len(body), sha256.Sum256([]byte(body)))
	case !strconv.CanBackquote(body):
		body = strconv.Quote(body)
	}
	return b.String() + "\n    " + body + "\n"
}

func unzipped(s string) string {
	r, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
