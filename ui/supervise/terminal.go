package supervise

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// undo turns off every mode that the screen may have turned on, in an order
// that is harmless when it was off already: a frame half written, the mouse,
// pasting, focus, the keyboard protocols, colours, the cursor, and last the
// alternate screen, which takes a stray trace with it.
var undo = strings.Join([]string{
	ansi.ResetModeSynchronizedOutput,
	ansi.ResetModeMouseNormal, ansi.ResetModeMouseButtonEvent, ansi.ResetModeMouseAnyEvent, ansi.ResetModeMouseExtSgr,
	ansi.ResetModeBracketedPaste, ansi.ResetModeFocusEvent,
	ansi.KittyKeyboard(0, 1), ansi.ResetModifyOtherKeys,
	ansi.ResetStyle, ansi.ShowCursor, ansi.ResetModeAltScreenSaveCursor,
}, "")

// restore gives the terminal back as it was before the child had it.
func (o Options) restore(before *term.State) {
	_, _ = o.Stdout.WriteString(undo)
	if before != nil {
		_ = term.Restore(o.Stdin.Fd(), before)
	}
}
