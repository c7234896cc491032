package fault

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Rule
		err  string
	}{
		{"kind=throttle,device=wind-*,protocol=rest,rate=0.1,for=30s", Rule{
			Kind: Throttle, Device: "wind-*", Protocol: "rest", Rate: 0.1, For: Duration(30 * time.Second), RetryAfter: Duration(time.Second),
		}, ""},
		{"kind=latency, operation=twin-read, every=5, count=10, delay=300ms", Rule{
			Kind: Latency, Operation: "twin-read", Every: 5, Count: 10, Delay: Duration(300 * time.Millisecond),
		}, ""},
		{"kind=expire", Rule{Kind: Expire, After: Duration(10 * time.Second)}, ""},
		{"", Rule{}, "name=value"},
		{"kind", Rule{}, "name=value"},
		{"kind=drop,kind=cut", Rule{}, "different"},
		{"kind=fire", Rule{}, "throttle, quota"},
		{"device=x", Rule{}, "kind"},
		{"kind=drop,size=1", Rule{}, "size"},
		{"kind=drop,protocol=http", Rule{}, "protocol"},
		{"kind=drop,operation=nap", Rule{}, "operation"},
		{"kind=drop,device=[", Rule{}, "pattern"},
		{"kind=drop,rate=2", Rule{}, "rate"},
		{"kind=drop,rate=much", Rule{}, "numbers"},
		{"kind=drop,rate=0.5,every=2", Rule{}, "both"},
		{"kind=drop,count=-1", Rule{}, "negative"},
		{"kind=drop,for=-1s", Rule{}, "negative"},
		{"kind=drop,for=soon", Rule{}, "soon"},
		{"kind=drop,delay=1s", Rule{}, "latency"},
		{"kind=latency,delay=6m", Rule{}, "at most"},
	} {
		got, err := Parse(c.text)
		if c.err == "" {
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%q: %v, (-want +got)\n%s", c.text, err, diff)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: error %v, want one about %s", c.text, err, c.err)
		}
	}
}

// What is read can be written and read again, and is the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"kind=throttle,device=wind-*,protocol=rest,rate=0.1,for=30s", "kind=latency,every=5,count=10,delay=300ms",
		"kind=expire,after=1h", "kind=cut,rate=NaN", "kind=drop,device=\xff,count=1e3", `kind=drop,device="`, "kind=drop,rate=0x1p-2", ",=,",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := Parse(text)
		if err != nil {
			return
		}
		document, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeRule(document)
		if err != nil {
			t.Fatalf("%s: %v", document, err)
		}
		if again != rule {
			t.Fatalf("%+v became %+v", rule, again)
		}
	})
}
