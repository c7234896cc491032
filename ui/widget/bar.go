package widget

import (
	"strings"

	"hubscope/ui/theme"
)

// Bar draws how much of something is done, from 0 to 1, in width cells. It reads without colour.
func Bar(s *theme.Styles, share float64, width int) string {
	if width <= 0 {
		return ""
	}
	const parts = " ▏▎▍▌▋▊▉"
	eighths := int(min(max(share, 0), 1) * float64(width*8))
	bar := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		bar += string([]rune(parts)[eighths%8])
	}
	return s.Spark.Render(bar) + s.Muted.Render(strings.Repeat("·", width-len([]rune(bar))))
}
