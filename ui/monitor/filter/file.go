package filter

import (
	"errors"
	"fmt"

	"hubscope/ui/userfile"
)

// document is what the file of named filters holds.
type document struct {
	Filters []*Named `toml:"filter"`
}

const (
	fileHead = "# Filters of the hubscope monitor: F there changes them. README.md tells how they are written.\n\n"
	maxFile  = 1 << 20
)

// ErrUnreadable says that a file of filters is there and does not hold what it should. It is never written over.
var ErrUnreadable = errors.New("it does not read as a list of filters")

// Load reads a file of filters. One that is not there holds none.
func Load(path string) (Set, error) {
	var all document
	if err := unreadable(userfile.Load(path, maxFile, &all)); err != nil {
		return nil, fmt.Errorf("read the filters: %w", err)
	}
	return all.set()
}

func decode(data []byte) (Set, error) {
	var all document
	if err := unreadable(userfile.Decode(data, &all)); err != nil {
		return nil, err
	}
	return all.set()
}

// unreadable says of what is no TOML, or more, that it is no list of filters.
func unreadable(err error) error {
	if errors.Is(err, userfile.ErrUnreadable) {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return err
}

func (d document) set() (Set, error) {
	var set Set
	for _, n := range d.Filters {
		if err := set.CheckName(n.Name, nil); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		set = append(set, n)
	}
	return set, nil
}

// Save writes a file of filters in one step: it holds the old list or the new one, whatever happens meanwhile. A file
// that is not one of filters is left alone; the error then is ErrUnreadable.
func Save(path string, s Set) error {
	if _, err := Load(path); err != nil {
		return err
	}
	if err := userfile.Save(path, fileHead, document{Filters: s}); err != nil {
		return fmt.Errorf("write the filters: %w", err)
	}
	return nil
}
