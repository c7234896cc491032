package monitor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
)

// offline is a recording that is shown in place of the stream.
type offline struct {
	files  []string // none: the stream is shown
	damage *damage
}

func (o *offline) on() bool { return len(o.files) > 0 }

// name is short, for the head.
func (o *offline) name() string {
	text := filepath.Base(o.files[0])
	if n := len(o.files) - 1; n > 0 {
		text += fmt.Sprintf(" +%d", n)
	}
	return text
}

// damage is what could not be read. The source adds to it, the page reads it when that has ended.
type damage struct {
	mu    sync.Mutex
	count int
	first []error
	torn  bool
}

func (d *damage) add(path string, err error) {
	const most = 20
	d.mu.Lock()
	defer d.mu.Unlock()
	if errors.Is(err, recording.ErrTorn) {
		d.torn = true
		return
	}
	d.count++
	if len(d.first) < most {
		d.first = append(d.first, fmt.Errorf("%s: %w", filepath.Base(path), err))
	}
}

// recorded is a recording as a source.
type recorded struct{ files recording.Files }

func (r *recorded) Run(ctx context.Context, sink events.Sink) error { return r.files.Run(ctx, sink) }

// source is what opens the source of a reading: the stream, or the recording that is shown.
func (p *Page) source() func(Reading) (Source, error) {
	if !p.offline.on() {
		return p.o.Open
	}
	d := &damage{}
	p.offline.damage = d
	files := p.offline.files
	return func(Reading) (Source, error) {
		return &recorded{recording.Files{Paths: files, Damaged: d.add}}, nil
	}
}

type (
	// openRecordingMsg shows recordings; none goes back to the stream.
	openRecordingMsg struct{ files []string }
	// askRecordingMsg asks for one.
	askRecordingMsg struct{}
)

// showRecording shows files in place of the stream, or the stream again.
func (p *Page) showRecording(files []string) tea.Cmd {
	var ending tea.Cmd
	if len(files) > 0 {
		ending = p.endRecord()
	}
	p.offline = offline{files: files}
	p.flows = newFlows()
	p.clear()
	return tea.Batch(ending, p.open(p.reads.at(p.start.position(p.ctx.Time()), nil)))
}

// recordingForm asks for a recording to be shown.
func (p *Page) recordingForm() tea.Cmd {
	var form *widget.Form
	form = widget.NewForm(p.ctx.Styles, p.ctx.Keys, "Open a recording", "open", func(values []string) tea.Cmd {
		path := expandHome(values[0])
		if path == "" {
			return nil
		}
		return p.Act(func() tea.Msg {
			files, err := filepath.Glob(path)
			if err != nil || len(files) == 0 {
				files = []string{path} // the failure to open it says why
			}
			return recordingFoundMsg{form, files}
		})
	}, widget.Field{
		Label: "File", Limit: 400,
		Check: func(name string) error {
			if name == "" {
				return nil
			}
			return checkFile(name)
		},
		Hint: "Lines of JSON, as R and x write them, compressed or not; * and ? name several, which are shown in the order of their times.",
	})
	return p.ctx.Send(page.OpenDialog{Dialog: form})
}

// recordingFoundMsg brings the files that were meant.
type recordingFoundMsg struct {
	form  *widget.Form
	files []string
}

// onOffline takes the messages about recordings that are shown, and about the one that is made.
func (p *Page) onOffline(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case askRecordingMsg:
		return p.recordingForm()
	case recordingFoundMsg:
		return tea.Batch(p.ctx.Send(page.CloseDialog{Dialog: msg.form}), p.showRecording(msg.files))
	case openRecordingMsg:
		return p.showRecording(msg.files)
	case recordOpenedMsg:
		return p.onRecordOpened(msg)
	case recordEndedMsg:
		return p.onRecordEnded(msg)
	}
	return nil
}

// recordingEnded tells what of a recording could not be read, once all of it was.
func (p *Page) recordingEnded() tea.Cmd {
	d := p.offline.damage
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var cmds []tea.Cmd
	for _, err := range d.first {
		cmds = append(cmds, page.Tell(page.Report{Severity: page.Warning, Text: err.Error(), Quiet: true}))
	}
	switch {
	case d.count == 1:
		cmds = append(cmds, page.Tell(page.Report{Severity: page.Warning, Text: d.first[0].Error() + "; it was passed over"}))
	case d.count > 1:
		cmds = append(cmds, page.Tell(page.Report{
			Severity: page.Warning, Text: widget.Plural(d.count, "line") + " are damaged and were passed over, the first: " + d.first[0].Error(), Next: "J lists them",
		}))
	case d.torn:
		cmds = append(cmds, page.Tell(page.Report{Severity: page.Info, Text: "the recording ends within a line, as when its writer was killed: all before it is here"}))
	}
	return tea.Sequence(cmds...)
}

// offlineMenu is in the place of what chooses a start, for a recording has none.
func (p *Page) offlineMenu() tea.Cmd {
	files := p.offline.files
	open := func(files []string) tea.Cmd {
		return p.Act(func() tea.Msg { return openRecordingMsg{files} })
	}
	choices := []widget.Choice{
		{Key: "r", Label: "read the recording again", Hint: safe.Line(p.offline.name(), 40), Run: open(files)},
		{Key: "o", Label: "open another one", Run: p.Act(func() tea.Msg { return askRecordingMsg{} })},
	}
	if p.o.Open != nil {
		choices = append(choices, widget.Choice{Key: "l", Label: "show the live stream", Hint: safe.Line(p.ctx.Hub, 40), Run: open(nil)})
	}
	return p.ctx.Send(page.OpenDialog{Dialog: widget.NewMenu(p.ctx.Styles, p.ctx.Keys, "Recording", choices...)})
}

// offlineText says what is shown in the place of where the stream begins.
func (p *Page) offlineText() string {
	return p.ctx.Styles.Accent.Render("recording " + safe.Line(p.offline.name(), max(16, p.width/4)))
}

// offlineCommands are those of the palette.
func (p *Page) offlineCommands() []page.Command {
	commands := []page.Command{
		{Name: "events export", Desc: "write what is shown, or all that is kept, to a file", Run: p.exportMenu},
		{Name: "events record", Desc: "write all events to a file as they come", Run: p.toggleRecord},
		{Name: "events open recording", Desc: "show events from a file in place of the stream", Run: p.recordingForm},
	}
	if p.record.run != nil {
		commands = append(commands, page.Command{Name: "events end recording", Desc: "write what is left and close the file", Run: p.endRecord})
	}
	if p.offline.on() && p.o.Open != nil {
		commands = append(commands, page.Command{Name: "events live", Desc: "leave the recording and show the stream", Run: func() tea.Cmd { return p.showRecording(nil) }})
	}
	return commands
}

// recordingAdvice is what an empty recording says.
func (p *Page) recordingAdvice() advice {
	name := strings.TrimSpace(p.offline.name())
	if !p.ended() {
		return advice{"Reading " + name, nil}
	}
	a := advice{title: name + " holds no event"}
	a.lines = append(a.lines, reason{"t", "opens another recording"})
	return a
}

// offlineMode is in the place of following: a recording that was read brings nothing more.
func (p *Page) offlineMode() string {
	if p.ended() {
		return p.ctx.Styles.Text.Render("▪ offline")
	}
	return p.ctx.Styles.Waiting.Render("↓ reading")
}
