// Package picture draws a styled terminal frame as an image, so that screens can be looked at, kept and compared
// without a terminal. It understands what Lip Gloss and `tmux capture-pane -e` write: text, line breaks and SGR.
//
//	frame := model.View().Content
//	err := picture.Write(file, frame, picture.Options{Columns: 120, Rows: 36})
package picture

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Options tells how a frame is drawn. The zero value draws the whole frame on a dark ground.
type Options struct {
	Columns, Rows int         // size in cells; 0 takes what the frame has
	FontSize      float64     // in pixels; 0 means 16
	Foreground    color.Color // of text without a colour; nil means light grey
	Background    color.Color // nil means near black
	Margin        int         // pixels around the frame; negative means none, 0 means 8
}

// Light gives o with the colours of a light terminal.
func (o Options) Light() Options {
	o.Foreground, o.Background = color.RGBA{0x1f, 0x23, 0x28, 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff}
	return o
}

func (o Options) withDefaults(frame string) Options {
	text := uv.NewStyledString(frame)
	bounds := text.Bounds()
	if o.Columns == 0 {
		o.Columns = max(bounds.Dx(), 1)
	}
	if o.Rows == 0 {
		o.Rows = max(bounds.Dy(), 1)
	}
	if o.FontSize == 0 {
		o.FontSize = 16
	}
	if o.Foreground == nil {
		o.Foreground = color.RGBA{0xd0, 0xd4, 0xdc, 0xff}
	}
	if o.Background == nil {
		o.Background = color.RGBA{0x14, 0x16, 0x1b, 0xff}
	}
	if o.Margin == 0 {
		o.Margin = 8
	}
	o.Margin = max(o.Margin, 0)
	return o
}

// Draw gives the image of a frame. What lies outside of the columns and rows asked for is left out.
func Draw(frame string, o Options) (*image.RGBA, error) {
	o = o.withDefaults(frame)
	faces, err := openFaces(o.FontSize)
	if err != nil {
		return nil, fmt.Errorf("open the font: %w", err)
	}
	cells := uv.NewScreenBuffer(o.Columns, o.Rows)
	cells.Method = ansi.GraphemeWidth
	uv.NewStyledString(frame).Draw(cells, cells.Bounds())

	size := image.Rect(0, 0, o.Columns*faces.cell.X+2*o.Margin, o.Rows*faces.cell.Y+2*o.Margin)
	c := canvas{img: image.NewRGBA(size), faces: faces, fg: o.Foreground, bg: o.Background}
	draw.Draw(c.img, size, image.NewUniform(o.Background), image.Point{}, draw.Src)
	for y := range o.Rows {
		for x := range o.Columns {
			if cell := cells.CellAt(x, y); cell != nil && cell.Width > 0 {
				at := image.Pt(o.Margin+x*faces.cell.X, o.Margin+y*faces.cell.Y)
				c.cell(cell, image.Rectangle{at, at.Add(image.Pt(faces.cell.X*cell.Width, faces.cell.Y))})
			}
		}
	}
	return c.img, nil
}

// Write draws a frame and writes it as PNG.
func Write(w io.Writer, frame string, o Options) error {
	img, err := Draw(frame, o)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(w, img); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}
