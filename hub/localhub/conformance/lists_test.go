package conformance

import (
	_ "embed"
	"strings"
)

var (
	//go:embed sections.txt
	sectionsText string
	//go:embed facts.txt
	factsText string
	//go:embed choices.txt
	choicesText string
	//go:embed clients.txt
	clientsText string
)

// section is one of the reference: 4.3, or a fact of its section 0.
type section struct{ id, about string }

func sections() (all []section) {
	for line := range strings.Lines(sectionsText) {
		id, about, _ := strings.Cut(strings.TrimSpace(line), " ")
		all = append(all, section{id, about})
	}
	return all
}

// fact is a statement that a test can check, and the reason if none does: "4.3.2 words" or
// "4.3.2 words :: reason".
type fact struct{ id, words, reason string }

func (f fact) section() string { return f.id[:strings.LastIndex(f.id, ".")] }

// facts are those of facts.txt, behind the facts of section 0.
func facts() (all []fact) {
	for _, s := range sections() {
		if strings.HasPrefix(s.id, "0.") {
			all = append(all, fact{id: s.id, words: s.about})
		}
	}
	for line := range strings.Lines(factsText) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		words, reason, _ := strings.Cut(rest, " :: ")
		all = append(all, fact{id, words, reason})
	}
	return all
}

// sectionOf gives the section of each fact.
var sectionOf = func() map[string]string {
	of := map[string]string{}
	for _, f := range facts() {
		of[f.id] = f.section()
	}
	return of
}()

// choice is what was chosen where the reference says UNCONFIRMED: "2.2 | what | file#name".
type choice struct{ section, words, file, name string }

func choices() (all []choice) {
	for line := range strings.Lines(choicesText) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		file, name, _ := strings.Cut(cells[2], "#")
		all = append(all, choice{cells[0], cells[1], file, name})
	}
	return all
}

// area is a row of clients.txt: what is done, and the tests of each client that do it.
type area struct {
	area  string
	cells []string
}

func clients() (all []area) {
	for line := range strings.Lines(clientsText) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		all = append(all, area{cells[0], cells[1:]})
	}
	return all
}
