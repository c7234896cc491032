package credential

import (
	"crypto/rand"
	"encoding/base64"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/secret"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// Rotation is a way to change the two keys of an identity.
type Rotation struct {
	// Key, Label and Hint are its line of a menu, Command its name in the palette.
	Key, Label, Hint, Command string
	// Doing is "swapping the keys"; Done and Not stand behind the name of the identity.
	Doing, Done, Not string
	// Keys gives the new keys for the old ones.
	Keys func(primary, secondary secret.Text) (secret.Text, secret.Text)

	title, question, word, warning string
}

const refusedFromThen = "Whatever connects with the old one is refused from then on. There is no way back."

// Rotations are all of them, in the order of the menu.
var Rotations = []Rotation{
	{
		Key: "p", Label: "New primary key", Hint: "made anew; the old one is refused", Command: "new primary key",
		title: "New primary key", question: "Make the primary key anew?", word: "regenerate", warning: refusedFromThen,
		Doing: "making the primary key anew", Done: ": primary key made anew", Not: ": primary key not made anew",
		Keys: func(_, second secret.Text) (secret.Text, secret.Text) { return newKey(), second },
	},
	{
		Key: "s", Label: "New secondary key", Hint: "made anew; the old one is refused", Command: "new secondary key",
		title: "New secondary key", question: "Make the secondary key anew?", word: "regenerate", warning: refusedFromThen,
		Doing: "making the secondary key anew", Done: ": secondary key made anew", Not: ": secondary key not made anew",
		Keys: func(first, _ secret.Text) (secret.Text, secret.Text) { return first, newKey() },
	},
	{
		Key: "b", Label: "Both keys anew", Hint: "both old ones are refused", Command: "new keys",
		title: "New keys", question: "Make both keys anew?", word: "regenerate",
		warning: "Whatever connects with one of the old ones is refused from then on. There is no way back.",
		Doing:   "making both keys anew", Done: ": both keys made anew", Not: ": keys not made anew",
		Keys: func(_, _ secret.Text) (secret.Text, secret.Text) { return newKey(), newKey() },
	},
	{
		Key: "w", Label: "Swap the keys", Hint: "both stay good", Command: "swap keys",
		title: "Swap keys", question: "Swap the primary and the secondary key?", word: "swap",
		warning: "Both keys stay good. Programs that read the primary key get the other one from then on.",
		Doing:   "swapping the keys", Done: ": keys swapped", Not: ": keys not swapped",
		Keys: func(first, second secret.Text) (secret.Text, secret.Text) { return second, first },
	},
}

// KeepsPrimary says that the key which most programs connect with stays.
func (r Rotation) KeepsPrimary() bool { return r.Key == "s" }

// Ask wants a word typed before run changes the keys of the identity of this name.
func (r Rotation) Ask(ctx *page.Context, name string, run tea.Cmd, detail ...string) tea.Cmd {
	detail = append([]string{r.warning}, detail...)
	title := r.title + " of " + safe.Line(name, 32)
	return ctx.Send(page.OpenDialog{Dialog: widget.NewTyped(ctx.Styles, ctx.Keys, title, r.question, r.word, r.word, run, detail...)})
}

// newKey is as the hub makes them: 32 random bytes (protocol 1.5).
func newKey() secret.Text {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return secret.New(base64.StdEncoding.EncodeToString(b))
}
