package store

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	berrors "go.etcd.io/bbolt/errors"
)

// Errors of Open and of reading, to be tested for with errors.Is. What wraps
// them is a sentence with the path of the file and what to do.
var (
	// ErrLocked says that another process has the file open.
	ErrLocked = errors.New("in use by another process")
	// ErrDamaged says that the content is not what was written.
	ErrDamaged = errors.New("damaged")
	// ErrVersion says that a newer program wrote the file.
	ErrVersion = errors.New("written by a newer version")
	// ErrClosed says that the DB was closed before the write could be made.
	ErrClosed = errors.New("the state file is closed")
)

// Abort marks the error of an op that had begun to write: the commit that it
// shares with others is given up as a whole.
func Abort(err error) error {
	if err == nil {
		return nil
	}
	return &brokenOpError{err}
}

// brokenOpError says that an op died half-way through its writes.
type brokenOpError struct{ err error }

func (e *brokenOpError) Error() string { return "a write broke off: " + e.err.Error() }
func (e *brokenOpError) Unwrap() error { return e.err }

// guard runs fn and turns what a damaged file makes of bbolt, errors, panics and
// faults in the mapped memory, into ErrDamaged.
func guard(path, what string, fn func() error) (err error) {
	// A truncated file under a memory map raises SIGBUS on access: let it be a
	// panic that can be caught.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damaged(path, fmt.Errorf("%s: %w", what, panicError(p)))
		}
	}()
	return explain(path, fn())
}

// explain gives bbolt's own findings of damage our name.
func explain(path string, err error) error {
	switch {
	case err == nil, errors.Is(err, ErrDamaged):
		return err
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return ErrClosed
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum),
		errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrInvalidMapping):
		return damaged(path, err)
	}
	return err
}

func damaged(path string, cause error) error {
	return &pathError{
		Path: path, Kind: ErrDamaged, Cause: cause,
		Hint: "move the file away to start with an empty hub, or restore a copy of it",
	}
}

// pathError is a sentence about the file: what is wrong, and what to do.
type pathError struct {
	Path  string
	Kind  error
	Cause error
	Hint  string
}

func (e *pathError) Error() string {
	text := fmt.Sprintf("the state file %s is %s", e.Path, e.Kind)
	if e.Cause != nil {
		text += fmt.Sprintf(" (%s)", e.Cause)
	}
	return text + ": " + e.Hint
}

func (e *pathError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func panicError(p any) error {
	if err, ok := p.(error); ok {
		return err
	}
	return fmt.Errorf("%v", p)
}

// permission explains a file or folder that may not be written.
func permission(path string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("the state file %s can not be opened for writing (%w): check its owner and permissions, or choose another folder", path, err)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
