package rest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"hubscope/hub/localhub/core"
)

// batchItem is a message of a batch. Its body is base64 unless it says that it is
// not: the Node SDK leaves that out, the C SDK says it of text.
type batchItem struct {
	Body          string                     `json:"body"`
	Base64Encoded *bool                      `json:"base64Encoded"`
	Properties    map[string]json.RawMessage `json:"properties"`
}

// readBatch refuses all of a batch of which one message can not be read.
func readBatch(body []byte) ([]core.Message, error) {
	var items []batchItem
	if err := json.Unmarshal(body, &items); err != nil {
		return nil, core.NewError(codeDeserialization, "The batch is not valid: %s.", jsonProblem(err))
	}
	if len(items) == 0 {
		return nil, core.NewError(core.CodeArgumentInvalid, "The batch has no messages.")
	}
	messages := make([]core.Message, len(items))
	for i, item := range items {
		m, err := item.message()
		if err != nil {
			return nil, core.NewError(core.CodeArgumentInvalid, "Message %d of the batch is not valid: %s.", i+1, err)
		}
		messages[i] = m
	}
	return messages, nil
}

func (b batchItem) message() (core.Message, error) {
	m := core.Message{Body: []byte(b.Body)}
	if b.Base64Encoded == nil || *b.Base64Encoded {
		plain, err := base64.StdEncoding.DecodeString(b.Body)
		if err != nil {
			return m, errNotBase64
		}
		m.Body = plain
	}
	for _, name := range slices.Sorted(maps.Keys(b.Properties)) {
		setTelemetry(&m, name, propertyText(b.Properties[name]))
	}
	return m, nil
}

type constantError string

func (e constantError) Error() string { return string(e) }

const errNotBase64 = constantError("its body is not base64")

// propertyText is a property as text: a number or a truth value as it stands.
func propertyText(value json.RawMessage) string {
	if text, err := strconv.Unquote(string(value)); err == nil {
		return text
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
