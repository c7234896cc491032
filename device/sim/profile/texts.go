package profile

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"
	"github.com/google/uuid"
)

// randomUUID is of version 4, of chance that can be repeated.
type randomUUID struct{}

func (randomUUID) next(_ *run, c *cell) (value, error) {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], c.random.Uint64())
	binary.BigEndian.PutUint64(id[8:], c.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return textOf(id.String()), nil
}

func readUUID(*fields) (generator, valueKind) { return randomUUID{}, textValue }

// clock is the time of the message in UTC, in a format.
type clock struct {
	format string
	offset time.Duration
}

// timeFormats are those with a name; any other is a layout of Go.
var timeFormats = map[string]string{
	"rfc3339": time.RFC3339, "rfc3339ms": nowFormat, "rfc1123": time.RFC1123, "date": time.DateOnly, "time": time.TimeOnly,
	"unix": "", "unixms": "", "unixus": "",
}

func (g clock) next(in *run, _ *cell) (value, error) {
	at := in.now.UTC().Add(g.offset)
	switch g.format {
	case "unix":
		return wholeOf(at.Unix()), nil
	case "unixms":
		return wholeOf(at.UnixMilli()), nil
	case "unixus":
		return wholeOf(at.UnixMicro()), nil
	}
	return textOf(at.Format(g.format)), nil
}

func readTime(f *fields) (generator, valueKind) {
	g := clock{format: nowFormat, offset: f.duration("offset", 0, -maxDuration)}
	n := f.kind("format", text)
	if n == nil {
		return g, textValue
	}
	layout, named := timeFormats[n.text]
	switch {
	case named && layout == "":
		g.format = n.text
		return g, wholeValue
	case named:
		g.format = layout
	case !strings.ContainsAny(n.text, "0123456789"):
		f.wrong(n.at, `unknown format %q%s, or spell the time 2006-01-02 15:04:05 as yours should look`, n.text, suggest(n.text, sorted(timeFormats)))
	default:
		g.format = n.text
	}
	return g, textValue
}

// fake is a text with {words} that stand for invented data.
type fake struct{ text string }

func (g fake) next(_ *run, c *cell) (value, error) {
	s, err := gofakeit.NewFaker(&c.random, false).Generate(g.text)
	return textOf(s), err
}

// clocked are the functions of the library that look at the clock, or cannot do without parameters.
var clocked = []string{"date", "daterange", "time", "timerange", "creditcardexp", "svg"}

// fakes are the words that can stand in braces: those that need no parameter and give the same for the same seed.
func fakes() []string {
	names := make([]string, 0, len(gofakeit.FuncLookups))
	for name := range maps.Keys(gofakeit.FuncLookups) {
		if isFake(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func isFake(name string) bool {
	info := gofakeit.GetFuncLookup(name)
	if info == nil || info.Output != "string" || slices.Contains(clocked, name) {
		return false
	}
	for _, p := range info.Params {
		if p.Default == "" && !p.Optional {
			return false
		}
	}
	return true
}

func readFake(f *fields) (generator, valueKind) {
	n := f.kind("text", text)
	if n == nil {
		if f.of.get("text") == nil {
			f.wrong(f.of.at, `a fake needs its text, such as text = "{firstname} {lastname}"`)
		}
		return fake{}, textValue
	}
	rest := n.text
	for {
		_, tail, found := strings.Cut(rest, "{")
		if !found {
			break
		}
		name, after, closed := strings.Cut(tail, "}")
		if !closed {
			f.wrong(n.at, "{ without } after it")
			break
		}
		if !isFake(name) {
			f.wrong(n.at, "unknown word {%s}%s", name, suggest(name, fakes()))
		}
		rest = after
	}
	return fake{n.text}, textValue
}
