package query

import (
	"slices"
	"strings"
)

// Offer is one way to go on.
type Offer struct {
	Text string // as it is shown
	Hint string // what it means; outside text
	Take string // as it stands in the text when it is taken
}

// Completion are the ways to go on at a place of a text: each takes the place of the bytes From to To.
type Completion struct {
	From, To int
	Offers   []Offer
}

// mostOffers bounds what is offered.
const mostOffers = 60

// Complete says how a text can go on at a byte of it.
func Complete(text string, at int, seen *Seen) Completion {
	at = max(0, min(at, len(text)))
	c := Completion{From: at, To: at}
	c.From, c.To = wordAt(text, at)
	if before := text[:c.From]; c.From == at && before != "" && !strings.ContainsAny(before[len(before)-1:], " ([,=<>+-*/%") {
		return c // the word before is whole and nothing has ended it
	}
	p := newParser(text[:c.From])
	if p.length > MaxText {
		return c
	}
	p.start()
	if !p.ends() {
		return c // something before is wrong
	}
	f := finder{typed: text[c.From:at], seen: seen}
	f.all(p.wanted)
	c.Offers = f.offers()
	return c
}

// wordAt is the word that ends at a byte, or goes on over it: a name with dots, or a text in quotes.
func wordAt(text string, at int) (from, to int) {
	chain := at
	for t := scan(text, 0); t.kind != endToken && t.at < at; t = scan(text, t.end) {
		inside := at < t.end
		part := t.kind == nameToken || t.kind == quotedToken || t.is(".") || t.kind == brokenToken && t.open
		switch {
		case t.kind == stringToken && inside:
			return t.at, t.end
		case t.kind == brokenToken && t.open && !strings.HasPrefix(t.text, "[["):
			return t.at, at
		case !part:
			chain = at
			continue
		}
		if chain == at || t.at != to {
			chain = t.at
		}
		if to = t.end; t.kind == brokenToken {
			to = at
		}
	}
	if chain == at || to < at {
		return at, at
	}
	return chain, to
}

// finder gathers what begins as was typed, then what holds it.
type finder struct {
	typed         string
	seen          *Seen
	begin, within []Offer
	words         []Offer
}

func (f *finder) offers() []Offer {
	found := slices.Concat(f.begin, f.words, f.within)
	return found[:min(len(found), mostOffers)]
}

func (f *finder) all(w wanted) {
	if w.value {
		f.values(w.of)
	}
	if strings.HasPrefix(f.typed, "'") || strings.HasPrefix(f.typed, `"`) {
		return
	}
	for _, g := range w.groups {
		f.group(g)
	}
	if w.operand || w.path {
		f.fields()
	}
	if w.operand {
		for _, fn := range functions {
			f.add(Offer{Text: fn.word, Hint: fn.means, Take: fn.word + "("})
		}
	}
	for _, word := range w.words {
		f.word(word)
	}
}

func (f *finder) group(g wordGroup) {
	switch g {
	case aggregateWords:
		for _, a := range aggregates {
			take := a.word + "("
			if a.word == "COUNT" {
				take = "COUNT()"
			}
			f.add(Offer{Text: a.word, Hint: a.means, Take: take})
		}
	case sourceWords:
		f.add(Offer{Text: "devices", Take: "devices "})
		f.add(Offer{Text: "devices.modules", Take: "devices.modules "})
		f.add(Offer{Text: "devices.jobs", Take: "devices.jobs "})
	}
}

// word offers a keyword or an operator. They come behind the fields that begin so.
func (f *finder) word(word string) {
	if len(word) < len(f.typed) || !strings.EqualFold(word[:len(f.typed)], f.typed) {
		return
	}
	take := word + " "
	if word == "[" || word == "." || word == "," {
		take = word
	}
	if o := (Offer{Text: word, Take: take}); !slices.Contains(f.words, o) {
		f.words = append(f.words, o)
	}
}

// add offers what begins as was typed, or holds it behind its first letter.
func (f *finder) add(o Offer) {
	if o.Text == f.typed && o.Take == f.typed {
		return
	}
	lower, typed := strings.ToLower(o.Text), strings.ToLower(f.typed)
	switch {
	case strings.HasPrefix(lower, typed):
		f.begin = append(f.begin, o)
	case strings.Contains(lower, typed):
		f.within = append(f.within, o)
	}
}

func (f *finder) fields() {
	for _, d := range identity {
		hint := d.means
		if seen, ok := f.seen.Field(d.path); ok && hint == "" {
			hint = seen.hint()
		}
		f.add(Offer{Text: d.path, Hint: hint, Take: d.path})
	}
	if f.seen == nil {
		return
	}
	for _, path := range f.seen.order {
		if field := f.seen.fields[path]; !f.isIdentity(path) {
			f.add(Offer{Text: path, Hint: field.hint(), Take: path})
		}
	}
	for _, root := range []string{"tags.", "properties.reported.", "properties.desired."} {
		f.add(Offer{Text: root, Hint: "", Take: root})
	}
}

func (f *finder) isIdentity(path string) bool {
	for _, d := range identity {
		if d.path == path {
			return true
		}
	}
	return false
}

// hint are some of the values.
func (d *Field) hint() string {
	if d.Kind != "" {
		return d.Kind
	}
	return strings.Join(d.Values[:min(len(d.Values), 3)], ", ")
}

// values offers what a field was seen to be. Quotes need not be typed.
func (f *finder) values(of string) {
	of = canonical(of)
	var all []string
	for _, d := range identity {
		if d.path == of {
			all = append(all, d.values...)
		}
	}
	if field, ok := f.seen.Field(of); ok {
		for _, v := range field.Values {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	typed := strings.ToLower(strings.TrimLeft(f.typed, `'"`))
	for _, v := range all {
		if v == f.typed {
			continue
		}
		if strings.HasPrefix(strings.ToLower(strings.TrimLeft(v, "'")), typed) {
			f.begin = append(f.begin, Offer{Text: v, Take: v})
		}
	}
}

// canonical is a path as it is known: fields of the identity have no case, and the collection may stand before.
func canonical(path string) string {
	path = strings.TrimPrefix(path, "devices.")
	for _, d := range identity {
		if strings.EqualFold(d.path, path) {
			return d.path
		}
	}
	return path
}
