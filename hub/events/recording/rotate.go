package recording

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// number renames the full file and deletes the oldest ones.
func (w *Writer) number() error {
	numbers, err := numbered(w.path)
	if err != nil {
		return err
	}
	next := 1
	if len(numbers) > 0 {
		next = numbers[len(numbers)-1] + 1
	}
	if err := os.Rename(w.path, numberedPath(w.path, next)); err != nil {
		return err
	}
	if w.o.Files <= 0 {
		return nil
	}
	numbers = append(numbers, next)
	for len(numbers) > w.o.Files-1 {
		if err := os.Remove(numberedPath(w.path, numbers[0])); err != nil && !os.IsNotExist(err) {
			return err
		}
		w.deleted++
		numbers = numbers[1:]
	}
	return nil
}

// numberedPath is events.0001.jsonl for events.jsonl.
func numberedPath(path string, n int) string {
	stem, ext := cutExt(path)
	return fmt.Sprintf("%s.%04d%s", stem, n, ext)
}

func cutExt(path string) (stem, ext string) {
	ext = filepath.Ext(path)
	return strings.TrimSuffix(path, ext), ext
}

// numbered are the numbers of the full files of a recording, in order.
func numbered(path string) ([]int, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	stem, ext := cutExt(filepath.Base(path))
	var numbers []int
	for _, entry := range entries {
		rest, begins := strings.CutPrefix(entry.Name(), stem+".")
		digits, ends := strings.CutSuffix(rest, ext)
		n, err := strconv.Atoi(digits)
		if begins && ends && err == nil && n > 0 && filepath.Base(numberedPath(path, n)) == entry.Name() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}
