package c2d

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/outside"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// fileBoard is where the file of a body is named: it completes the path, and says what is there.
type fileBoard struct {
	path *widget.Filter

	looked  lookedMsg // for what was typed last
	asked   string    // the text that is being looked for
	at      int       // in looked.found; -1: none was taken
	through bool      // looked.found is gone through: what it holds stays
	sends   bool      // the message is to be sent when what was typed has been looked for
}

// lookedMsg is what is at a path, and what goes on as it does.
type lookedMsg struct {
	to    c2d.To
	text  string   // as it was typed
	found []string // paths as one types them, folders with a slash at the end
	size  int64
	err   error
}

// mostFound bounds what is offered, mostRead what is read of a folder.
const (
	mostFound = 20
	mostRead  = 5000
)

// look reads the folder that a path is in, and what the path names.
func look(to c2d.To, text string) lookedMsg {
	m := lookedMsg{to: to, text: text}
	path := outside.Path(strings.TrimSpace(text))
	if path == "" {
		return m
	}
	m.size, m.err = sizeOf(path)
	shown, begin := filepath.Split(strings.TrimSpace(text)) // not of path: ~ is longer there
	dir := outside.Path(shown)
	if dir == "" {
		dir = "."
	}
	folder, err := os.Open(dir)
	if err != nil {
		return m
	}
	defer func() { _ = folder.Close() }()
	entries, _ := folder.ReadDir(mostRead)
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || begin == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		m.found = append(m.found, shown+name)
	}
	slices.Sort(m.found)
	m.found = m.found[:min(len(m.found), mostFound)]
	return m
}

var (
	errNoFile   = errors.New("there is no such file")
	errTooLarge = errors.New("over 64 kB, more than a hub takes")
)

// sizeOf tells how large the file is, or why it cannot be a body.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	var named *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, errNoFile
	case errors.As(err, &named):
		return 0, named.Err
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, errors.New("this is a folder")
	case !info.Mode().IsRegular():
		return 0, errors.New("this is not a regular file")
	case info.Size() > c2d.MaxSize:
		return info.Size(), errTooLarge
	}
	return info.Size(), nil
}

// readBody reads a file that is small enough.
func readBody(text string) ([]byte, error) {
	path := outside.Path(text)
	if _, err := sizeOf(path); err != nil {
		return nil, err
	}
	body, err := os.ReadFile(path)
	var named *fs.PathError
	if errors.As(err, &named) {
		return nil, named.Err
	}
	return body, err
}

// ask is the command that looks for what was typed, when that was not asked for yet.
func (b *fileBoard) ask(to c2d.To) tea.Cmd {
	text := b.path.Value()
	if text == b.asked {
		return nil
	}
	b.asked, b.sends = text, false
	return func() tea.Msg { return look(to, text) }
}

// again is the command that looks at a file that could not be sent when it was looked at last, as it may have been mended
// since, or that was not looked at yet. What it finds goes on with the sending.
func (b *fileBoard) again(to c2d.To) tea.Cmd {
	text := b.path.Value()
	b.asked, b.looked, b.sends = text, lookedMsg{}, true
	return func() tea.Msg { return look(to, text) }
}

// sendsNow tells, once, that what was found goes on with the sending.
func (b *fileBoard) sendsNow() bool {
	_, known := b.current()
	now := b.sends && known
	b.sends = b.sends && !known
	return now
}

func (b *fileBoard) onLooked(m lookedMsg) {
	if m.text != b.path.Value() {
		return
	}
	if b.through && !strings.HasSuffix(m.text, string(filepath.Separator)) {
		m.found = b.looked.found
	} else {
		b.at, b.through = -1, false
	}
	if len(m.found) == 1 && m.found[0] == m.text {
		m.found = nil
	}
	b.looked = m
}

// current is what is known of what is typed now; false while it is being looked for.
func (b *fileBoard) current() (lookedMsg, bool) {
	return b.looked, b.looked.text == b.path.Value()
}

// rest is what would be added to the path, "" when there is nothing.
func (b *fileBoard) rest() string {
	m, known := b.current()
	if !known || b.through || len(m.found) == 0 || m.text == "" || !b.path.AtEnd() {
		return ""
	}
	return strings.TrimPrefix(m.found[0], strings.TrimSpace(m.text))
}

// choose takes what goes on as the path does: the right arrow the first, up and down go through all.
func (b *fileBoard) choose(msg tea.KeyPressMsg) bool {
	n := len(b.looked.found)
	switch {
	case n == 0:
		return false
	case msg.Code == tea.KeyRight && b.rest() != "":
		b.path.Set(b.looked.found[0])
		return true
	case msg.Code == tea.KeyDown:
		b.at = (b.at + 1) % n
	case msg.Code == tea.KeyUp:
		b.at = (max(0, b.at) + n - 1) % n
	default:
		if msg.Code != tea.KeyTab {
			b.through = false
		}
		return false
	}
	b.through = true
	b.path.Set(b.looked.found[b.at])
	return true
}

// fit tells that nothing was wrong with the file when it was looked at.
func (b *fileBoard) fit() bool {
	m, known := b.current()
	return known && m.err == nil
}

// problem is why the file cannot be sent.
func (b *fileBoard) problem() error {
	if strings.TrimSpace(b.path.Value()) == "" {
		return errors.New("the file of the body has no path")
	}
	if m, known := b.current(); known && m.err != nil {
		return fmt.Errorf("the file of the body: %s", safe.Inline(m.err.Error()))
	}
	return nil
}

// about says how large the file is, or what is wrong with it.
func (b *fileBoard) about() (text string, good bool) {
	m, known := b.current()
	switch {
	case b.path.Value() == "":
		return "", true
	case !known:
		return "…", true
	case errors.Is(m.err, errNoFile) && len(m.found) > 0:
		return "→ completes it, ↓ goes through", true
	case m.err != nil:
		return safe.Inline(m.err.Error()), false
	}
	return widget.Plural(m.size, "byte"), true
}
