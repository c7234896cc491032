package create

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/device/pattern"
	"hubscope/hub"
	"hubscope/ui/failure"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// The lines of the form for many devices. Those below listLine up to manyTags are about a pattern: a file says it itself.
const (
	sourceLine = iota
	listLine
	manyProof
	manyStatus
	manyEdge
	manyParent
	manyTags
	resultsLine
	keysLine
	trialLine
)

// Where the list comes from.
const (
	fromPattern = iota
	fromCSV
	fromJSON
	sources
)

var (
	sourceChoices    = []string{fromPattern: "a pattern", fromCSV: "a file, CSV", fromJSON: "a file, JSON lines"}
	manyProofChoices = []string{"keys that are made here", "X.509, certificate authority"}
	keysChoices      = []string{"no", "yes"}
	trialChoices     = []string{"make them", "dry run: say what would be made"}
)

// listLabels are label and hint of the line that names the list.
var listLabels = [sources][2]string{
	fromPattern: {"Pattern", ""},
	fromCSV:     {"File", "The first line names the columns: deviceId, and if you like authentication, primaryKey, primaryThumbprint, status, iotEdge, deviceScope, tags.site ..."},
	fromJSON:    {"File", `A document of IoT Hub's bulk import a line: {"id":"pump-1","status":"enabled","tags":{"site":"north"}}`},
}

// many is the form for many devices, and what it has under way. It is a dialog of its own: esc stops a run before it
// leaves the form.
type many struct {
	*widget.Sheet
	d      *Dialogs
	source int
	typed  [sources]string // for each source
	named  string          // the results file that was proposed last

	run *manyRun // nil: nothing is under way
}

// Many opens the form for a list of devices.
func (d *Dialogs) Many() tea.Cmd {
	m := &many{d: d, typed: d.lists}
	m.Sheet = widget.NewSheet(d.ctx.Styles, d.ctx.Keys, widget.SheetOptions{
		Title: "New devices, many", Verb: "create", Doing: "reading the list",
		Submit:  func(*widget.Sheet) tea.Cmd { return m.submit() },
		Changed: func(_ *widget.Sheet, line int) tea.Cmd { m.changed(line); return nil },
		Below:   func(width, _ int) []string { return []string{m.bar(width)} },
	}, m.lines()...)
	m.proposeResults()
	return d.ctx.Send(page.OpenDialog{Dialog: m})
}

func (m *many) lines() []widget.Line {
	return []widget.Line{
		sourceLine:  {Label: "From", Options: sourceChoices, Hint: "Where the list of devices comes from."},
		listLine:    {Label: listLabels[fromPattern][0], Value: m.typed[fromPattern], Check: m.checkList, Say: m.sayList},
		manyProof:   {Label: "Proof", Options: manyProofChoices, Hint: "How the devices prove themselves when they connect."},
		manyStatus:  {Label: "Status", Options: statusChoices, Hint: "A device that is disabled cannot connect."},
		manyEdge:    {Label: "IoT Edge", Options: edgeChoices, Hint: "Whether they are devices that run modules, and that others may connect through."},
		manyParent:  {Label: "Parent", Empty: "none", Check: checkParent, Hint: "The id of the IoT Edge device that all of them connect through, or its scope, ms-azure-iot-edge://..."},
		manyTags:    m.d.tagsLine(),
		resultsLine: {Label: "Results", Empty: "not written", Hint: "A file of JSON lines for your eyes only, new each time: what became of each device."},
		keysLine:    {Label: "Keys in it", Options: keysChoices, Hint: "Careful: whoever reads the keys can be these devices. Those of devices that exist already are not in it."},
		trialLine:   {Label: "Then", Options: trialChoices, Hint: "A dry run writes nothing, neither to the hub nor to a file. It says what would be made, and each mistake in a file."},
	}
}

// proposeResults names a results file that is not there yet, unless another was typed.
func (m *many) proposeResults() {
	if m.Value(resultsLine) != m.named {
		return
	}
	name := "new-" + m.d.ctx.Time().Format("060102-150405") + resultsEnd
	m.named = shownPath(filepath.Join(m.d.o.Dir, name))
	m.Set(resultsLine, m.named)
}

func (m *many) changed(line int) {
	if line != sourceLine {
		return
	}
	m.typed[m.source] = m.Value(listLine)
	m.source = m.Chosen(sourceLine)
	m.Rename(listLine, listLabels[m.source][0], listLabels[m.source][1])
	m.Set(listLine, m.typed[m.source])
	for l := manyProof; l <= manyTags; l++ {
		m.Hide(l, m.source != fromPattern)
	}
}

func (m *many) checkList(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case m.source != fromPattern && text == "":
		return errors.New("the name of a file is needed, such as ~/devices.csv")
	case m.source != fromPattern:
		return nil
	case text == "":
		return errors.New("a pattern is needed, such as pump-{001..250}")
	}
	_, err := pattern.Parse(text)
	return err
}

// sayList is what the text stands for.
func (m *many) sayList(text string) string {
	if m.source != fromPattern {
		return listLabels[m.source][1]
	}
	all, err := pattern.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || all.Len() == 0:
		return "pump-{001..250} stands for 250 devices, {north,south}-{a..f} for twelve."
	case all.Len() == 1:
		return "One device: " + safe.Line(all.At(0), 100) + ". {001..250} and {north,south} stand for many."
	}
	return safe.Line(widget.Count(all.Len())+" devices: "+all.At(0)+" to "+all.At(all.Len()-1)+".", 180)
}

// submit begins a run. The form stays for its end.
func (m *many) submit() tea.Cmd {
	dry := m.Chosen(trialLine) == 1
	if denied := failure.Denied(m.d.ctx, page.ChangeRegistry, "no devices created"); denied != nil && !dry {
		m.Fail(m.d.ctx.Denied(page.ChangeRegistry), "")
		return denied
	}
	m.typed[m.source] = m.Value(listLine)
	m.d.lists = m.typed
	j := job{
		source: m.source, list: strings.TrimSpace(m.Value(listLine)), dry: dry,
		results: typedPath(m.Value(resultsLine)), proposed: m.Value(resultsLine) == m.named, withKeys: m.Chosen(keysLine) == 1, like: m.like(),
		parent: strings.TrimSpace(m.Value(manyParent)),
	}
	ctx, cancel := context.WithCancel(m.d.box.Base())
	stop, halt := context.WithCancel(ctx)
	m.run = &manyRun{many: m, job: j, cancel: cancel, halt: halt, told: make(chan progress, 1), done: make(chan manyOutcome, 1)}
	m.Say("reading the list")
	return tea.Batch(m.run.work(ctx, stop), m.run.await())
}

// like is what the devices of a pattern have in common.
func (m *many) like() hub.Change {
	c := hub.Change{Device: hub.Device{Status: hub.Status(m.Value(manyStatus)), IoTEdge: m.Chosen(manyEdge) == 1}}
	if m.Chosen(manyProof) == 1 {
		c.Device.Auth.Type = hub.AuthCA
	}
	if text := strings.TrimSpace(m.Value(manyTags)); strings.HasPrefix(text, "{") {
		c.Tags = json.RawMessage(text)
	}
	return c
}

// Update implements page.Dialog: the first esc of a run stops it, the next one does not wait for its last calls.
func (m *many) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, isKey := msg.(tea.KeyPressMsg)
	if m.run != nil && isKey {
		if key.Matches(press, m.d.ctx.Keys.Cancel) {
			m.run.end()
			m.Say(m.run.words(m.d.ctx.Time()))
		}
		return nil, false
	}
	return m.Sheet.Update(msg)
}

// ShortHelp implements page.Dialog.
func (m *many) ShortHelp() []key.Binding {
	if m.run == nil {
		return m.Sheet.ShortHelp()
	}
	return []key.Binding{widget.StopHelp(m.d.ctx.Keys.Cancel, m.run.stopping, false)}
}

// bar is how far a run is.
func (m *many) bar(width int) string {
	if m.run == nil || m.run.now.Total == 0 {
		return ""
	}
	s := m.d.ctx.Styles
	return "  " + widget.Bar(s, float64(m.run.now.Done())/float64(m.run.now.Total), width-2)
}

// tickEvery is how often the screen follows a run that says nothing, as while it waits.
const tickEvery = 250 * time.Millisecond
