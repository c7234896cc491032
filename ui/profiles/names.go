package profiles

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"hubscope/ui/safe"
)

const longestName = 64

// reserved are names that Windows gives to devices: a file of such a name could not be taken there.
var reserved = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true}

// checkName tells what is wrong with the name of a new profile, which is that of its file without the ending.
func checkName(name string, all []entry) error {
	switch {
	case name == "":
		return errors.New("a name is needed, such as pump-test")
	case len(name) > longestName:
		return fmt.Errorf("at most %d bytes, these are %d", longestName, len(name))
	case strings.HasPrefix(name, "."):
		return errors.New("it must not begin with a dot: such files are not read")
	case strings.TrimSpace(name) != name:
		return errors.New("it must not begin or end with a space")
	case reserved[strings.ToLower(name)]:
		return errors.New("this name means a device to some systems")
	}
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+ ", r) {
			continue
		}
		return fmt.Errorf("%s cannot be part of a name: use letters, digits, - _ . +", quote(r))
	}
	if taken(name, all) {
		return errors.New("a profile of this name is there already")
	}
	return nil
}

func quote(r rune) string { return safe.Inline(strconv.QuoteRune(r)) }

// taken looks at the names of profiles and of files. Case does not tell files apart everywhere.
func taken(name string, all []entry) bool {
	for _, e := range all {
		if strings.EqualFold(e.name, name) || e.path != "" && strings.EqualFold(stem(e.path), name) {
			return true
		}
	}
	return false
}

func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// freeName is a name like another one that is not taken.
func freeName(like string, all []entry) string {
	like = strings.TrimRight(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_", r) {
			return r
		}
		return '-'
	}, like), "-0123456789")
	if like == "" || len(like) > longestName-8 {
		like = "profile"
	}
	for n := 2; ; n++ {
		if name := like + "-" + strconv.Itoa(n); !taken(name, all) {
			return name
		}
	}
}

var (
	nameInTOML = regexp.MustCompile(`(?m)^[ \t]*name[ \t]*=[ \t]*("[^"\n]*"|'[^'\n]*')`)
	tableHead  = regexp.MustCompile(`(?m)^[ \t]*\[`)
)

// renamed is the text of a TOML profile that says its own name, with another one; two of one name cannot be told apart.
func renamed(text, name string) string {
	at := nameInTOML.FindStringIndex(text)
	head := tableHead.FindStringIndex(text)
	if at == nil || head != nil && head[0] < at[0] {
		return text
	}
	return text[:at[0]] + "name = " + strconv.Quote(name) + text[at[1]:]
}
