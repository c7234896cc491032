package conformance

import (
	"fmt"
	"strings"
)

const head = `# What of the protocol reference is tested

Made from the comments of the tests and interop scripts by ` + "`go test ./hub/localhub/conformance -update`" + `.
Four tables: the sections, the facts in them, what was chosen where the reference is not sure, and what clients that
nobody here wrote do in Go tests.

## Sections

A package or script stands beside a section when it names it (` + "`protocol 4.3`" + `): it checks something of that section,
not each of its facts.

| section | about | named by |
| --- | --- | --- |
`

const factsHead = `
## Facts

A test stands beside a fact when it carries its number (` + "`protocol 4.3.2`" + `). A section that is not here is not split into
facts yet; the table above is all that is said of it: %s.

| fact | says | checked by |
| --- | --- | --- |
`

const choicesHead = `
## Choices

Where the reference says UNCONFIRMED.

| section | chosen | in the code |
| --- | --- | --- |
`

const clientsHead = `
## Clients in Go tests

Packages of tests below ` + "`hub/localhub`" + `. What the official Node SDKs do is in the scripts of ` + "`interop`" + `. A dash: the client has no
such thing.

| | go-amqp | paho | azeventhubs | mosquitto | REST: net/http, package hub |
| --- | --- | --- | --- | --- | --- |
`

// document is README.md.
func document(all *found) string {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sections() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.id, s.about, quoted(all.named[s.id], "**no test names it**"))
	}
	fmt.Fprintf(&b, factsHead, strings.Join(unsplit(), ", "))
	for _, f := range facts() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.id, f.words, quoted(all.checked[f.id], "**not checked**: "+f.reason))
	}
	b.WriteString(choicesHead)
	for _, c := range choices() {
		fmt.Fprintf(&b, "| %s | %s | `%s`, %s |\n", c.section, c.words, c.file, c.name)
	}
	b.WriteString(clientsHead)
	for _, row := range clients() {
		fmt.Fprintf(&b, "| %s | %s |\n", row.area, strings.Join(row.cells, " | "))
	}
	return b.String()
}

// unsplit are the sections without facts; those of section 0 are facts themselves.
func unsplit() (ids []string) {
	split := map[string]bool{}
	for _, f := range facts() {
		split[f.section()] = true
	}
	for _, s := range sections() {
		if !split[s.id] && !strings.HasPrefix(s.id, "0.") {
			ids = append(ids, s.id)
		}
	}
	return ids
}

func quoted(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return "`" + strings.Join(names, "` `") + "`"
}
