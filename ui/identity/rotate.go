package identity

import (
	"crypto/rand"
	"encoding/base64"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/secret"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// rotation is a way to change the two keys of an identity.
type rotation struct {
	title, question, word, verb string
	doing, done, not            string // before and behind the id
	warning                     string
	keys                        func(primary, secondary secret.Text) (secret.Text, secret.Text)
}

const refusedFromThen = "Whatever connects with the old one is refused from then on. There is no way back."

var (
	primaryOnly = rotation{
		title: "New primary key", question: "Make the primary key anew?", word: "regenerate", verb: "regenerate",
		doing: "making the primary key anew", done: ": primary key made anew", not: ": primary key not made anew", warning: refusedFromThen,
		keys: func(_, second secret.Text) (secret.Text, secret.Text) { return newKey(), second },
	}
	secondaryOnly = rotation{
		title: "New secondary key", question: "Make the secondary key anew?", word: "regenerate", verb: "regenerate",
		doing: "making the secondary key anew", done: ": secondary key made anew", not: ": secondary key not made anew", warning: refusedFromThen,
		keys: func(first, _ secret.Text) (secret.Text, secret.Text) { return first, newKey() },
	}
	bothKeys = rotation{
		title: "New keys", question: "Make both keys anew?", word: "regenerate", verb: "regenerate",
		doing: "making both keys anew", done: ": both keys made anew", not: ": keys not made anew", warning: "Whatever connects with one of the old ones is refused from then on. There is no way back.",
		keys: func(_, _ secret.Text) (secret.Text, secret.Text) { return newKey(), newKey() },
	}
	swapKeys = rotation{
		title: "Swap keys", question: "Swap the primary and the secondary key?", word: "swap", verb: "swap",
		doing: "swapping the keys", done: ": keys swapped", not: ": keys not swapped", warning: "Both keys stay good. Programs that read the primary key get the other one from then on.",
		keys: func(first, second secret.Text) (secret.Text, secret.Text) { return second, first },
	}
)

// newKey is as the hub makes them: 32 random bytes (protocol 1.5).
func newKey() secret.Text {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return secret.New(base64.StdEncoding.EncodeToString(b))
}

// askKeys wants a word typed before keys become others.
func (p *Page) askKeys(r rotation) tea.Cmd {
	id := p.device.DeviceID
	before := p.device
	run := p.later(action{run: func() tea.Cmd {
		after := before
		after.Auth.Primary, after.Auth.Secondary = r.keys(before.Auth.Primary, before.Auth.Secondary)
		return p.apply(change{before: before, after: after, doing: r.doing + " of " + id, done: id + r.done, not: id + r.not})
	}})
	detail := []string{r.warning}
	if p.isSimulated() && r.done != secondaryOnly.done {
		detail = append(detail, "Its simulated device is given the new key.")
	}
	box := widget.NewTyped(p.ctx.Styles, p.ctx.Keys, r.title+" of "+safe.Line(id, 32), r.question, r.word, r.verb, run, detail...)
	return p.ctx.Send(page.OpenDialog{Dialog: box})
}
