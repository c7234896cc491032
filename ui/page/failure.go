package page

import "strings"

// Failed makes a report of a failure. sentence and next are an error's own words
// for people; what was tried stands before them unless they say it themselves.
func Failed(what, sentence, next string) Report {
	text := sentence
	if !strings.HasPrefix(sentence, "could not ") {
		text = what + ": " + sentence
	}
	return Report{Severity: Failure, Text: text, Next: next}
}
