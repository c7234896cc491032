package query

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// position is where a query goes on.
type position struct {
	// left is how many items TOP leaves; -1 without TOP.
	left int64
	// groups is how many groups were given.
	groups uint64
	// from is where the rows begin that are not done with.
	from string
}

const (
	tokenVersion = 2
	sealLength   = 16
)

// token is opaque to clients: a version, the position, and a seal over both and
// the query's text.
func (e *Engine) token(text string, p position) string {
	raw := []byte{tokenVersion}
	raw = binary.AppendVarint(raw, p.left)
	raw = binary.AppendUvarint(raw, p.groups)
	raw = append(raw, p.from...)
	return base64.StdEncoding.EncodeToString(append(raw, e.seal(text, raw)...))
}

// position reads a token; the empty one is the start.
func (e *Engine) position(q *Query, token string) (position, error) {
	if token == "" {
		return position{left: int64(q.top)}, nil
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) <= sealLength {
		return position{}, ErrContinuation
	}
	raw, seal := raw[:len(raw)-sealLength], raw[len(raw)-sealLength:]
	if !hmac.Equal(seal, e.seal(q.text, raw)) || raw[0] != tokenVersion {
		return position{}, ErrContinuation
	}
	return readPosition(raw[1:])
}

func readPosition(raw []byte) (p position, err error) {
	var n, m int
	if p.left, n = binary.Varint(raw); n <= 0 {
		return p, ErrContinuation
	}
	if p.groups, m = binary.Uvarint(raw[n:]); m <= 0 {
		return p, ErrContinuation
	}
	p.from = string(raw[n+m:])
	return p, nil
}

func (e *Engine) seal(text string, raw []byte) []byte {
	h := hmac.New(sha256.New, e.key)
	query := sha256.Sum256([]byte(text))
	h.Write(query[:])
	h.Write(raw)
	return h.Sum(nil)[:sealLength]
}
