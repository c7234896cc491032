package picture

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

var controlNames = strings.Fields("NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP DEL")

// controlPicture draws U+2400 to U+2421, which the font has not, as most terminals do: the first and the last letter
// of the name, small, one below the other.
func (c canvas) controlPicture(r rune, box image.Rectangle, fg color.Color) bool {
	if r < 0x2400 || int(r-0x2400) >= len(controlNames) {
		return false
	}
	name := controlNames[r-0x2400]
	pen := font.Drawer{Dst: c.img, Src: image.NewUniform(fg), Face: c.faces.small}
	pen.Dot = fixed.P(box.Min.X, box.Min.Y+box.Dy()/2)
	pen.DrawString(name[:1])
	advance := pen.MeasureString(name[len(name)-1:]).Ceil()
	pen.Dot = fixed.P(box.Max.X-advance, box.Max.Y-box.Dy()/6)
	pen.DrawString(name[len(name)-1:])
	return true
}
