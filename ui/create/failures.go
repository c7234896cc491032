package create

import (
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// failures are what went wrong with single devices: those with the same reason together, in the order of the first.
type failures struct {
	n     int
	kinds []failureKind
	more  int // with other reasons than those of kinds
}

type failureKind struct {
	reason, first string
	n             int
}

// mostKinds is how many reasons are kept.
const mostKinds = 100

func (f *failures) add(id string, err error) {
	f.n++
	code, reason := reasonOf(err)
	if code != "" {
		reason += " (" + code + ")"
	}
	for i := range f.kinds {
		if f.kinds[i].reason == reason {
			f.kinds[i].n++
			return
		}
	}
	if len(f.kinds) == mostKinds {
		f.more++
		return
	}
	f.kinds = append(f.kinds, failureKind{reason, id, 1})
}

// sentences tell at most so many reasons.
func (f *failures) sentences(most int) (out []string) {
	for _, k := range f.kinds[:min(most, len(f.kinds))] {
		who := safe.Line(k.first, 128)
		if k.n > 1 {
			who += " and " + widget.Count(k.n-1) + " more"
		}
		out = append(out, safe.Inline(who+": "+k.reason))
	}
	return out
}
