package secret

import "encoding/json"

// MarshalJSON gives the mask: a document with a real key in it is built by hand.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads the real text from a JSON string or null.
func (t *Text) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s == nil {
		*t = Text{}
		return nil
	}
	*t = New(*s)
	return nil
}
