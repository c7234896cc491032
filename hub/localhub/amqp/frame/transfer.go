package frame

import "encoding/binary"

// Transfer carries a message or a part of one.
type Transfer struct {
	Handle        uint32
	DeliveryID    Opt[uint32] // set in the first transfer of a message
	DeliveryTag   []byte
	MessageFormat Opt[uint32]
	Settled       bool
	More          bool
	State         State
	Aborted       bool
}

func (t *Transfer) decode(f *fields) {
	t.Handle = must[uint32](f)
	t.DeliveryID = read[uint32](f)
	t.DeliveryTag = read[[]byte](f).Value
	t.MessageFormat = read[uint32](f)
	t.Settled = read[bool](f).Value
	t.More = read[bool](f).Value
	f.any() // rcv-settle-mode
	t.State = readState(f)
	f.any() // resume
	t.Aborted = read[bool](f).Value
	f.any() // batchable
	if len(t.DeliveryTag) > 32 {
		f.fail("is a delivery tag longer than 32 bytes")
	}
}

func (t *Transfer) appendTo(dst []byte) []byte {
	w := begin(dst, descTransfer)
	w.uint(t.Handle)
	opt(&w, t.DeliveryID)
	if t.DeliveryTag == nil {
		w.null()
	} else {
		w.put(t.DeliveryTag)
	}
	opt(&w, t.MessageFormat)
	w.flag(t.Settled)
	w.flag(t.More)
	w.null()
	w.state(t.State)
	w.null()
	w.flag(t.Aborted)
	return w.end()
}

const transferFields = 11

// TransferOverhead is the most that AppendTransfer adds to a payload.
const TransferOverhead = HeaderSize + 3 + 3 + 5 + 5 + 6 + 1 + 1 + 1 + 5

// AppendTransfer appends the frame of a transfer without allocating: every
// event goes through it. The delivery's tag is its id as 4 bytes; a
// continuation (first false) carries neither id, tag nor format.
func AppendTransfer(dst []byte, channel uint16, handle, deliveryID uint32, first, settled, more bool, payload []byte) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 2, KindAMQP, byte(channel>>8), byte(channel),
		codeDescribed, codeSmallUlong, descTransfer, codeList8, 0, transferFields)
	list := len(dst) - 1
	dst = appendUint(dst, handle)
	if first {
		dst = appendUint(dst, deliveryID)
		dst = append(dst, codeBinary8, 4)
		dst = binary.BigEndian.AppendUint32(dst, deliveryID)
		dst = append(dst, codeUint0)
	} else {
		dst = append(dst, codeNull, codeNull, codeNull)
	}
	dst = appendBool(dst, settled)
	dst = appendBool(dst, more)
	dst = append(dst, codeNull, codeNull, codeNull, codeNull, codeNull) // as everywhere: see writer
	dst[list-1] = byte(len(dst) - list)
	dst = append(dst, payload...)
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}
