package wire

import (
	"encoding/json"
	"fmt"
	"time"
)

// Time is a time as IoT Hub writes it: UTC with seven digits of fraction, and
// the first instant of year 1 for "never" (protocol 2.4).
type Time struct{ time.Time }

const (
	timeLayout = "2006-01-02T15:04:05.0000000Z"
	never      = "0001-01-01T00:00:00Z"
)

// String gives the text that stands in the JSON.
func (t Time) String() string {
	if t.IsZero() {
		return never
	}
	return t.UTC().Format(timeLayout)
}

// MarshalJSON writes the service's form.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalJSON reads the forms that are seen from the service and from its
// clients: with or without a fraction, with Z, an offset or neither (then it is
// UTC), an empty text and null (never).
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("a time must be a JSON string: %w", err)
	}
	if text == nil || *text == "" {
		*t = Time{}
		return nil
	}
	parsed, err := ParseTime(*text)
	if err != nil {
		return err
	}
	t.Time = parsed
	return nil
}

// ParseTime reads a time in any of the forms of [Time.UnmarshalJSON] but the empty one. The
// result is in UTC.
func ParseTime(text string) (time.Time, error) {
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err == nil {
		return parsed.UTC(), nil
	}
	if parsed, bare := time.Parse("2006-01-02T15:04:05.999999999", text); bare == nil {
		return parsed.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("read time: %w", err)
}
