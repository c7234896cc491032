package profile

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed builtin/*.toml
var builtinFiles embed.FS

// builtinNames are the profiles that the program brings along, in the order in which they are offered.
var builtinNames = []string{"wind", "thermostat", "pump", "tracker", "chaos"}

var builtin = sync.OnceValue(func() (all []*Profile) {
	for _, name := range builtinNames {
		text, err := builtinFiles.ReadFile("builtin/" + name + ".toml")
		if err != nil {
			continue // a test reads them all
		}
		if p, err := Parse(name+".toml", text); err == nil {
			all = append(all, p)
		}
	}
	return all
})

// Builtins are the profiles that the program brings along, wind first.
func Builtins() []*Profile { return slices.Clone(builtin()) }

// Builtin gives one of them by its name.
func Builtin(name string) (*Profile, bool) {
	for _, p := range builtin() {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// LoadDir reads the profiles of a folder, in the order of their names: files that end with .toml or .json. A broken one
// is an error beside the good ones. A folder that does not exist has none.
func LoadDir(dir string) (all []*Profile, problems []error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, []error{fmt.Errorf("read the folder of profiles: %w", err)}
	}
	from := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !isProfile(e.Name()) {
			continue
		}
		p, err := LoadFile(filepath.Join(dir, e.Name()))
		switch {
		case err != nil:
			problems = append(problems, err)
		case from[p.Name] != "":
			problems = append(problems, Errors{{
				File:    p.File,
				Message: fmt.Sprintf("the profile %q is in %s already: name this one differently", p.Name, from[p.Name]),
			}})
		default:
			from[p.Name] = e.Name()
			all = append(all, p)
		}
	}
	return all, problems
}

func isProfile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".toml", ".json":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// LoadFile reads one profile. The error is an Errors, or that of reading the file.
func LoadFile(path string) (*Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a profile: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read a profile: %w", err)
	}
	return Parse(path, text)
}
