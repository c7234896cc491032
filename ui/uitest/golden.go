package uitest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"hubscope/ui/uitest/picture"
)

var pictures = flag.String("pictures", "", "draw each golden frame as a PNG file into this `folder`")

// Golden compares a frame with testdata/<name of the test>.golden, its styles included; go test -update accepts it as
// it is now. It fails too when the frame is not exactly of the size given: a page that draws one line too many moves
// everything below it.
func Golden(t *testing.T, frame string, size Size) {
	t.Helper()
	CheckSize(t, frame, size)
	draw(t, frame, size, strings.Contains(strings.ToLower(t.Name()), "light"))
	golden.RequireEqual(t, frame)
}

// CheckSize fails the test unless the frame has exactly this many lines and none is wider than the screen.
func CheckSize(t testing.TB, frame string, size Size) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != size.Height {
		t.Errorf("the frame has %d lines on a screen of %d", len(lines), size.Height)
	}
	for i, line := range lines {
		if width := ansi.StringWidth(line); width > size.Width {
			t.Errorf("line %d is %d cells wide on a screen of %d:\n%s", i+1, width, size.Width, ansi.Strip(line))
		}
	}
}

// draw makes a picture for people to look at, when it was asked for.
func draw(t *testing.T, frame string, size Size, light bool) {
	t.Helper()
	if *pictures == "" {
		return
	}
	o := picture.Options{Columns: size.Width, Rows: size.Height}
	if light {
		o = o.Light()
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()) + ".png"
	if err := writePicture(filepath.Join(*pictures, name), frame, o); err != nil {
		t.Error(err)
	}
}

func writePicture(path, frame string, o picture.Options) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("make the picture: %w", err)
	}
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	return picture.Write(file, frame, o)
}
