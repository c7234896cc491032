package method

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"hubscope/hub"
)

// Favourite is a call that is kept under a name.
type Favourite struct {
	Name    string `toml:"name"`
	Method  string `toml:"method"`
	Payload string `toml:"payload,multiline"`
	// The times are in seconds.
	Answer  int `toml:"answer"`
	Connect int `toml:"connect"`
}

// favouriteOf keeps a call under a name.
func favouriteOf(name string, c hub.MethodCall) Favourite {
	return Favourite{
		Name: name, Method: c.Name, Payload: string(c.Payload),
		Answer: int(c.ResponseTimeout / time.Second), Connect: int(c.ConnectTimeout / time.Second),
	}
}

func (f Favourite) call() hub.MethodCall {
	c := hub.MethodCall{
		Name: f.Method, ResponseTimeout: time.Duration(f.Answer) * time.Second, ConnectTimeout: time.Duration(f.Connect) * time.Second,
	}
	if f.Payload != "" {
		c.Payload = json.RawMessage(f.Payload)
	}
	return c
}

// document is what the file of favourites holds.
type document struct {
	Favourites []Favourite `toml:"favourite"`
}

const (
	fileHead = "# Direct methods that hubscope keeps: * in the section Methods changes them.\n\n"
	maxFile  = 8 << 20
)

// errUnreadable says that the file is there and does not hold what it should. It is never written over.
var errUnreadable = errors.New("it does not read as a list of methods")

// loadFavourites reads the file, in the order of names. One that is not there holds none.
func loadFavourites(path string) ([]Favourite, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || path == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	return decode(data)
}

func decode(data []byte) ([]Favourite, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: it is larger than 8 MB", errUnreadable)
	}
	var d document
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&d); err != nil {
		return nil, fmt.Errorf("%w: %s", errUnreadable, problem(err))
	}
	seen := map[string]bool{}
	for _, f := range d.Favourites {
		switch {
		case strings.TrimSpace(f.Name) == "":
			return nil, fmt.Errorf("%w: one has no name", errUnreadable)
		case seen[f.Name]:
			return nil, fmt.Errorf("%w: the name %q is there twice", errUnreadable, f.Name)
		}
		seen[f.Name] = true
	}
	slices.SortFunc(d.Favourites, func(a, b Favourite) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return d.Favourites, nil
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

// changeFavourites reads the file, changes what it holds and writes it in one step: what another program added
// meanwhile stays. It gives what the file holds then.
func changeFavourites(path string, change func([]Favourite) []Favourite) ([]Favourite, error) {
	if path == "" {
		return nil, errors.New("there is no folder to keep favourites in")
	}
	all, err := loadFavourites(path)
	if err != nil {
		return nil, err
	}
	all = change(all)
	body, err := toml.Marshal(document{all})
	if err != nil {
		return nil, err
	}
	if err := writeWhole(path, append([]byte(fileHead), body...)); err != nil {
		return nil, err
	}
	return loadFavourites(path)
}

// with is the list with f in it, in place of one of the same name.
func with(all []Favourite, f Favourite) []Favourite { return append(without(all, f.Name), f) }

func without(all []Favourite, name string) []Favourite {
	return slices.DeleteFunc(slices.Clone(all), func(f Favourite) bool { return f.Name == name })
}

// writeWhole writes a file that only the user reads, in one step: it holds the old text or the new one.
func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
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

var errNoName = errors.New("a favourite needs a name")
