package list_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/provision/list"
)

var (
	aKey       = base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))
	otherKey   = base64.StdEncoding.EncodeToString([]byte("fedcba9876543210"))
	aPrint     = strings.Repeat("AB", 32)
	otherPrint = strings.Repeat("0F", 20)
)

const scope = "ms-azure-iot-edge://gate-637"

// said is an entry in short, with what differs from the usual.
func said(e provision.Entry) string {
	d := e.Change.Device
	text := fmt.Sprintf("%d %s %s", e.Line, d.DeviceID, d.Auth.Type)
	for _, part := range []struct {
		name, value string
	}{
		{"key", d.Auth.Primary.Reveal()},
		{"second", d.Auth.Secondary.Reveal()},
		{"print", d.Auth.PrimaryThumbprint},
		{"secondprint", d.Auth.SecondaryThumbprint},
		{"status", string(d.Status)},
		{"reason", d.StatusReason},
		{"scope", d.Scope},
		{"parents", strings.Join(d.ParentScopes, " ")},
		{"tags", string(e.Change.Tags)},
		{"desired", string(e.Change.Desired)},
	} {
		if part.value != "" {
			text += " " + part.name + "=" + part.value
		}
	}
	if d.IoTEdge {
		text += " edge"
	}
	return text
}

func read(seq iter.Seq2[provision.Entry, error]) (lines []string) {
	for e, err := range seq {
		if err != nil {
			lines = append(lines, err.Error())
			continue
		}
		lines = append(lines, said(e))
	}
	return lines
}

func compare(t *testing.T, f list.Format, text string, want ...string) {
	t.Helper()
	got := read(list.Entries(strings.NewReader(text), f))
	if len(got) != len(want) {
		t.Fatalf("got %d:\n%s\nwant %d", len(got), strings.Join(got, "\n"), len(want))
	}
	for i := range got {
		if got[i] != want[i] && !strings.HasPrefix(got[i], strings.TrimSuffix(want[i], "...")) || !strings.HasSuffix(want[i], "...") && got[i] != want[i] {
			t.Errorf("entry %d:\ngot  %s\nwant %s", i+1, got[i], want[i])
		}
	}
}

func TestCSV(t *testing.T) {
	compare(t, list.CSV, "deviceId\npump-1\r\npump-2\n\npump-3", "2 pump-1 sas", "3 pump-2 sas", "5 pump-3 sas")
	compare(t, list.CSV, "\ufeffDeviceID;Status;statusReason;IoTEdge;deviceScope\n"+
		"a;Disabled;\"broken; sent back\";;\n b ;;;yes;"+scope+"\nc;;;FALSE;"+scope,
		"2 a sas status=disabled reason=broken; sent back", "3 b sas parents="+scope+" edge", "4 c sas scope="+scope)
	compare(t, list.CSV, "deviceId\tprimaryKey\tsecondaryKey\tprimaryThumbprint\tsecondaryThumbprint\tauthentication\n"+
		"a\t"+aKey+"\t"+otherKey+"\n"+
		"b\t\t\t"+strings.ToLower(aPrint)+"\t0F:"+strings.Repeat("0F ", 19)+"\t\n"+
		"c\t\t\t\t\tCERTIFICATEAUTHORITY",
		"2 a sas key="+aKey+" second="+otherKey, "3 b selfSigned print="+aPrint+" secondprint="+otherPrint, "4 c certificateAuthority")
	compare(t, list.CSV, `deviceId,tags.site,tags.location.floor,tags.location.room,tags.plates
a,north,2,007,"[""x"",1]"
b,"""12""",,true,
c,,,,
d,null,-1.5e3,"{""n"":""R""}",nan`,
		`2 a sas tags={"site":"north","location":{"floor":2,"room":"007"},"plates":["x",1]}`,
		`3 b sas tags={"site":"12","location":{"room":true}}`, "4 c sas",
		`5 d sas tags={"site":"null","location":{"floor":-1.5e3,"room":{"n":"R"}},"plates":"nan"}`)
}

func TestASecondKeyIsMadeWhenOneIsGiven(t *testing.T) {
	for e, err := range list.Entries(strings.NewReader("deviceId,primaryKey\na,"+aKey), list.CSV) {
		if a := e.Change.Device.Auth; err != nil || a.Primary.Reveal() != aKey || provision.CheckKey(a.Secondary.Reveal()) != nil || a.Primary == a.Secondary {
			t.Errorf("%v, %v", said(e), err)
		}
	}
}

func TestMistakesInCSV(t *testing.T) {
	compare(t, list.CSV, "", "line 1, column 1: there is nothing in the file...")
	compare(t, list.CSV, "pump-1\npump-2", "line 1, column 1: the first line must name the columns, one of them deviceId", `line 1, column 1: there is no column "pump-1"...`)
	compare(t, list.CSV, "deviceId,stauts,tags.,deviceid\nx", `line 1, column 10: there is no column "stauts": there are deviceId...`,
		`line 1, column 17: there is no column "tags."...`, "line 1, column 23: the column deviceId is there twice")
	compare(t, list.CSV, "deviceId,tags.a,tags.a.b\nx", "line 1, column 1: the column tags.a.b is inside the column tags.a: one of them must go")
	compare(t, list.CSV, "deviceId,status,iotEdge,authentication,deviceScope,statusReason\n"+
		"a b\nc,on\nd,,maybe\ne,,,x509\nf,,,,gate\ng,,,,,"+strings.Repeat("é", 129)+"\n,enabled\nh,,,,,,more\nok",
		"line 2, column 1: deviceId: a device id must not have a blank (position 2)...", `line 3, column 3: status: "on" is neither enabled nor disabled`,
		`line 4, column 4: iotEdge: "maybe" is neither true nor false`, `line 5, column 5: authentication: "x509" is not sas...`,
		"line 6, column 6: deviceScope: a scope begins with ms-azure-iot-edge://...", "line 7, column 7: statusReason: a reason has at most 128 characters, this one has 129",
		"line 8, column 1: deviceId: a device id must not be empty", "line 9, column 8: this row has 7 cells, and there are 6 columns", "10 ok sas")
	compare(t, list.CSV, "deviceId,primaryKey,secondaryKey,primaryThumbprint,authentication\n"+
		"a,secret\nb,,"+aKey+"\nc,"+aKey+",,"+aPrint+"\nd,,,,selfSigned\ne,,,"+aPrint+",sas\nf,"+aKey+",,,none",
		"line 2, column 3: primaryKey: a key is base64 of 16 to 64 bytes", "line 3, column 1: there is a secondaryKey without a primaryKey",
		"line 4, column 1: keys do not go with the authentication selfSigned", "line 5, column 1: the authentication selfSigned needs a primaryThumbprint",
		"line 6, column 1: thumbprints do not go with the authentication sas", "line 7, column 1: keys do not go with the authentication none")
	compare(t, list.CSV, "deviceId,tags.a b,tags.long\nx,,1\ny,1\nz,,"+strings.Repeat("x", 5000), `2 x sas tags={"long":1}`,
		"line 3, column 3: tags.a b: a name must not hold a blank", "line 4, column 4: tags.long: this text has 5000 bytes, and may have 4096")
	compare(t, list.CSV, "deviceId,status\na,\"x\" y\nb\nc\"d\ne", "line 2, column 5: a quotation mark is not closed...", "3 b sas",
		"line 4, column 2: a quotation mark stands inside a cell...", "5 e sas")
}

func TestJSONLines(t *testing.T) {
	compare(t, list.JSONLines, "\ufeff"+`{"id":"a"}
{"id":"b","importMode":"Create","eTag":"x","status":"disabled","statusReason":"why","authentication":{"type":"sas","symmetricKey":{"primaryKey":"`+aKey+`","secondaryKey":"`+otherKey+`"}}}

{"deviceId":"c","generationId":"1","authentication":{"symmetricKey":{"primaryKey":null,"secondaryKey":null},"x509Thumbprint":{"primaryThumbprint":"`+aPrint+`","secondaryThumbprint":null},"type":"selfSigned"},"statusReason":null}
{"id":"d","tags":{"site":"north","old":null},"properties":{"desired":{"interval":2,"$version":3},"reported":{"$version":1}}}
{"id":"e","capabilities":{"iotEdge":true},"deviceScope":"ms-azure-iot-edge://e-1","parentScopes":["`+scope+`"]}
{"id":"f","deviceScope":"`+scope+`"}
{"id":"g","authentication":{"type":"certificateAuthority"},"authentication2":null}
{"id":"h","authentication":{"symmetricKey":{"primaryKey":"","secondaryKey":""}},"tags":{}}`,
		"1 a sas", "2 b sas key="+aKey+" second="+otherKey+" status=disabled reason=why", "4 c selfSigned print="+aPrint,
		`5 d sas tags={"site":"north"} desired={"interval":2}`, "6 e sas parents="+scope+" edge", "7 f sas scope="+scope,
		`line 8, column 60: there is no member "authentication2" here: there are id, importMode, status,...`, "9 h sas")
}

func TestMistakesInJSONLines(t *testing.T) {
	compare(t, list.JSONLines, `[{"id":"a"}]
{"id":"a"
{"status":"enabled"}
{"id":7}
{"id":"ü","status":"enabled"}
{"id":"a","status":"on"}
{"id":"a","importMode":"delete"}
{"id":"a","moduleId":"m"}
{"id":"a","tags":{"b.c":1}}
{"id":"a","tags":[]}
{"id":"a","capabilities":{"iotEdge":"true"}}
{"id":"a","deviceId":"b"}
{"id":"a","properties":{"reported":{"x":1}}}
{"id":"a","parentScopes":["`+scope+`","`+scope+`"]}
{"id":"a","authentication":{"type":"none","symmetricKey":{"primaryKey":"`+aKey+`"}}}
{"id":"a","authentication":{"symmetricKey":{"primaryKey":"secret"}}}
{"id":"ok"}`,
		"line 1, column 1: this must be an object: begin it with {", "line 2, column 10: a closing } is missing...", "line 3, column 1: the device has no id",
		"line 4, column 7: a device id must be a text in double quotes", "line 5, column 7: a device id must not have 'ü' (position 1)...",
		`line 6, column 20: "on" is neither enabled nor disabled`, "line 7, column 24: devices are only created here...",
		"line 8, column 22: this is a module...", "line 9, column 19: b.c: a name must not hold a dot", "line 10, column 18: this must be an object...",
		"line 11, column 37: this must be true or false...", "line 12, column 22: id and deviceId differ...", "line 13, column 36: reported properties...",
		"line 14, column 26: this must be a list of one scope...", "line 15, column 1: keys do not go with the authentication none",
		"line 16, column 58: a key is base64 of 16 to 64 bytes", "17 ok sas")
}

func TestCheck(t *testing.T) {
	s, err := list.Check(list.Entries(strings.NewReader("deviceId\na\nb\nx y\na\nc"), list.CSV), nil)
	if err != nil || s.Entries != 3 || s.First != "a" || s.Last != "c" || len(s.Mistakes) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if want := `line 5, column 1: the device id "a" is in line 2 already`; s.Mistakes[1].Error() != want {
		t.Errorf("%v, want %s", s.Mistakes[1], want)
	}
	s, err = list.Check(list.Entries(strings.NewReader("deviceId\n"+strings.Repeat("x y\n", 1000)), list.CSV), nil)
	if err != nil || len(s.Mistakes) != 200 || s.More != 800 {
		t.Errorf("%d mistakes and %d more, %v", len(s.Mistakes), s.More, err)
	}
}

// endless gives the same text for ever, so that only a bound ends its reading.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text)
	e.read += n
	return n, nil
}

func TestWhatIsNotClosedIsNotReadForEver(t *testing.T) {
	for f, begin := range map[list.Format]string{list.CSV: "deviceId\n\"", list.JSONLines: `{"id":"`} {
		for _, before := range []string{begin, ""} {
			r := &endless{text: strings.Repeat("x", 4096)}
			s, err := list.Check(list.Entries(io.MultiReader(strings.NewReader(before), r), f), nil)
			if err != nil || len(s.Mistakes) != 1 || !strings.Contains(s.Mistakes[0].Reason, "256 KB") || r.read > 1<<20 {
				t.Errorf("%d %q: %v, %v after %d bytes", f, before, s.Mistakes, err, r.read)
			}
		}
	}
}

func TestReadersThatFail(t *testing.T) {
	lost := errors.New("lost")
	for f, begin := range map[list.Format]string{list.CSV: "deviceId\na\n", list.JSONLines: `{"id":"a"}` + "\n"} {
		s, err := list.Check(list.Entries(io.MultiReader(strings.NewReader(begin), failing{lost}), f), nil)
		if !errors.Is(err, lost) || s.Entries != 1 {
			t.Errorf("%d: %+v, %v", f, s, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzCSV(f *testing.F) {
	f.Add("deviceId,authentication,primaryKey,tags.a.b\na,sas," + aKey + ",7\n")
	f.Add("\ufeffdeviceId;tags.x;status\n\"a\";\"{\"\"y\"\":[1]}\";disabled")
	f.Add("deviceId\tiotEdge\tdeviceScope\nx\ttrue\t" + scope)
	f.Fuzz(func(t *testing.T, text string) { holds(t, list.CSV, text) })
}

func FuzzJSONLines(f *testing.F) {
	f.Add(`{"id":"a","authentication":{"type":"sas","symmetricKey":{"primaryKey":"` + aKey + `"}}}`)
	f.Add(`{"deviceId":"b","tags":{"x":[1,{"y":null}]},"properties":{"desired":{"$version":1,"z":{}}}}` + "\n\n[]")
	f.Add(`{"id":"e","capabilities":{"iotEdge":true},"parentScopes":["` + scope + `"]}`)
	f.Fuzz(func(t *testing.T, text string) { holds(t, list.JSONLines, text) })
}

// holds is what is so of every text: an entry can be sent as it is, and a mistake has a place.
func holds(t *testing.T, f list.Format, text string) {
	for e, err := range list.Entries(strings.NewReader(text), f) {
		var m *list.Mistake
		switch {
		case errors.As(err, &m):
			if m.Line < 1 || m.Column < 1 || m.Reason == "" {
				t.Fatalf("%+v", m)
			}
			continue
		case err != nil:
			t.Fatal(err)
		}
		d := e.Change.Device
		if e.Line < 1 || d.DeviceID == "" || d.Auth.Type == "" || d.Auth.Primary.IsZero() != d.Auth.Secondary.IsZero() {
			t.Fatalf("%s", said(e))
		}
		if d.Auth.Type == hub.AuthSelfSigned && d.Auth.PrimaryThumbprint == "" {
			t.Fatalf("no thumbprint: %s", said(e))
		}
		for _, section := range []json.RawMessage{e.Change.Tags, e.Change.Desired} {
			if section != nil && (!json.Valid(section) || section[0] != '{') {
				t.Fatalf("a section is %q", section)
			}
		}
	}
}
