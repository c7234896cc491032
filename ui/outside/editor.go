// Package outside is what lies outside the screen: the user's own editor, which is VISUAL,
// EDITOR, or one that is commonly there, and paths of files as one types them.
package outside

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// ErrNoEditor says that there is no editor to start.
var ErrNoEditor = errors.New("neither VISUAL nor EDITOR is set, and there is no vi")

// Command is the command of the user's editor. It looks for programs: call it in a
// command, not in Update.
func Command(getenv func(string) string) (string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if command := strings.TrimSpace(getenv(name)); command != "" {
			return command, nil
		}
	}
	for _, name := range []string{"vi", "nano", "notepad"} {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", ErrNoEditor
}

// Open gives the terminal to the editor until the user leaves it, and then done the
// error of the editor. The answer is not addressed: done puts it in an envelope.
func Open(command, path string, done func(error) tea.Msg) tea.Cmd {
	return tea.ExecProcess(process(command, path), done)
}

// process starts an editor on a file. The variable may hold options and quotes, as shells and git have it.
func process(command, path string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		parts := append(strings.Fields(command), path)
		return exec.Command(parts[0], parts[1:]...)
	}
	return exec.Command("/bin/sh", "-c", command+` "$1"`, command, path)
}

// Draft writes a text to a file of its own that only the user can read, for an editor.
// The name ends the file's name, such as "twin.json", so that the editor knows what it is.
func Draft(name, text string) (path string, err error) {
	dir, err := os.MkdirTemp("", "hubscope-")
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, filepath.Base(name))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return path, nil
}

// Collect reads a draft back and takes it away.
func Collect(path string) (text string, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return string(b), os.RemoveAll(filepath.Dir(path))
}
