package method

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"hubscope/ui/mistake"
)

// maxPayload is the greatest payload that a hub takes, in bytes (protocol 9).
const maxPayload = 128 << 10

// checkPayload says what keeps a text from being a payload; nil when nothing does. White space alone is one: nothing.
func checkPayload(text string) *mistake.Mistake {
	if len(text) > maxPayload {
		return &mistake.Mistake{Text: fmt.Sprintf("%d bytes are too many: a hub takes 128 kB", len(text))}
	}
	return mistake.JSON(text)
}

// payloadOf is the payload that a text stands for, nil when it is nothing.
func payloadOf(text string) json.RawMessage {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return json.RawMessage(text)
}

// compact is a payload on one line, as short as it gets.
func compact(payload json.RawMessage) string {
	if len(payload) == 0 {
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, payload) != nil {
		return string(payload)
	}
	return b.String()
}
