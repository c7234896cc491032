package picture

import (
	"image"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansmonobold"
	"github.com/go-fonts/dejavu/dejavusansmonoboldoblique"
	"github.com/go-fonts/dejavu/dejavusansmonooblique"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

type face struct {
	font.Face
	glyphs *sfnt.Font
}

// has tells whether the font itself can draw r.
func (f face) has(r rune) bool {
	index, err := f.glyphs.GlyphIndex(nil, r)
	return err == nil && index != 0
}

// faceSet is the font in the four forms that a terminal uses. A face is not safe for concurrent use, so each picture
// opens its own.
type faceSet struct {
	plain, bold, italic, boldItalic face
	small                           face        // about half as large
	cell                            image.Point // size of one cell in pixels
	ascent                          int         // from the top of a cell to the base line
}

func openFaces(size float64) (faceSet, error) {
	var set faceSet
	for _, f := range []struct {
		to   *face
		ttf  []byte
		size float64
	}{
		{&set.plain, dejavusansmono.TTF, size},
		{&set.bold, dejavusansmonobold.TTF, size},
		{&set.italic, dejavusansmonooblique.TTF, size},
		{&set.boldItalic, dejavusansmonoboldoblique.TTF, size},
		{&set.small, dejavusansmono.TTF, size * 0.55},
	} {
		glyphs, err := opentype.Parse(f.ttf)
		if err != nil {
			return faceSet{}, err
		}
		opened, err := opentype.NewFace(glyphs, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return faceSet{}, err
		}
		*f.to = face{opened, glyphs}
	}
	metrics := set.plain.Metrics()
	advance, _ := set.plain.GlyphAdvance('M')
	set.cell = image.Pt(advance.Round(), (metrics.Ascent + metrics.Descent).Ceil())
	set.ascent = metrics.Ascent.Ceil()
	return set, nil
}

func (s faceSet) style(bold, italic bool) face {
	switch {
	case bold && italic:
		return s.boldItalic
	case bold:
		return s.bold
	case italic:
		return s.italic
	}
	return s.plain
}
