package payload

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
	"github.com/tinylib/msgp/msgp"
)

const wind = `{"deviceId":"wind-1","windSpeed":13.5}`

// packed writes through a compressor.
func packed(t testing.TB, text string, open func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var out bytes.Buffer
	w := open(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipped(t testing.TB, text string) []byte {
	return packed(t, text, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func TestDecode(t *testing.T) {
	inCBOR, err := cbor.Marshal(struct {
		DeviceID  string  `cbor:"deviceId"`
		WindSpeed float64 `cbor:"windSpeed"`
	}{"wind-1", 13.5})
	if err != nil {
		t.Fatal(err)
	}
	inPack := msgp.AppendMapHeader(nil, 2)
	inPack = msgp.AppendString(inPack, "deviceId")
	inPack = msgp.AppendString(inPack, "wind-1")
	inPack = msgp.AppendString(inPack, "windSpeed")
	inPack = msgp.AppendFloat64(inPack, 13.5)
	raw := packed(t, wind, func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f })

	for _, c := range []struct {
		name, contentType, encoding string
		body                        []byte
		form                        Form
		want                        string
		steps                       []string
	}{
		{"JSON", "application/json", "utf-8", []byte(wind), JSON, wind, nil},
		{"nothing declared", "", "", []byte(wind), JSON, wind, nil},
		{"text", "text/plain", "", []byte("hello"), Text, "hello", nil},
		{"nothing", "", "", nil, Empty, "", nil},
		{"bytes", "application/octet-stream", "", []byte{0, 1, 2}, Binary, "\x00\x01\x02", nil},
		{"gzip", "application/json", "gzip", zipped(t, wind), JSON, wind, []string{"gzip"}},
		{"gzip, not declared", "", "", zipped(t, wind), JSON, wind, []string{"gzip"}},
		{"gzip with a character set", "application/json", "utf-8, gzip", zipped(t, wind), JSON, wind, []string{"gzip"}},
		{"deflate", "", "deflate", packed(t, wind, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }), JSON, wind, []string{"deflate"}},
		{"deflate without a header", "", "deflate", raw, JSON, wind, []string{"deflate"}},
		{"base64", "application/json", "base64", []byte(base64.StdEncoding.EncodeToString([]byte(wind))), JSON, wind, []string{"base64"}},
		{"base64 of URLs", "", "BASE64", []byte(base64.RawURLEncoding.EncodeToString([]byte("???>>>"))), Text, "???>>>", []string{"base64"}},
		{"gzip in base64", "", "gzip, base64", []byte(base64.StdEncoding.EncodeToString(zipped(t, wind))), JSON, wind, []string{"base64", "gzip"}},
		{"UTF-16", "application/json", "utf-16", []byte{'7', 0, '1', 0}, JSON, "71", []string{"UTF-16"}},
		{"UTF-16 with a mark", "", "utf-16", []byte{0xfe, 0xff, 0, '7'}, JSON, "7", []string{"UTF-16"}},
		{"UTF-32", "", "utf-32", []byte{'7', 0, 0, 0}, JSON, "7", []string{"UTF-32"}},
		{"CBOR", "application/cbor", "", inCBOR, JSON, wind, []string{"CBOR"}},
		{"CBOR of a kind", "application/senml+cbor; v=1", "", inCBOR, JSON, wind, []string{"CBOR"}},
		{"CBOR, zipped", "application/cbor", "gzip", zipped(t, string(inCBOR)), JSON, wind, []string{"gzip", "CBOR"}},
		{"MessagePack", "application/x-msgpack", "", inPack, JSON, wind, []string{"MessagePack"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Decode(c.contentType, c.encoding, c.body)
			if got.Err != nil || got.Form != c.form || string(got.Data) != c.want || !slices.Equal(got.Steps, c.steps) {
				t.Errorf("%v %q by %q, %v; want %v %q by %q", got.Form, got.Data, got.Steps, got.Err, c.form, c.want, c.steps)
			}
		})
	}
}

func TestWhatIsNotAsDeclaredStaysAsItIs(t *testing.T) {
	for _, c := range []struct{ contentType, encoding, body, says string }{
		{"", "gzip", wind, "not gzip: "},
		{"application/cbor", "", wind + wind, "not CBOR: "},
		{"application/msgpack", "", "\xc1", "not MessagePack: "},
		{"", "base64", "***", "not base64: "},
		{"", "utf-16", "abc", "not UTF-16: "},
	} {
		got := Decode(c.contentType, c.encoding, []byte(c.body))
		if got.Err == nil || !strings.HasPrefix(got.Err.Error(), c.says) || string(got.Data) != c.body {
			t.Errorf("%s %s: %v, %q", c.contentType, c.encoding, got.Err, got.Data)
		}
	}
}

func TestABombDoesNotGoOff(t *testing.T) {
	bomb := zipped(t, strings.Repeat("0", MaxSize+1))
	if got := Decode("", "gzip", bomb); got.Err == nil || len(got.Data) != len(bomb) {
		t.Errorf("%d bytes of %d, %v", len(got.Data), len(bomb), got.Err)
	}
}

func TestDeepJSONIsText(t *testing.T) {
	if got := FormOf([]byte(strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1))); got != Text {
		t.Errorf("it is %v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("application/cbor", "", []byte{0xa1, 0x61, 'a', 0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0})
	f.Add("application/msgpack", "", []byte{0x81, 0xa1, 'a', 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0})
	f.Add("", "gzip", zipped(f, wind))
	f.Add("", "utf-16", []byte{0, 0xd8})
	f.Add("application/cbor", "gzip, base64", []byte("H4sI"))
	f.Fuzz(func(t *testing.T, contentType, encoding string, body []byte) {
		got := Decode(contentType, encoding, body)
		switch got.Form {
		case JSON:
			if !json.Valid(got.Data) {
				t.Errorf("%q is called JSON", got.Data)
			}
		case Text:
			if !utf8.Valid(got.Data) {
				t.Errorf("%q is called text", got.Data)
			}
		}
		if len(got.Data) > max(MaxSize, len(body))*2 {
			t.Errorf("%d bytes of %d", len(got.Data), len(body))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(wind)
	b.Run("reference-valid", func(b *testing.B) {
		for b.Loop() {
			json.Valid(body)
		}
	})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			Decode("application/json", "utf-8", body)
		}
	})
}

// TestCBORInTheOrderOfTheWire: keys and values of all kinds, the vectors of RFC 8949, appendix A, among them.
func TestCBORInTheOrderOfTheWire(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"a map", "\xa3\x61z\x01\x61a\x02\x61m\x03", `{"z":1,"a":2,"m":3}`},
		{"a map of no stated length", "\xbf\x61b\x01\x61a\x9f\x01\x02\xff\xff", `{"b":1,"a":[1,2]}`},
		{"keys that are bytes", "\xa2\x43\x01\x02\xff\x01\x40\x02", `{"AQL/":1,"":2}`},
		{"keys that are numbers", "\xa3\x20\x01\x0a\x02\xf9\x3e\x00\x03", `{"-1":1,"10":2,"1.5":3}`},
		{"a key that is a list", "\xa1\x82\x01\x61x\xf5", `{"[1,\"x\"]":true}`},
		{"the same key twice", "\xa2\x61a\x01\x61a\x02", `{"a":1,"a":2}`},
		{"text in pieces", "\x7f\x65strea\x64ming\xff", `"streaming"`},
		{"bytes in pieces", "\x5f\x42\x01\x02\x43\x03\x04\x05\xff", `"AQIDBAU="`},
		{"great numbers", "\x82\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x3b\xff\xff\xff\xff\xff\xff\xff\xff", `[18446744073709551615,-18446744073709551616]`},
		{"a long number", "\xc2\x49\x01\x00\x00\x00\x00\x00\x00\x00\x00", `18446744073709551616`},
		{"times", "\x82\xc0\x742013-03-21T20:04:00Z\xc1\x1a\x51\x4b\x67\xb0", `["2013-03-21T20:04:00Z","2013-03-21T20:04:00Z"]`},
		{"another tag", "\xd8\x20\x63a:b", `{"tag":32,"value":"a:b"}`},
		{"a tag about the format", "\xd9\xd9\xf7\xa1\x61a\x01", `{"a":1}`},
		{"words", "\x85\xf4\xf5\xf6\xf7\xf0", `[false,true,null,null,"simple(16)"]`},
		{"no numbers", "\x82\xf9\x7e\x00\xf9\xfc\x00", `["NaN","-Inf"]`},
		{"text with signs", "\x65<&>\"\\", `"<&>\"\\"`},
		{"nothing in it", "\x82\x80\xa0", `[[],{}]`},
	} {
		got := Decode("application/cbor", "", []byte(c.body))
		if got.Err != nil || string(got.Data) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got.Data, got.Err, c.want)
		}
	}
}

// TestHeadIsTheBeginningOfTheBody: what is too long to be read whole is read as far as that goes.
func TestHeadIsTheBeginningOfTheBody(t *testing.T) {
	const most = 1000
	long := strings.Repeat("0123456789", most)
	for _, c := range []struct{ name, contentType, encoding, body, want string }{
		{"plain", "", "", long, long[:most]},
		{"short", "", "gzip", string(zipped(t, wind)), wind},
		{"long", "", "gzip", string(zipped(t, long)), long[:most]},
		{"long, of two steps", "", "gzip, gzip", string(zipped(t, string(zipped(t, long)))), long[:most]},
		{"no gzip", "", "gzip", wind, wind},
		{"long base64", "", "base64", base64.StdEncoding.EncodeToString([]byte(long)), base64.StdEncoding.EncodeToString([]byte(long))[:most]},
	} {
		if got := Head(c.contentType, c.encoding, []byte(c.body), most); string(got) != c.want {
			t.Errorf("%s: %d bytes, %.40q", c.name, len(got), got)
		}
	}
	bomb := zipped(t, string(zipped(t, strings.Repeat("0", MaxSize))))
	if got := Head("", "gzip, gzip, gzip", zipped(t, string(bomb)), most); len(got) > most {
		t.Errorf("%d bytes of a bomb", len(got))
	}
}
