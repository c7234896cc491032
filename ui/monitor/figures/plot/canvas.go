// Package plot draws lines of dots, two by four in a cell. A chart library was looked at: what it brings along is many
// times the size of this.
package plot

import "strings"

// canvas holds dots and, for each cell, which line was there last.
type canvas struct {
	width, height int // in cells
	dots          []byte
	owner         []int
	signs         []string // drawn in place of dots, and not painted over
}

func newCanvas(width, height int) *canvas {
	c := &canvas{width: width, height: height, dots: make([]byte, width*height), owner: make([]int, width*height), signs: make([]string, width*height)}
	for i := range c.owner {
		c.owner[i] = -1
	}
	return c
}

// bits of the dots of a cell, by column and row.
var bits = [2][4]byte{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// dot sets one; x grows to the right, y downwards.
func (c *canvas) dot(x, y, owner int) {
	if x < 0 || y < 0 || x >= 2*c.width || y >= 4*c.height {
		return
	}
	cell := y/4*c.width + x/2
	c.dots[cell] |= bits[x%2][y%4]
	if c.signs[cell] == "" {
		c.owner[cell] = owner
	}
}

// stroke joins two dots.
func (c *canvas) stroke(x0, y0, x1, y1, owner int) {
	steps := max(abs(x1-x0), abs(y1-y0))
	if steps == 0 {
		c.dot(x0, y0, owner)
		return
	}
	for i := range steps + 1 {
		c.dot(x0+divide(i*(x1-x0), steps), y0+divide(i*(y1-y0), steps), owner)
	}
}

// divide rounds to the nearest.
func divide(a, b int) int {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

func abs(n int) int { return max(n, -n) }

// sign puts one where the dot is.
func (c *canvas) sign(x, y, owner int, sign string) {
	if x < 0 || y < 0 || x >= 2*c.width || y >= 4*c.height {
		return
	}
	cell := y/4*c.width + x/2
	c.signs[cell], c.owner[cell] = sign, owner
}

// line draws a row of cells. paint gets the pieces that belong to one owner.
func (c *canvas) line(row int, paint func(owner int, text string) string) string {
	var out, piece strings.Builder
	owner := -1
	flush := func() {
		if piece.Len() > 0 {
			out.WriteString(paint(owner, piece.String()))
			piece.Reset()
		}
	}
	for x := range c.width {
		cell := row*c.width + x
		if c.owner[cell] != owner {
			flush()
			owner = c.owner[cell]
		}
		switch {
		case c.signs[cell] != "":
			piece.WriteString(c.signs[cell])
		case c.dots[cell] == 0:
			piece.WriteByte(' ')
		default:
			piece.WriteRune(0x2800 + rune(c.dots[cell]))
		}
	}
	flush()
	return out.String()
}
