package filter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
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
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the filters: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the filters: %w", err)
	}
	return decode(data)
}

func decode(data []byte) (Set, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: it is larger than 1 MB", ErrUnreadable)
	}
	var all document
	reader := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := reader.Decode(&all); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrUnreadable, tomlProblem(err))
	}
	var set Set
	for _, n := range all.Filters {
		if err := set.CheckName(n.Name, nil); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		set = append(set, n)
	}
	return set, nil
}

// tomlProblem tells the line, which the error itself does not.
func tomlProblem(err error) string {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		return fmt.Sprintf("line %d, column %d: %s", row, column, at.Error())
	}
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return fmt.Sprintf("line %d: this means nothing here", row)
	}
	return err.Error()
}

func encode(s Set) ([]byte, error) {
	body, err := toml.Marshal(document{Filters: s})
	if err != nil {
		return nil, fmt.Errorf("write the filters: %w", err)
	}
	return append([]byte(fileHead), body...), nil
}

// Save writes a file of filters in one step: it holds the old list or the new one, whatever happens meanwhile. A file
// that is not one of filters is left alone; the error then is ErrUnreadable.
func Save(path string, s Set) error {
	if _, err := Load(path); err != nil {
		return err
	}
	data, err := encode(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write the filters: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".filters-*")
	if err != nil {
		return fmt.Errorf("write the filters: %w", err)
	}
	defer os.Remove(part.Name()) // it is gone when all went well
	_, err = part.Write(data)
	if err == nil {
		err = part.Sync()
	}
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the filters: %w", err)
	}
	return nil
}
