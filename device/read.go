package device

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// readBuffer holds many confirmations, and a connection costs little while nothing comes.
const readBuffer = 256

// maxPacket bounds what the hub may announce: a message of the largest size (protocol 9), the longest
// topic, and the fields around them.
const maxPacket = MaxMessageSize + 64<<10 + 4

// errGarbage is an end over bytes that are no MQTT of a hub.
var errGarbage = errors.New("the hub does not speak MQTT")

// packetReader reads packets with paho's codec, which trusts its input: it allocates what a packet
// announces and takes missing bytes for zeros. So the fixed header is read here, and the codec gets a
// packet that is whole. Confirmations, which are nearly all that a sending device reads, are given
// without an allocation.
type packetReader struct {
	src *bufio.Reader
}

func newPacketReader(src io.Reader) packetReader {
	return packetReader{bufio.NewReaderSize(src, readBuffer)}
}

// next reads a packet: the identifier of a PUBACK when the packet is nil.
func (r packetReader) next() (puback uint16, packet packets.ControlPacket, err error) {
	header, err := r.header()
	if err != nil {
		return 0, nil, err
	}
	if err := checkLength(header); err != nil {
		return 0, nil, err
	}
	if header.MessageType == packets.Puback {
		puback, err = r.identifier()
		return puback, nil, err
	}
	packet, err = packets.NewControlPacketWithHeader(header)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errGarbage, err)
	}
	return 0, packet, r.decode(packet, header.RemainingLength)
}

func (r packetReader) header() (packets.FixedHeader, error) {
	first, err := r.src.ReadByte()
	if err != nil {
		return packets.FixedHeader{}, err
	}
	h := packets.FixedHeader{MessageType: first >> 4, Dup: first&8 != 0, Qos: first >> 1 & 3, Retain: first&1 != 0}
	h.RemainingLength, err = r.length()
	return h, err
}

// length reads the remaining length: seven bits a byte, four bytes at most [MQTT-2.2.3].
func (r packetReader) length() (int, error) {
	length := 0
	for shift := 0; shift < 28; shift += 7 {
		b, err := r.src.ReadByte()
		if err != nil {
			return 0, within(err)
		}
		length |= int(b&0x7F) << shift
		if b&0x80 != 0 {
			continue
		}
		if length > maxPacket {
			return 0, fmt.Errorf("%w: a packet of %d bytes", errGarbage, length)
		}
		return length, nil
	}
	return 0, fmt.Errorf("%w: a length without an end", errGarbage)
}

func (r packetReader) identifier() (uint16, error) {
	body, err := r.src.Peek(2)
	if err != nil {
		return 0, within(err)
	}
	id := uint16(body[0])<<8 | uint16(body[1])
	_, err = r.src.Discard(2)
	return id, err
}

// decode takes memory as the bytes come, not as they are announced.
func (r packetReader) decode(packet packets.ControlPacket, length int) error {
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r.src, int64(length)); err != nil {
		return within(err)
	}
	_, isList := packet.(*packets.SubackPacket) // which the codec reads to its end
	rest := window{body.Bytes(), isList}
	if err := packet.Unpack(&rest); err != nil {
		return fmt.Errorf("%w: %w", errGarbage, err)
	}
	if len(rest.bytes) > 0 {
		return fmt.Errorf("%w: %d bytes more than the packet needs", errGarbage, len(rest.bytes))
	}
	return nil
}

// window is the rest of a packet. Unless it is a list it reads all that is asked for, or fails.
type window struct {
	bytes  []byte
	isList bool
}

func (w *window) Read(p []byte) (int, error) {
	switch {
	case w.isList && len(w.bytes) == 0:
		return 0, io.EOF
	case !w.isList && len(p) > len(w.bytes):
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, w.bytes)
	w.bytes = w.bytes[n:]
	return n, nil
}

// checkLength refuses what no hub sends before it is read: other packets, and fixed ones of another length.
func checkLength(h packets.FixedHeader) error {
	switch h.MessageType {
	case packets.Publish:
		if h.Qos <= 1 { // more is never subscribed to
			return nil
		}
	case packets.Suback:
		return nil
	case packets.Connack, packets.Puback, packets.Unsuback:
		if h.RemainingLength == 2 {
			return nil
		}
	case packets.Pingresp:
		if h.RemainingLength == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: type %d, %d bytes", errGarbage, h.MessageType, h.RemainingLength)
}

// within says of an end in the middle of a packet that it is one.
func within(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
