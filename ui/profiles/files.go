package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"hubscope/device/sim/profile"
)

// entry is one profile of the list.
type entry struct {
	name    string
	profile *profile.Profile // nil when the file is broken
	path    string           // "" when it is built in
	problem error            // of a broken file
	draft   bool             // a text was typed and not saved
	unsaved bool             // and there is no file: only that
}

// key names the entry for as long as it is there.
func (e entry) key() string {
	if e.path == "" {
		return "built in: " + e.name
	}
	return e.path
}

// readAll gives the built-in profiles and those of the folder. A folder that is not there is empty. The error is about the
// folder as a whole.
func readAll(dir string) (all []entry, err error) {
	for _, p := range profile.Builtins() {
		all = append(all, entry{name: p.Name, profile: p})
	}
	if dir == "" {
		return all, nil
	}
	good, problems := profile.LoadDir(dir)
	var own []entry
	for _, p := range good {
		own = append(own, entry{name: p.Name, profile: p, path: p.File})
	}
	for _, problem := range problems {
		path := pathOf(problem)
		if path == "" || path == dir {
			err = problem
			continue
		}
		own = append(own, entry{name: filepath.Base(path), path: path, problem: problem})
	}
	own = withDrafts(dir, own)
	slices.SortStableFunc(own, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return append(all, own...), err
}

// withDrafts marks what has a draft, and adds drafts of profiles that were never saved.
func withDrafts(dir string, own []entry) []entry {
	files, _ := os.ReadDir(dir) // that it cannot be read was said already
	for _, file := range files {
		name, is := strings.CutSuffix(file.Name(), draftEnding)
		if !is || name == "" || name[0] == '.' {
			continue
		}
		path := filepath.Join(dir, name)
		if i := slices.IndexFunc(own, func(e entry) bool { return e.path == path }); i >= 0 {
			own[i].draft = true
			continue
		}
		own = append(own, entry{name: stem(path), path: path, draft: true, unsaved: true})
	}
	return own
}

// pathOf is the file that an error of reading the folder is about.
func pathOf(err error) string {
	var at *profile.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &at):
		return at.File
	case errors.As(err, &path):
		return path.Path
	}
	return ""
}

// Errors of writing a file that others have written meanwhile.
var (
	errChanged = errors.New("the file was changed by somebody else meanwhile")
	errGone    = errors.New("the file was deleted by somebody else meanwhile")
	errTaken   = errors.New("a file of this name is there already")
	errTooBig  = errors.New("it is too great to be edited here")
	errNotText = errors.New("it is not text in UTF-8")
)

const maxFile = 1 << 20

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	return text, nil
}

// readText is readFile for a text that is to be edited here.
func readText(path string, most int) (string, error) {
	text, err := readFile(path)
	switch {
	case err != nil:
		return "", err
	case len(text) > most:
		return "", errTooBig
	case !utf8.Valid(text):
		return "", errNotText
	}
	return string(text), nil
}

// change is a new text of a file.
type change struct {
	path string
	text string
	base *string // what the file held when it was read; nil: there was none
	over bool    // write it whatever the file holds by now
}

// save writes a file in one step: it holds the old text or the new one, whatever happens meanwhile. When it does not hold
// what it was read as, it is left alone, and the error says so. Only the user may read the folder and the file.
func save(c change) error {
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return fmt.Errorf("make the folder of profiles: %w", err)
	}
	path := c.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link to a file that is kept elsewhere stays one
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".profile-*")
	if err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	defer os.Remove(part.Name()) // it is gone when all went well
	_, err = io.WriteString(part, c.text)
	if err == nil {
		err = part.Sync()
	}
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	if !c.over {
		if err := unchanged(path, c.base); err != nil {
			return err
		}
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return fmt.Errorf("write the profile: %w", err)
	}
	return nil
}

// unchanged tells whether a file still holds what it was read as.
func unchanged(path string, base *string) error {
	now, err := readFile(path)
	gone := errors.Is(err, fs.ErrNotExist)
	switch {
	case gone && base == nil:
		return nil
	case gone:
		return errGone
	case err != nil:
		return err
	case base == nil:
		return errTaken
	case !bytes.Equal(now, []byte(*base)):
		return errChanged
	}
	return nil
}
