package mqtt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"
)

// capture is what the Node device SDK (azure-iot-device-mqtt 1.16.4) sent to a hub: one element a read.
func capture(t testing.TB) [][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/mqtt-capture-node-device.txt")
	if err != nil {
		t.Fatal(err)
	}
	var reads [][]byte
	for line := range strings.Lines(string(text)) {
		digits, ok := strings.CutPrefix(line, "HEX ")
		if !ok {
			continue
		}
		b, err := hex.DecodeString(strings.TrimSpace(digits))
		if err != nil {
			t.Fatal(err)
		}
		reads = append(reads, b)
	}
	return reads
}

func TestReaderDecodesCapture(t *testing.T) {
	stream := bytes.Join(capture(t), nil)
	for name, src := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			r := newPacketReader(src)
			for {
				p, err := r.next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.SplitN(p.String(), ":", 2)[0])
			}
			want := []string{
				"CONNECT", "PUBLISH", "SUBSCRIBE", "SUBSCRIBE", "SUBSCRIBE", "PUBLISH", "SUBSCRIBE", "PUBLISH", "PUBACK", "PUBLISH", "DISCONNECT",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"packet type 0":                        "0000",
		"packet type 15":                       "f000",
		"flags of PINGREQ":                     "c100",
		"flags of SUBSCRIBE":                   "8000",
		"QoS 3":                                "3605000161000174",
		"duplicate of QoS 0":                   "3803000161",
		"length of five bytes":                 "30ffffffff01",
		"length above the limit":               "30ffffff7f",
		"PINGREQ with a body":                  "c00100",
		"topic longer than the packet":         "3004ffff6161",
		"PUBLISH without its identifier":       "3203000161",
		"PUBLISH with identifier 0":            "32050001610000",
		"empty topic":                          "30020000",
		"topic with a wildcard":                "300300012b",
		"topic with a zero byte":               "3003000100",
		"topic that is not UTF-8":              "30030001ff",
		"SUBSCRIBE without filters":            "82020001",
		"SUBSCRIBE with identifier 0":          "8206000000016101",
		"SUBSCRIBE with QoS 3":                 "8206000100016103",
		"SUBSCRIBE cut in its filter":          "8205000100056101",
		"UNSUBSCRIBE without filters":          "a2020001",
		"UNSUBSCRIBE cut in its second filter": "a20700010001610005",
		"PUBACK with more than an identifier":  "4003000100",
		"CONNECT cut in its strings":           "100800044d5154540402",
	} {
		t.Run(name, func(t *testing.T) {
			b, err := hex.DecodeString(in)
			if err != nil {
				t.Fatal(err)
			}
			// More bytes follow, so that a packet can not be taken for one that is cut short.
			p, err := newPacketReader(io.MultiReader(bytes.NewReader(b), bytes.NewReader(make([]byte, 64)))).next()
			if !errors.Is(err, errMalformed) {
				t.Errorf("got %v, %v", p, err)
			}
		})
	}
}

func TestReaderTellsHalfPacketsFromEnds(t *testing.T) {
	whole, _ := hex.DecodeString("3205000161000174")
	whole[1] = byte(len(whole) - 2)
	for n := range whole {
		_, err := newPacketReader(bytes.NewReader(whole[:n])).next()
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		if err != want {
			t.Errorf("%d bytes: got %v, want %v", n, err, want)
		}
	}
}

// A packet of the largest length that never comes must not cost its memory.
func TestReaderAllocatesWhatComes(t *testing.T) {
	half := append([]byte{0x30, 0xff, 0xff, 0x13}, make([]byte, 100)...)
	src := bytes.NewReader(half)
	r := newPacketReader(src)
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			src.Reset(half)
			r.src.Reset(src)
			if _, err := r.next(); err != io.ErrUnexpectedEOF {
				b.Fatal(err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 8<<10 {
		t.Errorf("%d bytes for a packet of which 100 came", allocated)
	}
}

func TestReaderTakesAllSizes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var stream bytes.Buffer
	var want []*packets.PublishPacket
	for _, size := range []int{0, 1, 100, readBuffer - 8, readBuffer - 7, readBuffer, readBuffer + 1, 65536, 256 << 10} {
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.TopicName, p.Qos, p.MessageID, p.Payload = "t", 1, 7, make([]byte, size)
		for i := range p.Payload {
			p.Payload[i] = byte(random.Uint32())
		}
		if err := p.Write(&stream); err != nil {
			t.Fatal(err)
		}
		want = append(want, p)
	}
	r := newPacketReader(&stream)
	for _, w := range want {
		got, err := r.next()
		if err != nil {
			t.Fatalf("%d bytes: %v", len(w.Payload), err)
		}
		if !cmp.Equal(w, got) {
			t.Errorf("%d bytes: not what was written", len(w.Payload))
		}
	}
}

// FuzzReader checks that what is accepted is what the codec alone reads from the same bytes, and that it is
// the same again after it was written.
func FuzzReader(f *testing.F) {
	for _, b := range capture(f) {
		f.Add(b)
	}
	f.Add([]byte{0xa2, 7, 0, 1, 0, 1, 'a', 0, 0})
	f.Add([]byte{0xc0, 0x80, 0x00, 0xe0, 0x00})
	f.Fuzz(func(t *testing.T, in []byte) {
		src := bytes.NewReader(in)
		r := newPacketReader(src)
		plain := bytes.NewReader(in)
		for {
			got, err := r.next()
			if err != nil {
				return
			}
			want, err := packets.ReadPacket(plain)
			if err != nil {
				t.Fatalf("accepted %v, of which the codec says %v", got, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
			checkRoundTrip(t, got)
		}
	})
}

func checkRoundTrip(t *testing.T, p packets.ControlPacket) {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := newPacketReader(&b).next()
	if err != nil {
		t.Fatalf("%v does not read again: %v", p, err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Fatal(diff)
	}
}
