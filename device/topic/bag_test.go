package topic

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func value(key, v string) Property { return Property{Key: key, Value: v, HasValue: true} }

// Protocol 4.2.7.
func TestParseBag(t *testing.T) {
	cases := []struct {
		name, text string
		want       Bag
		err        bool
	}{
		{"nothing", "", nil, false},
		{"one", "a=b", Bag{value("a", "b")}, false},
		{"two in order", "b=2&a=1", Bag{value("b", "2"), value("a", "1")}, false},
		{"null value", "key", Bag{{Key: "key"}}, false},
		{"empty value", "key=", Bag{value("key", "")}, false},
		{"null among others", "a=1&key&b=2", Bag{value("a", "1"), {Key: "key"}, value("b", "2")}, false},
		{"Node", "%24.mid=mid%2F1&k%20e=v%2F%26%3D", Bag{value(MessageID, "mid/1"), value("k e", "v/&=")}, false},
		{"bare dollar and slash", "$.ct=application/json", Bag{value(ContentType, "application/json")}, false},
		{"lower-case hex", "a=%2f%c3%a9", Bag{value("a", "/é")}, false},
		{"plus is a plus", "a+b=c+d", Bag{value("a+b", "c+d")}, false},
		{"bare equals sign in a value", "k=YQ==", Bag{value("k", "YQ==")}, false},
		{"twice the same key", "a=1&a=2", Bag{value("a", "1"), value("a", "2")}, false},
		{"leading question mark", "?a=1", Bag{value("a", "1")}, false},
		{"empty members", "&a=1&&b=2&", Bag{value("a", "1"), value("b", "2")}, false},
		{"bare non-ASCII", "ö=ü", Bag{value("ö", "ü")}, false},
		{"no key", "=v", nil, true},
		{"cut percent", "a=%2", nil, true},
		{"percent at the end", "a=100%", nil, true},
		{"not hex", "a=%zz", nil, true},
		{"not hex in key", "%g0=1", nil, true},
		{"not UTF-8 encoded", "a=%ff", nil, true},
		{"not UTF-8 bare", "a=\xff", nil, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseBag(c.text)
			if c.err {
				if !errors.Is(err, ErrBag) {
					t.Fatalf("error = %v, want ErrBag", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Protocol 4.2.3, 4.2.8.
func TestEncodeBag(t *testing.T) {
	cases := []struct {
		name string
		bag  Bag
		want string
	}{
		{"nothing", nil, ""},
		{"as Node writes it", Bag{
			value(MessageID, "mid/1"), value(CorrelationID, "c1"), value(ContentType, "application/json"),
			value(ContentEncoding, "utf-8"), value("k e", "v/&="), value(Subject, "comp1"),
		}, "%24.mid=mid%2F1&%24.cid=c1&%24.ct=application%2Fjson&%24.ce=utf-8&k%20e=v%2F%26%3D&%24.sub=comp1"},
		{"null and empty", Bag{{Key: "a"}, value("b", "")}, "a&b="},
		{"a value counts without its flag", Bag{{Key: "a", Value: "1"}}, "a=1"},
		{"plus, hash and blank", Bag{value("+", "# ")}, "%2B=%23%20"},
		{"kept as they are", Bag{value("-_.!~*'()", "aZ09")}, "-_.!~*'()=aZ09"},
		{"outside ASCII", Bag{value("é", "\u2028")}, "%C3%A9=%E2%80%A8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.bag.Encode(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestBagAccess(t *testing.T) {
	var bag Bag
	bag.Add("a", "")
	bag.AddIfSet("b", "")
	bag.AddIfSet("c", "1")
	if got, want := bag.Encode(), "a=&c=1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := bag.Get("b"); ok {
		t.Error("b was added though it is empty")
	}
	if v, ok := bag.Get("c"); !ok || v != "1" {
		t.Errorf("c = %q, %v", v, ok)
	}
}

func FuzzParseBag(f *testing.F) {
	for _, seed := range []string{"", "a=b", "?a", "%24.mid=mid%2F1&k%20e=v%2F%26%3D", "a=%zz", "=&=", "a==b&&", "\xff", "a=+/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		bag, err := ParseBag(text)
		if err != nil {
			if !errors.Is(err, ErrBag) {
				t.Fatalf("error %v is not ErrBag", err)
			}
			return
		}
		encoded := bag.Encode()
		if strings.ContainsAny(encoded, "/+#$ ?") {
			t.Fatalf("%q leaves a special character bare", encoded)
		}
		again, err := ParseBag(encoded)
		if err != nil {
			t.Fatalf("%q cannot be read again: %v", encoded, err)
		}
		if len(bag) != len(again) {
			t.Fatal(cmp.Diff(bag, again))
		}
		for i := range bag {
			if bag[i] != again[i] {
				t.Fatal(cmp.Diff(bag, again))
			}
		}
	})
}

func FuzzEncodeBag(f *testing.F) {
	f.Add("key", "value", true, "", "", false)
	f.Add("$.mid", "a/b", true, "k e", "v+", true)
	f.Fuzz(func(t *testing.T, k1, v1 string, has1 bool, k2, v2 string, has2 bool) {
		for _, s := range []string{k1, v1, k2, v2} {
			if !utf8.ValidString(s) {
				t.Skip("only UTF-8 can be said in a topic")
			}
		}
		if k1 == "" || k2 == "" {
			t.Skip("a member has a key")
		}
		bag := Bag{{k1, v1, has1 || v1 != ""}, {k2, v2, has2 || v2 != ""}}
		again, err := ParseBag(bag.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(bag, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
