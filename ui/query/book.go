package query

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"hubscope/ui/userfile"
)

// Favourite is a query that is kept under a name.
type Favourite struct {
	Name string `toml:"name"`
	Text string `toml:"query"`
}

// Kept is what the file of queries holds: favourites in the order of their names, and what was asked, the last one last.
type Kept struct {
	Favourites []Favourite `toml:"favourite"`
	History    []string    `toml:"history"`
}

const (
	// MostHistory is how many queries are remembered.
	MostHistory = 200
	// mostFavourites bounds the other half of the file.
	mostFavourites = 1000
	maxName        = 60
	maxFile        = 4 << 20
	fileHead       = "# Queries of the Devices tab of hubscope: Q there asks one, ctrl+s keeps it under a name.\n\n"
)

// Errors of the file and of names.
var (
	// ErrUnreadable says that the file is there and does not hold what it should. It is never written over.
	ErrUnreadable = errors.New("it does not read as a list of queries")
	// ErrNoFolder says that there is no file to keep queries in.
	ErrNoFolder = errors.New("there is no folder to keep queries in")
)

// Book is the file of queries. Its methods read and write it and may be used in any goroutine.
type Book struct {
	path string
	mu   sync.Mutex
}

// NewBook returns the book in the file path, which need not be there; with "" nothing is kept.
func NewBook(path string) *Book { return &Book{path: path} }

// Keeps tells whether there is a file.
func (b *Book) Keeps() bool { return b.path != "" }

// Path is the file.
func (b *Book) Path() string { return b.path }

// Load reads the file. One that is not there holds nothing.
func (b *Book) Load() (Kept, error) {
	var k Kept
	if err := unreadable(userfile.Load(b.path, maxFile, &k)); err != nil {
		return Kept{}, fmt.Errorf("read the queries: %w", err)
	}
	return k.checked()
}

// unreadable says of what is no TOML, or more, that it is no list of queries.
func unreadable(err error) error {
	if errors.Is(err, userfile.ErrUnreadable) {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return err
}

func (k Kept) checked() (Kept, error) {
	var named []Favourite
	for _, f := range k.Favourites {
		if err := CheckName(f.Name); err != nil {
			return Kept{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		if slices.ContainsFunc(named, func(o Favourite) bool { return o.Name == f.Name }) {
			return Kept{}, fmt.Errorf("%w: the name %q is there twice", ErrUnreadable, f.Name)
		}
		named = append(named, f)
	}
	return k.sorted(), nil
}

func (k Kept) sorted() Kept {
	slices.SortStableFunc(k.Favourites, func(a, b Favourite) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	k.History = k.History[max(0, len(k.History)-MostHistory):]
	return k
}

// CheckName says what is wrong with a name for a favourite.
func CheckName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return errors.New("a favourite needs a name")
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("a name has at most %d characters", maxName)
	}
	return nil
}

// Asked is what is kept with a query that was asked just now: it is once in the history, as the last.
func (k Kept) Asked(text string) Kept {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > MaxText {
		return k
	}
	k.History = append(slices.DeleteFunc(slices.Clone(k.History), func(s string) bool { return s == text }), text)
	return k.sorted()
}

// With is what is kept with a favourite more, in place of one of its name.
func (k Kept) With(f Favourite) Kept {
	k = k.Without(f.Name)
	if len(k.Favourites) < mostFavourites {
		k.Favourites = append(k.Favourites, f)
	}
	return k.sorted()
}

// Without is what is kept without a favourite.
func (k Kept) Without(name string) Kept {
	k.Favourites = slices.DeleteFunc(slices.Clone(k.Favourites), func(f Favourite) bool { return f.Name == name })
	return k
}

// FreeName is a name that none has yet.
func (k Kept) FreeName() string {
	for i := len(k.Favourites) + 1; ; i++ {
		name := "query " + strconv.Itoa(i)
		if _, taken := k.Favourite(name); !taken {
			return name
		}
	}
}

// Favourite is the one of a name.
func (k Kept) Favourite(name string) (Favourite, bool) {
	for _, f := range k.Favourites {
		if f.Name == name {
			return f, true
		}
	}
	return Favourite{}, false
}

// Change reads the file, changes what it holds and writes it in one step, so that what another program wrote
// meanwhile stays. It gives what the file then holds.
func (b *Book) Change(how func(Kept) Kept) (Kept, error) {
	if b.path == "" {
		return Kept{}, ErrNoFolder
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, err := b.Load()
	if err != nil {
		return Kept{}, err
	}
	k = how(k)
	if err := userfile.Save(b.path, fileHead, k); err != nil {
		return Kept{}, fmt.Errorf("write the queries: %w", err)
	}
	return k, nil
}
