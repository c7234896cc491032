package profile

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func parse(t testing.TB, text string) *Profile {
	t.Helper()
	p, err := Parse("test.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// with is a profile of one message with the values and the body.
func with(t testing.TB, values, body string) *Profile {
	t.Helper()
	return parse(t, "[values]\n"+values+"\n[[messages]]\nbody = "+body+"\n")
}

// bodies are the first n bodies, one a second.
func bodies(t testing.TB, p *Profile, n int) string {
	t.Helper()
	d := p.NewDevice("dev-1", 7)
	var all []string
	for i := range n {
		m, err := d.Next(0, at(float64(i)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(m.Content()))
	}
	return strings.Join(all, " ")
}

func problems(t testing.TB, err error) []*Error {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) {
		t.Fatalf("error %v is %T", err, err)
	}
	return all
}
