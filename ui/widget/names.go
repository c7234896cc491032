package widget

import "strings"

// Names joins names, as many of them as fit in room bytes, and says how many more there are.
func Names(names []string, room int) string {
	shown, length := 0, 0
	for shown < len(names) && length+len(names[shown])+2 <= room {
		length += len(names[shown]) + 2
		shown++
	}
	text := strings.Join(names[:shown], ", ")
	if rest := len(names) - shown; rest > 0 {
		text += " and " + Count(rest) + " more"
	}
	return text
}
