package create

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"hubscope/hub/provision"
	"hubscope/hub/secret"
	"hubscope/ui/outside"
	"hubscope/ui/widget"
)

// The ways in which a device can prove itself.
const (
	generated = iota
	ownKeys
	thumbprints
	ownCertificate
	authority
	proofs
)

var proofChoices = []string{
	generated: "keys that the hub makes", ownKeys: "keys of my own", thumbprints: "X.509, thumbprints",
	ownCertificate: "X.509, a certificate made here", authority: "X.509, certificate authority",
}

const defaultDays = "365 days"

// proof is how the device proves itself, with what was typed for each way: choosing another one loses nothing.
type proof struct {
	kind  int
	typed [proofs][2]string
}

// choose shows the lines that the chosen way needs, with what was typed for it before.
func (p *proof) choose(s *widget.Sheet) {
	p.typed[p.kind] = [2]string{s.Value(firstLine), s.Value(secondLine)}
	p.kind = s.Chosen(proofLine)
	for i, line := range []int{firstLine, secondLine} {
		about := proofLines[p.kind][i]
		s.Hide(line, about[0] == "")
		s.Rename(line, about[0], about[1])
		s.Set(line, p.typed[p.kind][i])
	}
}

// proofLines are label and hint of the two lines.
var proofLines = [proofs][2][2]string{
	ownKeys: {
		{"Primary key", "Base64 of 16 to 64 bytes."},
		{"Secondary key", "Base64 of 16 to 64 bytes; empty: a random one is made here."},
	},
	thumbprints: {
		{"Primary", "40 or 64 hexadecimal digits, SHA-1 or SHA-256 of the certificate; colons and blanks do not matter."},
		{"Secondary", "Empty, or that of the next certificate, for when the first one ends."},
	},
	ownCertificate: {
		{"Folder", "Two PEM files are written here, certificate and private key, for your eyes only; none is overwritten."},
		{"Valid for", "How long the certificate holds: a number of days."},
	},
}

// check checks one of the two lines while it is typed.
func (p *proof) check(line int, text string) error {
	text = strings.TrimSpace(text)
	optional := line == 1 && text == ""
	switch {
	case p.kind == ownKeys && !optional:
		return provision.CheckKey(text)
	case p.kind == thumbprints && !optional:
		_, err := provision.Thumbprint(text)
		return err
	case p.kind == ownCertificate && line == 0 && text == "":
		return errors.New("a folder is needed, such as ~/certificates")
	case p.kind == ownCertificate && line == 1 && daysOf(text) == 0:
		return errors.New("a number of days from 1 to 36,500, such as 365")
	}
	return nil
}

// daysOf reads "365" and "365 days"; 0 when it is neither.
func daysOf(text string) time.Duration {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text), "days"), "day"))
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 36_500 {
		return 0
	}
	return time.Duration(n) * 24 * time.Hour
}

// digits are those of a thumbprint that has been checked.
func digits(text string) string {
	d, _ := provision.Thumbprint(text)
	return d
}

func randomKey() secret.Text { return provision.NewKey() }

func shownPath(path string) string { return outside.Shown(path) }

func typedPath(text string) string { return outside.Path(text) }
