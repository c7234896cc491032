package picture

import (
	"image"
	"image/color"
	"image/draw"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

type canvas struct {
	img    *image.RGBA
	faces  faceSet
	fg, bg color.Color
}

func (c canvas) cell(cell *uv.Cell, box image.Rectangle) {
	fg, bg := c.colours(cell.Style)
	draw.Draw(c.img, box, image.NewUniform(bg), image.Point{}, draw.Src)
	if cell.Style.Attrs&uv.AttrConceal == 0 {
		c.content(cell, box, fg)
	}
	stroke := max(1, box.Dy()/16)
	if cell.Style.Underline != ansi.UnderlineNone {
		y := min(box.Min.Y+c.faces.ascent+2*stroke, box.Max.Y-stroke)
		c.fill(image.Rect(box.Min.X, y, box.Max.X, y+stroke), fg)
	}
	if cell.Style.Attrs&uv.AttrStrikethrough != 0 {
		y := box.Min.Y + box.Dy()/2
		c.fill(image.Rect(box.Min.X, y, box.Max.X, y+stroke), fg)
	}
}

func (c canvas) content(cell *uv.Cell, box image.Rectangle, fg color.Color) {
	r, size := utf8.DecodeRuneInString(cell.Content)
	if size == 0 || r == ' ' {
		return
	}
	if c.block(r, box, fg) || c.braille(r, box, fg) || c.lines(r, box, fg) {
		return
	}
	face := c.faces.style(cell.Style.Attrs&uv.AttrBold != 0, cell.Style.Attrs&uv.AttrItalic != 0)
	if !face.has(r) && c.faces.plain.has(r) {
		face = c.faces.plain
	}
	if !face.has(r) {
		if !c.controlPicture(r, box, fg) {
			c.missing(box, fg)
		}
		return
	}
	pen := font.Drawer{
		Dst: c.img, Src: image.NewUniform(fg), Face: face,
		Dot: fixed.P(box.Min.X, box.Min.Y+c.faces.ascent),
	}
	pen.DrawString(cell.Content)
}

// missing stands for what the font cannot draw: a frame of the right width.
func (c canvas) missing(box image.Rectangle, fg color.Color) {
	inner := box.Inset(max(2, box.Dy()/8))
	for _, edge := range []image.Rectangle{
		{inner.Min, image.Pt(inner.Max.X, inner.Min.Y+1)},
		{image.Pt(inner.Min.X, inner.Max.Y-1), inner.Max},
		{inner.Min, image.Pt(inner.Min.X+1, inner.Max.Y)},
		{image.Pt(inner.Max.X-1, inner.Min.Y), inner.Max},
	} {
		c.fill(edge, fg)
	}
}

func (c canvas) fill(box image.Rectangle, fill color.Color) {
	draw.Draw(c.img, box, image.NewUniform(fill), image.Point{}, draw.Over)
}

func (c canvas) colours(style uv.Style) (fg, bg color.Color) {
	fg, bg = c.fg, c.bg
	if style.Fg != nil {
		fg = palette(style.Fg)
	}
	if style.Bg != nil {
		bg = palette(style.Bg)
	}
	if style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	if style.Attrs&uv.AttrFaint != 0 {
		fg = mix(fg, bg, 0.45)
	}
	return fg, bg
}

// basic are the sixteen colours that a terminal's own palette decides; these are in between what terminals ship.
var basic = [16]color.RGBA{
	{0x1d, 0x1f, 0x21, 0xff},
	{0xcc, 0x44, 0x44, 0xff},
	{0x4e, 0x9a, 0x06, 0xff},
	{0xc4, 0x9a, 0x00, 0xff},
	{0x34, 0x65, 0xa4, 0xff},
	{0x8a, 0x5a, 0x9e, 0xff},
	{0x06, 0x98, 0x9a, 0xff},
	{0xc5, 0xc8, 0xc6, 0xff},
	{0x66, 0x6a, 0x6e, 0xff},
	{0xef, 0x5a, 0x5a, 0xff},
	{0x8a, 0xe2, 0x34, 0xff},
	{0xf5, 0xd9, 0x4c, 0xff},
	{0x72, 0x9f, 0xcf, 0xff},
	{0xad, 0x7f, 0xa8, 0xff},
	{0x34, 0xe2, 0xe2, 0xff},
	{0xee, 0xee, 0xec, 0xff},
}

func palette(c color.Color) color.Color {
	switch c := c.(type) {
	case ansi.BasicColor:
		return basic[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return basic[c]
		}
	}
	return c
}

// mix gives a with part of b in it.
func mix(a, b color.Color, part float64) color.Color {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	blend := func(x, y uint32) uint8 { return uint8((float64(x)*(1-part) + float64(y)*part) / 257) }
	return color.RGBA{blend(ar, br), blend(ag, bg), blend(ab, bb), 0xff}
}
