// Frame2png draws a styled terminal frame as a picture: standard input to a PNG file.
//
//	tmux capture-pane -e -p -t hubscope | go run ./ui/uitest/cmd/frame2png -o screen.png
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"hubscope/ui/uitest/picture"
)

func main() {
	if err := run(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "frame2png:", err)
		os.Exit(1)
	}
}

func run(in io.Reader) error {
	var o picture.Options
	flag.IntVar(&o.Columns, "columns", 0, "width in cells; 0 takes what the frame has")
	flag.IntVar(&o.Rows, "rows", 0, "height in cells; 0 takes what the frame has")
	flag.Float64Var(&o.FontSize, "size", 16, "height of the font in pixels")
	light := flag.Bool("light", false, "draw on a light ground")
	out := flag.String("o", "frame.png", "the `file` to write")
	flag.Parse()
	if *light {
		o = o.Light()
	}
	frame, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the frame: %w", err)
	}
	file, err := os.Create(*out)
	if err != nil {
		return err
	}
	if err := picture.Write(file, string(frame), o); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
