package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"hubscope/device/sim/profile"
)

// profileDir is the folder of the user's own profiles.
func profileDir() string { return filepath.Join(xdg.ConfigHome, "hubscope", "profiles") }

// findProfile gives a profile by the name of a file, of a built-in one or of one in the configuration folder.
func findProfile(name string) (*profile.Profile, error) {
	if isFile(name) {
		return profile.LoadFile(name)
	}
	if p, found := profile.Builtin(name); found {
		return p, nil
	}
	own, problems := profile.LoadDir(profileDir())
	var names []string
	for _, p := range append(profile.Builtins(), own...) {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	for _, problem := range problems { // it is there, but broken
		var first *profile.Error
		if errors.As(problem, &first) && bare(first.File) == name {
			return nil, problem
		}
	}
	return nil, usageError{fmt.Errorf("there is no profile %q: there are %s, and files such as ./%s.toml", name, strings.Join(names, ", "), name)}
}

// isFile tells the name of a file from that of a profile.
func isFile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".toml" || ext == ".json" || strings.ContainsRune(name, os.PathSeparator)
}

// bare is the name of a file without folder and ending.
func bare(file string) string {
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}
