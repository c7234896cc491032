package device

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"hubscope/device/topic"
)

// Twin is what a device sees of its twin: no tags and no metadata (protocol 4.3).
type Twin struct {
	// Desired and Reported are JSON objects that hold $version too.
	Desired, Reported               json.RawMessage
	DesiredVersion, ReportedVersion int64
}

// maxReported bounds a patch of reported properties: the greatest document (protocol 9) with room for its punctuation.
const maxReported = 64 << 10

// Twin reads the twin. It waits for a connection, is asked again after a lost one, and ends at the latest after
// Options.RequestTimeout, by default the C# SDK's 60 s. Errors: [ErrRequestTimeout], [ErrThrottled],
// [ErrUnavailable], [ErrRequestRefused] (see [RequestError]), [ErrSubscription], [ErrQueueFull],
// [ErrClosed], and ctx's.
func (c *Client) Twin(ctx context.Context) (Twin, error) {
	a, err := c.call(ctx, topic.ReadTwin, nil)
	if err == nil {
		var t Twin
		if t, err = parseTwin(a.body); err == nil {
			return t, nil
		}
	}
	return Twin{}, fmt.Errorf("read the twin of device %q: %w", c.cs.DeviceID, err)
}

// Report merges a patch, a JSON object, into the reported properties and gives their new version; a member that
// is null is deleted. Patches go out in the order of Report. Without a connection they wait for one, and those not
// answered when a connection is lost are sent again, in order: a patch may thus be applied twice, which
// leaves the same document with a higher version. Errors are those of [Client.Twin], and [ErrBadMessage], [ErrMessageTooLarge].
func (c *Client) Report(ctx context.Context, patch json.RawMessage) (version int64, err error) {
	if err := checkPatch(patch); err != nil {
		return 0, err
	}
	a, err := c.call(ctx, reported, patch)
	if err != nil {
		return 0, fmt.Errorf("report properties of device %q: %w", c.cs.DeviceID, err)
	}
	if a.version == nil {
		return 0, nil
	}
	return *a.version, nil
}

func reported(requestID string) string { return topic.ReportedPatch(requestID, nil) }

func checkPatch(patch json.RawMessage) error {
	switch {
	case len(patch) > maxReported:
		return fmt.Errorf("%w: reported properties of %d bytes", ErrMessageTooLarge, len(patch))
	case !isObject(patch):
		return fmt.Errorf("%w: reported properties must be a JSON object", ErrBadMessage)
	default:
		return nil
	}
}

func isObject(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && text[0] == '{' && json.Valid(text)
}

func parseTwin(body []byte) (Twin, error) {
	var t Twin
	if err := json.Unmarshal(body, &t); err != nil {
		return Twin{}, fmt.Errorf("%w: %w", ErrBadTwin, err)
	}
	for _, part := range []struct {
		document json.RawMessage
		version  *int64
	}{{t.Desired, &t.DesiredVersion}, {t.Reported, &t.ReportedVersion}} {
		if !isObject(part.document) {
			return Twin{}, fmt.Errorf("%w: desired or reported is no object", ErrBadTwin)
		}
		version, err := versionIn(part.document)
		if err != nil {
			return Twin{}, err
		}
		*part.version = version
	}
	return t, nil
}

// versionIn is the $version that stands in a document; 0 when there is none.
func versionIn(document []byte) (int64, error) {
	var d struct {
		Version int64 `json:"$version"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBadTwin, err)
	}
	return d.Version, nil
}
