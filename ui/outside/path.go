package outside

import (
	"os"
	"path/filepath"
	"strings"
)

// Path is a path as one types it, with ~ for the home folder.
func Path(text string) string {
	text = strings.TrimSpace(text)
	rest, below := strings.CutPrefix(text+"/", "~/")
	if !below {
		return text
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return text
	}
	return filepath.Join(home, rest)
}

// Shown is a path as one would type it: shorter below the home folder.
func Shown(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" || home == string(filepath.Separator) {
		return path
	}
	rest, ok := strings.CutPrefix(path, home+string(filepath.Separator))
	if !ok {
		return path
	}
	return filepath.Join("~", rest)
}
