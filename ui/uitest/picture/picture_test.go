package picture

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"
)

const black, white = 0x0000, 0xffff

func onBlack(t *testing.T, frame string) (at func(x, y int) color.Color, cellWidth, cellHeight int) {
	t.Helper()
	img, err := Draw(frame, Options{Foreground: color.White, Background: color.Black, Margin: -1})
	if err != nil {
		t.Fatal(err)
	}
	faces, err := openFaces(16)
	if err != nil {
		t.Fatal(err)
	}
	return img.At, faces.cell.X, faces.cell.Y
}

func brightness(c color.Color) uint32 {
	r, g, b, _ := c.RGBA()
	return (r + g + b) / 3
}

func TestColoursFillTheirCells(t *testing.T) {
	at, w, _ := onBlack(t, " \x1b[48;2;200;10;20m \x1b[0m\x1b[7m \x1b[0m")
	for i, want := range []color.RGBA{{0, 0, 0, 255}, {200, 10, 20, 255}, {255, 255, 255, 255}} {
		if got := color.RGBAModel.Convert(at(i*w+w/2, 3)); got != want {
			t.Errorf("cell %d is %v, want %v", i, got, want)
		}
	}
}

func TestLinesMeetTheirNeighbours(t *testing.T) {
	at, w, h := onBlack(t, "╭─┬─╮\n│ ┼ │\n╰─┴─╯")
	for x := w / 2; x < 5*w-w/2; x++ {
		lit := false
		for y := range h {
			lit = lit || brightness(at(x, y)) > white/4
		}
		if !lit {
			t.Errorf("the upper edge has a gap at pixel %d of %d", x, 5*w)
		}
	}
	for y := h / 2; y < 3*h-h/2; y++ {
		lit := false
		for x := range w {
			lit = lit || brightness(at(x, y)) > white/4
		}
		if !lit {
			t.Errorf("the left edge has a gap at pixel %d of %d", y, 3*h)
		}
	}
}

func TestBrailleAndBlocks(t *testing.T) {
	at, w, h := onBlack(t, "⠁▄█")
	if brightness(at(w/4, h/8)) != white {
		t.Error("dot 1 of a braille character is not in its upper left")
	}
	if brightness(at(3*w/4, h-h/8)) != black {
		t.Error("a braille character has a dot too many")
	}
	if brightness(at(w+w/2, h/4)) != black || brightness(at(w+w/2, 3*h/4)) != white {
		t.Error("▄ does not fill the lower half")
	}
	if brightness(at(2*w, 0)) != white || brightness(at(3*w-1, h-1)) != white {
		t.Error("█ does not fill its cell")
	}
}

func TestStylesShow(t *testing.T) {
	lit := func(frame string) (sum uint64) {
		at, w, h := onBlack(t, frame)
		for x := range w {
			for y := range h {
				sum += uint64(brightness(at(x, y)))
			}
		}
		return sum
	}
	plain := lit("m")
	if bold := lit("\x1b[1mm"); bold <= plain {
		t.Errorf("bold (%d) is not heavier than plain (%d)", bold, plain)
	}
	if faint := lit("\x1b[2mm"); faint >= plain {
		t.Errorf("faint (%d) is not weaker than plain (%d)", faint, plain)
	}
	if under := lit("\x1b[4mm"); under <= plain {
		t.Errorf("underlined (%d) has no line (%d)", under, plain)
	}
	if lit("␛") == lit("␊") {
		t.Error("control pictures look the same")
	}
}

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, "two\nlines of text", Options{}); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	faces, _ := openFaces(16)
	if got, want := img.Bounds().Max, faces.cell; got.X != 13*want.X+16 || got.Y != 2*want.Y+16 {
		t.Errorf("the picture is %v for 13 by 2 cells of %v and a margin of 8", got, want)
	}
}
