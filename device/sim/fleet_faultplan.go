package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a fault as words with commas between them, the kind first: "disconnect,every=1m,for=10s" or
// "skip,probability=0.01". The words are those of [Fault]: amount, for, after, every, probability. Every error
// is an [ErrBadFault] that says which word is wrong.
func ParseFault(text string) (Fault, error) {
	words := strings.Split(text, ",")
	name := strings.TrimPrefix(strings.TrimSpace(words[0]), "kind=")
	kind, err := ParseFaultKind(name)
	if err != nil {
		return Fault{}, fmt.Errorf("%w: %q is none: the kinds are %s", ErrBadFault, name, faultKindNames())
	}
	f := Fault{Kind: kind}
	for _, word := range words[1:] {
		name, value, ok := strings.Cut(strings.TrimSpace(word), "=")
		if !ok {
			return Fault{}, fmt.Errorf("%w: %q is no name=value, such as every=1m", ErrBadFault, word)
		}
		if err := f.set(name, value); err != nil {
			return Fault{}, err
		}
	}
	return f, f.Check()
}

func (f *Fault) set(name, value string) error {
	var into *time.Duration
	switch name {
	case "amount":
		into = &f.Amount
	case "for":
		into = &f.For
	case "after":
		into = &f.After
	case "every":
		into = &f.Every
	case "probability", "p":
		p, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("%w: the probability %q is no number from 0 to 1", ErrBadFault, value)
		}
		f.Probability = p
		return nil
	default:
		return fmt.Errorf("%w: there is no %q: it is amount, for, after, every or probability", ErrBadFault, name)
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		return fmt.Errorf("%w: %s=%s is no time such as 500ms or 2m", ErrBadFault, name, value)
	}
	*into = d
	return nil
}

func faultKindNames() string {
	kinds := FaultKinds()
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return strings.Join(names, ", ")
}
