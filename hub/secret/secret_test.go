package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"hubscope/hub/secret"
)

const key = "bm90IGZvciBwcmludGluZw=="

type holder struct {
	Shown  secret.Text
	hidden secret.Text
	deep   struct{ list []secret.Text }
}

func TestTextNeverPrintsItself(t *testing.T) {
	text := secret.New(key)
	h := holder{Shown: text, hidden: text}
	h.deep.list = []secret.Text{text}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%10.3s", "%w"} {
		for _, v := range []any{text, &text, h, &h, []secret.Text{text}, map[secret.Text]secret.Text{text: text}} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, key[:8]) || strings.Contains(got, fmt.Sprintf("%x", key)) {
				t.Errorf("%s of %T shows the key: %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprint(text); got != secret.Mask {
		t.Errorf("Sprint = %q, want the mask", got)
	}
}

func TestTextIsMaskedInLogsAndJSON(t *testing.T) {
	text := secret.New(key)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("connected", "key", text, "all", holder{Shown: text, hidden: text})
		if strings.Contains(out.String(), key) || !strings.Contains(out.String(), secret.Mask) {
			t.Errorf("%s log line: %s", name, out.String())
		}
	}
	doc, err := json.Marshal(map[string]any{"key": text, "map": map[secret.Text]int{text: 1}})
	if err != nil || strings.Contains(string(doc), key) {
		t.Errorf("json = %s, %v", doc, err)
	}
}

func TestTextRoundTrip(t *testing.T) {
	var got struct{ A, B, C secret.Text }
	if err := json.Unmarshal([]byte(`{"A":"`+key+`","B":null,"C":""}`), &got); err != nil {
		t.Fatal(err)
	}
	if got.A.Reveal() != key || !got.B.IsZero() || !got.C.IsZero() {
		t.Errorf("unmarshalled wrongly: A %d characters, B %v, C %v", len(got.A.Reveal()), got.B.IsZero(), got.C.IsZero())
	}
	if err := json.Unmarshal([]byte(`{"A":5}`), &got); err == nil {
		t.Error("a number was taken for a key")
	}
	var text secret.Text
	if err := text.UnmarshalText([]byte(key)); err != nil || text.Reveal() != key {
		t.Errorf("UnmarshalText: %v", err)
	}
}

func TestTextCompares(t *testing.T) {
	if secret.New(key) != secret.New(strings.Clone(key)) || !secret.New(key).Equal(secret.New(key)) {
		t.Error("equal texts differ")
	}
	if secret.New(key) == secret.New("other") {
		t.Error("different texts are equal")
	}
	if secret.New("") != (secret.Text{}) || secret.New("").Reveal() != "" || fmt.Sprint(secret.New("")) != "" {
		t.Error("the empty text is not the zero value")
	}
}
