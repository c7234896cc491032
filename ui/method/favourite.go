package method

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hubscope/hub"
	"hubscope/ui/userfile"
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
	var d document
	if err := unreadable(userfile.Load(path, maxFile, &d)); err != nil {
		return nil, err
	}
	return d.checked()
}

// unreadable says of what is no TOML, or more, that it is no list of methods.
func unreadable(err error) error {
	if errors.Is(err, userfile.ErrUnreadable) {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return err
}

func (d document) checked() ([]Favourite, error) {
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
	if err := userfile.Save(path, fileHead, document{all}); err != nil {
		return nil, err
	}
	return loadFavourites(path)
}

// with is the list with f in it, in place of one of the same name.
func with(all []Favourite, f Favourite) []Favourite { return append(without(all, f.Name), f) }

func without(all []Favourite, name string) []Favourite {
	return slices.DeleteFunc(slices.Clone(all), func(f Favourite) bool { return f.Name == name })
}

var errNoName = errors.New("a favourite needs a name")
