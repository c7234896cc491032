package frame

import "encoding/binary"

// The kinds of frame: the type byte of the frame header.
const (
	KindAMQP = 0
	KindSASL = 1
)

// HeaderSize is the size of a frame header without an extended header.
const HeaderSize = 8

// Frame is one frame as it came: Body holds the performative and, for a
// transfer, the payload. An empty Body is a heartbeat.
type Frame struct {
	Kind    byte
	Channel uint16
	Body    []byte
}

// Heartbeat is the empty frame that keeps a silent connection alive.
var Heartbeat = []byte{0, 0, 0, HeaderSize, 2, KindAMQP, 0, 0}

// Append appends a frame that carries p and, after it, payload.
func Append(dst []byte, kind byte, channel uint16, p Performative, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 2, kind, byte(channel>>8), byte(channel))
	dst = p.appendTo(dst)
	dst = append(dst, payload...)
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}
