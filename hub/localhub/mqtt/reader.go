package mqtt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/hub/localhub/core"
)

// maxPacket bounds the remaining length of a packet: a message of the largest size (protocol 9), the
// longest topic that MQTT can carry [MQTT-1.5.3], its length and the packet identifier.
const maxPacket = core.MaxMessageSize + maxTopic + 4

// maxTopic is the length of the longest topic that MQTT can carry [MQTT-1.5.3].
const maxTopic = 65535

// readBuffer holds a good many telemetry packets. It is most of what an idle connection costs besides TLS.
const readBuffer = 4 << 10

var (
	errMalformed = errors.New("malformed packet")
	errTooLong   = fmt.Errorf("%w: longer than a message may be", errMalformed)
)

// packetReader reads MQTT packets with the codec of package packets, which trusts its input: it
// allocates whatever length a packet announces and fills missing bytes with zeros. So the fixed header
// is checked here before anything is allocated, the body is given to the codec through a reader that
// knows no short reads, and what the codec leaves over is an error.
//
// It is used by one goroutine. Packets do not share memory with it.
type packetReader struct {
	src   *bufio.Reader
	limit int    // of the remaining length
	body  window // of the packet that is being decoded
}

func newPacketReader(src io.Reader) *packetReader {
	return &packetReader{src: bufio.NewReaderSize(src, readBuffer), limit: maxPacket}
}

// next reads one packet. Errors of the source come back as they are, io.ErrUnexpectedEOF for an end
// within a packet; a CONNECT of another version of MQTT is an errVersion; all else wraps errMalformed.
func (r *packetReader) next() (packets.ControlPacket, error) {
	header, err := r.header()
	if err != nil {
		return nil, err
	}
	packet, err := packets.NewControlPacketWithHeader(header)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if header.RemainingLength <= r.src.Size() {
		return packet, r.decodeInPlace(packet, header.RemainingLength)
	}
	return packet, r.decodeLarge(packet, header.RemainingLength)
}

// decodeLarge takes memory as the bytes come, not as they are announced.
func (r *packetReader) decodeLarge(packet packets.ControlPacket, length int) error {
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r.src, int64(length)); err != nil {
		return within(err)
	}
	return r.decode(packet, length, body.Bytes())
}

// decodeInPlace decodes a small packet from the read buffer, without a copy of its body.
func (r *packetReader) decodeInPlace(packet packets.ControlPacket, length int) error {
	body, err := r.src.Peek(length)
	if err != nil {
		return within(err)
	}
	if err := r.decode(packet, length, body); err != nil {
		return err
	}
	_, err = r.src.Discard(length)
	return err
}

func (r *packetReader) decode(packet packets.ControlPacket, length int, body []byte) error {
	if _, ok := packet.(*packets.ConnectPacket); ok {
		if err := checkVersion(body); err != nil {
			return err
		}
	}
	r.body.rest = body
	defer func() { r.body.rest = nil }()
	if err := packet.Unpack(&r.body); err != nil {
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	if len(r.body.rest) > 0 {
		return fmt.Errorf("%w: %d bytes left over", errMalformed, len(r.body.rest))
	}
	return checkShape(packet, length)
}

// header reads the fixed header and checks type, flags and length.
func (r *packetReader) header() (packets.FixedHeader, error) {
	first, err := r.src.ReadByte()
	if err != nil {
		return packets.FixedHeader{}, err
	}
	h := packets.FixedHeader{
		MessageType: first >> 4,
		Dup:         first&8 != 0,
		Qos:         first >> 1 & 3,
		Retain:      first&1 != 0,
	}
	if err := checkFlags(h.MessageType, first&15); err != nil {
		return h, err
	}
	h.RemainingLength, err = r.remainingLength()
	return h, err
}

// remainingLength reads the variable length of one to four bytes [MQTT-2.2.3].
func (r *packetReader) remainingLength() (int, error) {
	length := 0
	for shift := 0; shift < 28; shift += 7 {
		digit, err := r.src.ReadByte()
		if err != nil {
			return 0, within(err)
		}
		length |= int(digit&127) << shift
		if length > r.limit {
			return 0, errTooLong
		}
		if digit < 128 {
			return length, nil
		}
	}
	return 0, fmt.Errorf("%w: a length of more than four bytes", errMalformed)
}

func within(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// window is the rest of a packet's body. It reads all that is asked for, or fails.
type window struct{ rest []byte }

func (w *window) Read(p []byte) (int, error) {
	if len(p) > len(w.rest) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}
