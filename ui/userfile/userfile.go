// Package userfile reads and writes the small TOML files that hubscope keeps for its
// user: named filters, queries, favourites. What it does not understand is never
// written over, and a file holds the old list or the new one, whatever happens.
package userfile

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

// ErrUnreadable says that a file is there and does not hold what it should.
var ErrUnreadable = errors.New("it does not read as what it should hold")

// Load reads the file at path, of at most so many bytes, into a document. One that is
// not there, or has no path, leaves the document as it is. A field that the document
// does not know is an error with its line: ErrUnreadable.
func Load(path string, most int64, document any) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > most {
		return fmt.Errorf("%w: it is larger than %d MB", ErrUnreadable, most>>20)
	}
	return Decode(data, document)
}

// Decode reads a document from a text.
func Decode(data []byte, document any) error {
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(document); err != nil {
		return fmt.Errorf("%w: %s", ErrUnreadable, problem(err))
	}
	return nil
}

// problem tells the place, which the error itself does not.
func problem(err error) string {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return fmt.Sprintf("line %d: this means nothing here", row)
	}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, column := at.Position()
		return fmt.Sprintf("line %d, column %d: %s", row, column, at.Error())
	}
	return err.Error()
}

// Save writes a document under a comment, as Write does.
func Save(path, head string, document any) error {
	body, err := toml.Marshal(document)
	if err != nil {
		return err
	}
	return Write(path, append([]byte(head), body...))
}

// Write writes a file that only the user reads, in one step. A link to a file that is
// kept elsewhere stays one.
func Write(path string, data []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }() // it is gone when all went well
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
	return err
}
