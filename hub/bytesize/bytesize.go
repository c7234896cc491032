// Package bytesize reads sizes in bytes as people write them on a command line: 1048576, 512MiB, 2 GB.
package bytesize

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

var units = []struct {
	suffix string
	bytes  int64
}{
	{"KIB", 1 << 10},
	{"MIB", 1 << 20},
	{"GIB", 1 << 30},
	{"TIB", 1 << 40},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"TB", 1e12},
	{"B", 1},
	{"", 1},
}

// Parse reads "1048576", "1MiB" or "1 MB". A size is at least 1.
func Parse(text string) (int64, error) {
	for _, unit := range units {
		number, ok := strings.CutSuffix(strings.ToUpper(strings.TrimSpace(text)), unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/unit.bytes {
			break
		}
		return n * unit.bytes, nil
	}
	return 0, fmt.Errorf("%q is not a size such as 1048576, 512MiB or 2GB", text)
}

// Flag is a size on a command line, a pflag.Value.
type Flag int64

// String is empty: a default is told in the words of the flag.
func (s *Flag) String() string { return "" }

// Type names the value in help texts.
func (s *Flag) Type() string { return "size" }

// Set reads the size.
func (s *Flag) Set(text string) error {
	n, err := Parse(text)
	if err != nil {
		return err
	}
	*s = Flag(n)
	return nil
}
