package cli

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"hubscope/device/sim/profile"
	"hubscope/ui/safe"
)

// previewing is what hubscope profile preview is asked for.
type previewing struct {
	device, from, output string
	seed                 uint64
	count                int
}

func profilePreviewCommand() *cobra.Command {
	var v previewing
	c := &cobra.Command{
		Use:   "preview name|file",
		Short: "Print the next messages of a device with a profile, without sending them",
		Long: "Print the messages that a device with the profile would send, without a hub. The same device, seed and time give the\n" +
			"same messages, here and in hubscope simulate.",
		Example: "  hubscope profile preview pump --device pump-7 -n 20\n" +
			"  hubscope profile preview sea.toml --seed 42 --from 2026-11-22T14:00:00Z --output json",
		Args: oneProfile("preview"),
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("seed") {
				v.seed = rand.Uint64()
			}
			return v.run(c.OutOrStdout(), args[0])
		},
	}
	f := c.Flags()
	f.StringVar(&v.device, "device", "device-1", "`id` of the device")
	f.Uint64Var(&v.seed, "seed", 0, "the same messages again: a `number` (default: chance)")
	f.IntVarP(&v.count, "count", "n", 10, fmt.Sprintf("how many messages, at most %d", profile.MaxPreview))
	f.StringVar(&v.from, "from", "", "`time` of the start, such as 2026-11-22T14:00:00Z (default: now)")
	f.StringVar(&v.output, "output", "text", "text, or json for a document a line")
	return c
}

func (v *previewing) run(out io.Writer, name string) error {
	from := time.Now()
	switch {
	case v.count < 1 || v.count > profile.MaxPreview:
		return usageError{fmt.Errorf("-n %d: it is 1 to %d", v.count, profile.MaxPreview)}
	case v.output != "text" && v.output != "json":
		return usageError{fmt.Errorf("--output %q: it is text or json", v.output)}
	case v.device == "":
		return usageError{errors.New("--device needs an id")}
	case v.from != "":
		var err error
		if from, err = time.Parse(time.RFC3339, v.from); err != nil {
			return usageError{fmt.Errorf("--from %q: it is a time such as 2026-11-22T14:00:00Z", v.from)}
		}
	}
	p, err := findProfile(name)
	if err != nil {
		return err
	}
	messages, failed := p.Preview(v.device, v.seed, from, v.count)
	for i := range messages {
		if err := v.print(out, &messages[i]); err != nil {
			return fmt.Errorf("print the messages: %w", err)
		}
	}
	return failed
}

func (v *previewing) print(out io.Writer, m *profile.Previewed) error {
	if v.output == "json" {
		lines := json.NewEncoder(out)
		lines.SetEscapeHTML(false)
		return lines.Encode(documentOf(m))
	}
	line := m.At.Format("15:04:05.000") + " " + m.Kind
	for _, s := range []string{m.Message.MessageID, m.Message.CorrelationID} {
		if s != "" {
			line += " " + s
		}
	}
	for _, p := range m.Message.Properties {
		line += " " + p.Key + "=" + p.Value
	}
	_, err := fmt.Fprintf(out, "%s\n    %s\n", safe.Inline(line), shownBody(m.Message.Content()))
	return err
}

// shownBody is a body as it may be seen on a terminal.
func shownBody(b []byte) string {
	const most = 2000
	switch {
	case len(b) == 0:
		return "(empty)"
	case !safe.IsText(b):
		return fmt.Sprintf("(%d bytes, no text) %s", len(b), safe.Bytes(b, 60))
	case len(b) > most:
		return safe.Bytes(b[:most], most) + fmt.Sprintf(" (%d bytes)", len(b))
	default:
		return safe.Inline(string(b))
	}
}

// document is a message in JSON, with the names that recordings have.
type document struct {
	Time            time.Time         `json:"time"`
	Kind            string            `json:"kind"`
	MessageID       string            `json:"messageId,omitempty"`
	CorrelationID   string            `json:"correlationId,omitempty"`
	ContentType     string            `json:"contentType,omitempty"`
	ContentEncoding string            `json:"contentEncoding,omitempty"`
	Properties      map[string]string `json:"applicationProperties,omitempty"`
	Body            any               `json:"body,omitempty"`
	BodyBase64      string            `json:"bodyBase64,omitempty"`
}

func documentOf(m *profile.Previewed) document {
	d := document{
		Time: m.At.UTC(), Kind: m.Kind, MessageID: m.Message.MessageID, CorrelationID: m.Message.CorrelationID,
		ContentType: m.Message.ContentType, ContentEncoding: m.Message.ContentEncoding,
	}
	for _, p := range m.Message.Properties {
		if d.Properties == nil {
			d.Properties = map[string]string{}
		}
		d.Properties[p.Key] = p.Value
	}
	body := m.Message.Content()
	switch {
	case json.Valid(body) && utf8.Valid(body):
		d.Body = json.RawMessage(body)
	case utf8.Valid(body):
		d.Body = string(body)
	default:
		d.BodyBase64 = base64.StdEncoding.EncodeToString(body)
	}
	return d
}
