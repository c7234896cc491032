package monitor

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/ui/page"
	"hubscope/ui/widget"
)

type (
	// readMsg asks for something else to be read, askReadMsg for the dialog.
	readMsg    struct{ what reading }
	askReadMsg struct{}
	// otherWayMsg asks to read by WebSocket, or no longer.
	otherWayMsg struct{}
)

// groupDialog lets choose what is read: the consumer group, the partitions, and the owner level.
type groupDialog struct {
	page  *Page // for styles, keys, and the states of partitions as they are now
	draft reading
	all   []string // ids of the partitions, "" for none known yet
	typed *widget.Filter
	rows  []groupRow
	at    int
	wrong error
}

type groupRow struct {
	kind rowKind
	id   string // of the group or partition
}

type rowKind int

const (
	knownGroup rowKind = iota
	typedGroup
	allPartitions
	onePartition
	ownerLevel
)

var (
	groupName    = regexp.MustCompile(`^[A-Za-z0-9$][A-Za-z0-9._-]{0,49}$`)
	errGroupName = errors.New("a consumer group has up to 50 letters, digits, '.', '_' and '-'")
	errNoneRead  = errors.New("choose one partition or more")
)

// groupMenu opens the dialog.
func (p *Page) groupMenu() tea.Cmd {
	d := &groupDialog{page: p, draft: p.reads, typed: widget.NewFilter("", "another: type its name"), all: p.parts.ids()}
	d.draft.partitions = slices.Clone(p.reads.partitions)
	for _, id := range d.draft.partitions {
		if !slices.Contains(d.all, id) {
			d.all = append(d.all, id)
		}
	}
	slices.SortFunc(d.all, compareIDs)
	d.layRows()
	return p.ctx.Send(page.OpenDialog{Dialog: d})
}

func (d *groupDialog) layRows() {
	for _, group := range d.draft.used {
		if group == d.draft.group {
			d.at = len(d.rows)
		}
		d.rows = append(d.rows, groupRow{knownGroup, group})
	}
	d.rows = append(d.rows, groupRow{kind: typedGroup}, groupRow{kind: allPartitions})
	for _, id := range d.all {
		d.rows = append(d.rows, groupRow{onePartition, id})
	}
	d.rows = append(d.rows, groupRow{kind: ownerLevel})
}

// Title implements page.Dialog.
func (d *groupDialog) Title() string { return "Read events in" }

// ShortHelp implements page.Dialog.
func (d *groupDialog) ShortHelp() []key.Binding {
	choose := key.NewBinding(key.WithKeys("space"), key.WithHelp("space", "choose"))
	level := key.NewBinding(key.WithKeys("left", "right"), key.WithHelp("←/→", "lower/higher"))
	read := key.NewBinding(key.WithKeys("enter"), key.WithHelp("enter", "read"))
	help := []key.Binding{d.page.keys.Down}
	switch d.rows[d.at].kind {
	case typedGroup:
	case ownerLevel:
		help = append(help, level)
	default:
		help = append(help, choose)
	}
	return append(help, read, d.page.keys.Cancel)
}

// Update implements page.Dialog.
func (d *groupDialog) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	press, isKey := msg.(tea.KeyPressMsg)
	typing := d.rows[d.at].kind == typedGroup
	if !isKey {
		return d.edit(msg), false
	}
	k, name := &d.page.keys, press.String()
	switch {
	case key.Matches(press, k.Cancel):
		return nil, true
	case key.Matches(press, k.Confirm):
		return d.take()
	case name == "up", name == "shift+tab", !typing && key.Matches(press, k.Up):
		d.move(-1)
	case name == "down", name == "tab", !typing && key.Matches(press, k.Down):
		d.move(1)
	case typing:
		return d.edit(msg), false
	case key.Matches(press, k.Pause):
		d.choose()
	case key.Matches(press, k.Left, k.Slower):
		d.level(-1)
	case key.Matches(press, k.Right, k.Faster):
		d.level(1)
	}
	return nil, false
}

func (d *groupDialog) move(n int) {
	d.at = (d.at + n + len(d.rows)) % len(d.rows)
	if d.rows[d.at].kind == typedGroup {
		d.typed.Focus()
		return
	}
	d.typed.Blur()
}

func (d *groupDialog) edit(msg tea.Msg) tea.Cmd {
	if d.rows[d.at].kind != typedGroup {
		return nil
	}
	cmd := d.typed.Update(msg)
	d.wrong = nil
	if name := d.typed.Value(); name != "" && !groupName.MatchString(name) {
		d.wrong = errGroupName
	}
	return cmd
}

// choose takes the group under the cursor, or turns a partition on or off.
func (d *groupDialog) choose() {
	d.wrong = nil
	switch row := d.rows[d.at]; row.kind {
	case knownGroup:
		d.draft.group = row.id
		d.typed.Clear()
	case allPartitions:
		if len(d.draft.partitions) == 0 {
			d.draft.partitions = []string{""} // none, until one is chosen
			return
		}
		d.draft.partitions = nil
	case onePartition:
		d.turn(row.id)
	case ownerLevel:
		if d.draft.level != nil {
			d.draft.level = nil
			return
		}
		d.draft.level = new(int64(0))
	}
}

// turn reads a partition, or no longer; all of them is none named.
func (d *groupDialog) turn(id string) {
	chosen := d.draft.partitions
	if len(chosen) == 0 {
		chosen = d.all
	}
	if slices.Contains(chosen, id) {
		chosen = slices.DeleteFunc(slices.Clone(chosen), func(have string) bool { return have == id })
	} else {
		chosen = append(slices.Clone(chosen), id)
	}
	chosen = slices.DeleteFunc(chosen, func(have string) bool { return have == "" })
	slices.SortFunc(chosen, compareIDs)
	switch {
	case len(chosen) == len(d.all) && len(d.all) == d.page.parts.total:
		chosen = nil
	case len(chosen) == 0:
		chosen = []string{""}
	}
	d.draft.partitions = chosen
}

func (d *groupDialog) reads(id string) bool {
	return len(d.draft.partitions) == 0 || slices.Contains(d.draft.partitions, id)
}

// level raises or lowers the owner level; below 0 there is none.
func (d *groupDialog) level(by int64) {
	if d.rows[d.at].kind != ownerLevel {
		return
	}
	level := int64(-1)
	if d.draft.level != nil {
		level = *d.draft.level
	}
	if level = max(-1, level+by); level < 0 {
		d.draft.level = nil
		return
	}
	d.draft.level = &level
}

// take reads what was chosen; the group under the cursor counts as chosen.
func (d *groupDialog) take() (cmd tea.Cmd, done bool) {
	row := d.rows[d.at]
	name := d.typed.Value()
	switch {
	case row.kind == knownGroup:
		d.draft.group = row.id
	case name != "" && !groupName.MatchString(name):
		d.wrong = errGroupName
		return nil, false
	case name != "":
		d.draft.group = name
	}
	if slices.Contains(d.draft.partitions, "") {
		d.wrong = errNoneRead
		return nil, false
	}
	draft := d.draft
	return d.page.Act(func() tea.Msg { return readMsg{draft} }), true
}

// read goes on with what was chosen, from where the stream was.
func (p *Page) read(what reading) tea.Cmd {
	what.webSocket = p.reads.webSocket
	p.reads = what
	p.reads.use(what.group)
	return p.resume()
}

// groupTrouble tells whether the stream has stopped, or cannot go on, because of its consumer group.
func (p *Page) groupTrouble() bool {
	err := p.trouble()
	for _, kind := range []error{events.ErrStolen, events.ErrTooManyReceivers, events.ErrConsumerGroup} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// trouble is why the stream has stopped, or why the worst of its partitions does not go on; nil when all is well.
func (p *Page) trouble() error {
	if p.parts.ended {
		return p.parts.err
	}
	if worst := p.parts.worst(); worst != nil {
		return worst.Err
	}
	return nil
}

// blocked tells whether the port of the stream seems to be closed to it, so that the other way is worth a try.
func (p *Page) blocked() bool {
	err := p.trouble()
	if p.triedWebSocket(events.Failed) {
		return false
	}
	return errors.Is(err, events.ErrUnreachable) || errors.Is(err, events.ErrTimeout) && !p.parts.flowing()
}

// otherWay reads by WebSocket on port 443, or again on port 5671.
func (p *Page) otherWay() tea.Cmd {
	if !p.blocked() {
		return nil
	}
	return p.turnWay()
}

func (p *Page) turnWay() tea.Cmd {
	p.reads.webSocket = !p.reads.webSocket
	return p.resume()
}

// otherWay names the way that is not taken now.
func (r *reading) otherWay() string {
	if r.webSocket {
		return "AMQP on port 5671"
	}
	return "WebSocket on port 443"
}

// wayText names the other way, as what a key does.
func (p *Page) wayText() string {
	if p.reads.webSocket {
		return "tries port 5671"
	}
	if p.triedWebSocket(events.Worked) {
		return "reads by WebSocket, which works"
	}
	return "tries WebSocket, on port 443"
}

// triedWebSocket tells whether port 443 was tried beside 5671, and this became of it.
func (p *Page) triedWebSocket(what events.Try) bool {
	var failed *events.Error
	return !p.reads.webSocket && errors.As(p.trouble(), &failed) && failed.WebSocket == what
}

// readText says what is read, in as little as the head of the page has room for: "" is not in it.
func (r *reading) text() string {
	text := r.group
	switch n := len(r.partitions); {
	case n == 1:
		text += " p" + r.partitions[0]
	case n > 1:
		text += fmt.Sprintf(" %d partitions", n)
	}
	if r.level != nil {
		text += " owner level " + strconv.FormatInt(*r.level, 10)
	}
	if r.webSocket {
		text += " by WebSocket"
	}
	return text
}
