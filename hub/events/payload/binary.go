package payload

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/tinylib/msgp/msgp"
)

var errMore = errors.New("there is more behind its end")

// packToJSON writes MessagePack as JSON, names in the order in which they were sent.
func packToJSON(in []byte, most int) ([]byte, error) {
	var out bytes.Buffer
	rest, err := msgp.UnmarshalAsJSON(&limited{&out, most}, in)
	switch {
	case err != nil:
		return nil, err
	case len(rest) > 0:
		return nil, errMore
	case !json.Valid(out.Bytes()):
		return nil, errors.New("it holds what JSON has no word for")
	}
	return out.Bytes(), nil
}

// limited stops a writer that goes on too long.
type limited struct {
	*bytes.Buffer
	most int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.most {
		return 0, tooLong(l.most)
	}
	return l.Buffer.Write(p)
}
