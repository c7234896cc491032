package picture

import (
	"image"
	"image/color"

	"golang.org/x/image/vector"
)

// These shapes are drawn here and not taken from the font: they must meet their neighbours without a gap, and the
// font has no braille.

// block draws the block elements U+2580 to U+259F.
func (c canvas) block(r rune, box image.Rectangle, fg color.Color) bool {
	switch {
	case r == '▀':
		c.part(box, fg, 0, 0, 8, 4)
	case r >= '▁' && r <= '█':
		c.part(box, fg, 0, 8-int(r-'▁'+1), 8, 8)
	case r >= '▉' && r <= '▏':
		c.part(box, fg, 0, 0, 7-int(r-'▉'), 8)
	case r == '▐':
		c.part(box, fg, 4, 0, 8, 8)
	case r >= '░' && r <= '▓':
		c.fill(box, withAlpha(fg, uint16(r-'░'+1)*0x4000))
	case r == '▔':
		c.part(box, fg, 0, 0, 8, 1)
	case r == '▕':
		c.part(box, fg, 7, 0, 8, 8)
	case r >= '▖' && r <= '▟':
		c.quadrants(box, fg, quadrants[r-'▖'])
	default:
		return false
	}
	return true
}

// quadrants of ▖ to ▟: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
var quadrants = [...]int{4, 8, 1, 13, 9, 7, 11, 2, 6, 14}

func (c canvas) quadrants(box image.Rectangle, fg color.Color, set int) {
	for i := range 4 {
		if set>>i&1 == 1 {
			x, y := i%2*4, i/2*4
			c.part(box, fg, x, y, x+4, y+4)
		}
	}
}

// part fills a part of the box that is told in eighths.
func (c canvas) part(box image.Rectangle, fg color.Color, x0, y0, x1, y1 int) {
	c.fill(image.Rect(
		box.Min.X+box.Dx()*x0/8, box.Min.Y+box.Dy()*y0/8,
		box.Min.X+box.Dx()*x1/8, box.Min.Y+box.Dy()*y1/8,
	), fg)
}

// brailleDots gives column and row of the dot that each bit of U+2800 to U+28FF stands for.
var brailleDots = [8]image.Point{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}

func (c canvas) braille(r rune, box image.Rectangle, fg color.Color) bool {
	if r < 0x2800 || r > 0x28ff {
		return false
	}
	size := max(2, box.Dx()/5)
	for bit, dot := range brailleDots {
		if (r-0x2800)>>bit&1 == 1 {
			x := box.Min.X + (2*dot.X+1)*box.Dx()/4 - size/2
			y := box.Min.Y + (2*dot.Y+1)*box.Dy()/8 - size/2
			c.fill(image.Rect(x, y, x+size, y+size), fg)
		}
	}
	return true
}

// arms tells how far the strokes of a box drawing character reach from the middle: 0 none, 1 light, 2 heavy,
// 3 double; in the order left, right, up, down.
var arms = map[rune][4]int{
	'─': {1, 1, 0, 0}, '━': {2, 2, 0, 0}, '│': {0, 0, 1, 1}, '┃': {0, 0, 2, 2},
	'╌': {1, 1, 0, 0}, '┄': {1, 1, 0, 0}, '┈': {1, 1, 0, 0}, '╎': {0, 0, 1, 1}, '┆': {0, 0, 1, 1}, '┊': {0, 0, 1, 1},
	'┌': {0, 1, 0, 1}, '┐': {1, 0, 0, 1}, '└': {0, 1, 1, 0}, '┘': {1, 0, 1, 0},
	'┏': {0, 2, 0, 2}, '┓': {2, 0, 0, 2}, '┗': {0, 2, 2, 0}, '┛': {2, 0, 2, 0},
	'├': {0, 1, 1, 1}, '┤': {1, 0, 1, 1}, '┬': {1, 1, 0, 1}, '┴': {1, 1, 1, 0}, '┼': {1, 1, 1, 1},
	'┣': {0, 2, 2, 2}, '┫': {2, 0, 2, 2}, '┳': {2, 2, 0, 2}, '┻': {2, 2, 2, 0}, '╋': {2, 2, 2, 2},
	'═': {3, 3, 0, 0}, '║': {0, 0, 3, 3}, '╔': {0, 3, 0, 3}, '╗': {3, 0, 0, 3}, '╚': {0, 3, 3, 0}, '╝': {3, 0, 3, 0},
	'╠': {0, 3, 3, 3}, '╣': {3, 0, 3, 3}, '╦': {3, 3, 0, 3}, '╩': {3, 3, 3, 0}, '╬': {3, 3, 3, 3},
	'╴': {1, 0, 0, 0}, '╵': {0, 0, 1, 0}, '╶': {0, 1, 0, 0}, '╷': {0, 0, 0, 1},
	'╸': {2, 0, 0, 0}, '╹': {0, 0, 2, 0}, '╺': {0, 2, 0, 0}, '╻': {0, 0, 0, 2},
	'┝': {0, 2, 1, 1}, '┥': {2, 0, 1, 1}, '┯': {2, 2, 0, 1}, '┷': {2, 2, 1, 0}, '┿': {2, 2, 1, 1},
	'┠': {0, 1, 2, 2}, '┨': {1, 0, 2, 2}, '┰': {1, 1, 0, 2}, '┸': {1, 1, 2, 0}, '╂': {1, 1, 2, 2},
}

// corners are the arms of the rounded corners.
var corners = map[rune][4]int{'╭': {0, 1, 0, 1}, '╮': {1, 0, 0, 1}, '╰': {0, 1, 1, 0}, '╯': {1, 0, 1, 0}}

// lines draws the box drawing characters that interfaces use.
func (c canvas) lines(r rune, box image.Rectangle, fg color.Color) bool {
	if reach, found := corners[r]; found {
		c.corner(box, reach, fg)
		return true
	}
	reach, found := arms[r]
	if !found {
		return false
	}
	for side, weight := range reach {
		c.arm(box, side, weight, fg)
	}
	return true
}

func (c canvas) arm(box image.Rectangle, side, weight int, fg color.Color) {
	thin := max(1, box.Dx()/9)
	switch weight {
	case 0:
	case 3:
		c.stroke(box, side, thin, -2*thin, fg)
		c.stroke(box, side, thin, 2*thin, fg)
	default:
		c.stroke(box, side, thin*(2*weight-1), 0, fg)
	}
}

// stroke draws from the middle of the box to one side, off the middle line by shift pixels.
func (c canvas) stroke(box image.Rectangle, side, width, shift int, fg color.Color) {
	middle := image.Pt(box.Min.X+box.Dx()/2, box.Min.Y+box.Dy()/2)
	from := middle.Sub(image.Pt(width/2, width/2))
	line := image.Rectangle{from, from.Add(image.Pt(width, width))}
	switch side {
	case 0:
		line.Min.X = box.Min.X
	case 1:
		line.Max.X = box.Max.X
	case 2:
		line.Min.Y = box.Min.Y
	case 3:
		line.Max.Y = box.Max.Y
	}
	if side < 2 {
		line = line.Add(image.Pt(0, shift))
	} else {
		line = line.Add(image.Pt(shift, 0))
	}
	c.fill(line, fg)
}

// corner draws a quarter turn that meets straight lines at the middle of two sides.
func (c canvas) corner(box image.Rectangle, reach [4]int, fg color.Color) {
	w, h := float32(box.Dx()), float32(box.Dy())
	thin := float32(max(1, box.Dx()/9))
	midX, midY := float32(box.Dx()/2)-float32(int(thin)/2)+thin/2, float32(box.Dy()/2)-float32(int(thin)/2)+thin/2
	endX, endY := float32(0), float32(0)
	if reach[1] > 0 {
		endX = w
	}
	if reach[3] > 0 {
		endY = h
	}
	turn := min(w, h) / 2
	towards := func(from, to, by float32) float32 {
		if to > from {
			return from + by
		}
		return from - by
	}
	inX, inY := towards(midX, endX, turn), towards(midY, endY, turn)
	pen := vector.NewRasterizer(box.Dx(), box.Dy())
	// The outline of a stroke: out along one edge of the curve, back along the other.
	half := thin / 2
	out, in := towards(0, endX-midX, half), towards(0, endY-midY, half)
	pen.MoveTo(endX, midY-in)
	pen.LineTo(inX, midY-in)
	pen.QuadTo(midX-out, midY-in, midX-out, inY)
	pen.LineTo(midX-out, endY)
	pen.LineTo(midX+out, endY)
	pen.LineTo(midX+out, inY)
	pen.QuadTo(midX+out, midY+in, inX, midY+in)
	pen.LineTo(endX, midY+in)
	pen.ClosePath()
	pen.Draw(c.img, box, image.NewUniform(fg), image.Point{})
}

func withAlpha(c color.Color, alpha uint16) color.Color {
	r, g, b, _ := c.RGBA()
	scale := func(v uint32) uint16 { return uint16(v * uint32(alpha) / 0xffff) }
	return color.RGBA64{scale(r), scale(g), scale(b), alpha}
}
