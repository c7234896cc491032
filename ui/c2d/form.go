package c2d

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"hubscope/hub/c2d"
	"hubscope/ui/mistake"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
	"hubscope/ui/safe"
	"hubscope/ui/widget"
	"hubscope/ui/widget/editor"
)

// part is a place of the form, in the order in which they stand.
type part int

const (
	kindPart part = iota
	bodyPart
	idPart
	correlationPart
	userPart
	ackPart
	expiryPart
	contentPart
	encodingPart
	propertiesPart
	parts
)

// The kinds of a body.
const (
	textBody = iota
	jsonBody
	fileBody
)

var (
	kindNames = []string{"text", "JSON", "file"}
	acks      = []c2d.Ack{c2d.AckNone, c2d.AckPositive, c2d.AckNegative, c2d.AckFull}
)

// form is a message being written. What is typed stays in it until something else is typed.
type form struct {
	ctx    *page.Context
	kind   int
	ack    int
	body   *editor.Editor // of text and JSON
	fields map[part]*widget.Filter
	file   fileBoard
	props  *editor.Editor
	at     part

	json       *mistake.Mistake // of the body
	properties []c2d.Property
	wrong      *lineMistake // of the properties

	pens          [paint.Kinds]paint.Pen
	width, height int
	top           int // the first line that is drawn
}

func newForm(ctx *page.Context) *form {
	f := &form{ctx: ctx, ack: slices.Index(acks, c2d.AckFull), fields: map[part]*widget.Filter{
		idPart:          widget.NewFilter("", "made for you"),
		correlationPart: widget.NewFilter("", "none"),
		userPart:        widget.NewFilter("", "none"),
		expiryPart:      widget.NewFilter("", "as the hub is set, mostly 1 h"),
		contentPart:     widget.NewFilter("", "none"),
		encodingPart:    widget.NewFilter("", "none"),
	}}
	f.file.path = widget.NewFilter("", "its path, such as ~/message.bin")
	f.body = editor.New("", func(line string) string {
		if f.kind == jsonBody {
			return editor.JSON(line, &f.pens)
		}
		return f.ctx.Styles.Text.Render(line)
	})
	f.props = editor.New("", nil)
	f.sharpen()
	return f
}

// sharpen makes the pens of the present theme.
func (f *form) sharpen() {
	f.pens = paint.NewSpanPens(f.ctx.Styles, f.ctx.Styles.Text.UnsetForeground())
}

// take puts a message into the form.
func (f *form) take(d draft) {
	f.kind = textBody
	switch {
	case d.file != "":
		f.kind = fileBody
		f.file.path.Set(d.file)
	case d.json:
		f.kind = jsonBody
	}
	if d.file == "" {
		f.setBody(string(d.Body))
	}
	for at, text := range map[part]string{
		idPart: d.MessageID, correlationPart: d.CorrelationID, userPart: d.UserID, expiryPart: f.expiryText(d),
		contentPart: d.ContentType, encodingPart: d.ContentEncoding,
	} {
		f.fields[at].Set(text)
	}
	f.ack = max(0, slices.Index(acks, d.Ack))
	lines := make([]string, len(d.Properties))
	for i, p := range d.Properties {
		lines[i] = p.Name + "=" + p.Value
	}
	f.props.Replace(strings.Join(lines, "\n"))
	f.check()
}

func (f *form) expiryText(d draft) string {
	switch {
	case d.TTL > 0:
		return strings.ReplaceAll(widget.Interval(d.TTL), " ", "")
	case !d.Expiry.IsZero():
		return f.ctx.Zoned(d.Expiry).Format("2006-01-02 15:04:05")
	}
	return ""
}

func (f *form) setBody(text string) {
	if text != f.body.Text() {
		f.body.Replace(text)
	}
	f.check()
}

// check marks where body and properties are wrong.
func (f *form) check() {
	f.json = nil
	if f.kind == jsonBody {
		f.json = mistake.JSON(f.body.Text())
	}
	f.body.Mark()
	if f.json != nil && f.json.Line > 0 {
		f.body.Mark(f.json.Line)
	}
	f.properties, f.wrong = readProperties(f.props.Text())
	f.props.Mark()
	if f.wrong != nil {
		f.props.Mark(f.wrong.line)
	}
}

// draft is what the form says, or what is wrong with it and where.
func (f *form) draft(to c2d.To, now time.Time) (draft, part, error) {
	d := draft{json: f.kind == jsonBody}
	d.Ack, d.Properties = acks[f.ack], f.properties
	for at, field := range map[part]*string{
		idPart: &d.MessageID, correlationPart: &d.CorrelationID, userPart: &d.UserID,
		contentPart: &d.ContentType, encodingPart: &d.ContentEncoding,
	} {
		*field = strings.TrimSpace(f.fields[at].Value())
	}
	if at, err := f.takeBody(&d); err != nil {
		return d, at, err
	}
	if err := c2d.CheckID(d.MessageID); err != nil {
		return d, idPart, fmt.Errorf("the message id %w", err)
	}
	ends, err := readExpiry(f.fields[expiryPart].Value(), now)
	if err != nil {
		return d, expiryPart, fmt.Errorf("expires: %w", err)
	}
	d.TTL, d.Expiry = ends.ttl, ends.at
	if f.wrong != nil {
		return d, propertiesPart, fmt.Errorf("the properties: %s", f.wrong)
	}
	if err := d.Check(to, now); err != nil {
		return d, partOf(err), err
	}
	return d, kindPart, nil
}

func (f *form) takeBody(d *draft) (part, error) {
	switch {
	case f.kind == fileBody:
		d.file = strings.TrimSpace(f.file.path.Value())
		return bodyPart, f.file.problem()
	case f.json != nil:
		return bodyPart, fmt.Errorf("the body is not JSON: %s", f.json)
	case d.json && strings.TrimSpace(f.body.Text()) == "":
		return bodyPart, errors.New("the body is not JSON: a value is missing")
	}
	d.Body = []byte(f.body.Text())
	if d.json && d.ContentType == "" {
		d.ContentType = "application/json"
		if d.ContentEncoding == "" {
			d.ContentEncoding = "utf-8"
		}
	}
	return bodyPart, nil
}

// partOf is where a field stands that no hub takes.
func partOf(err error) part {
	var wrong *c2d.FieldError
	if !errors.As(err, &wrong) {
		return bodyPart
	}
	switch wrong.Field {
	case "message id":
		return idPart
	case "correlation id":
		return correlationPart
	case "content type":
		return contentPart
	case "content encoding":
		return encodingPart
	case "expiry":
		return expiryPart
	}
	return bodyPart
}

// focus puts the cursor into a part.
func (f *form) focus(at part) {
	f.blur()
	f.at = at
	if field := f.field(at); field != nil {
		field.Focus()
	}
	f.scroll()
}

func (f *form) blur() {
	for _, field := range f.fields {
		field.Blur()
	}
	f.file.path.Blur()
}

// field is the line that is typed into at a part; nil at choices and editors.
func (f *form) field(at part) *widget.Filter {
	if at == bodyPart && f.kind == fileBody {
		return f.file.path
	}
	return f.fields[at]
}

// editorAt is the text that is typed into at a part; nil at others.
func (f *form) editorAt(at part) *editor.Editor {
	switch {
	case at == bodyPart && f.kind != fileBody:
		return f.body
	case at == propertiesPart:
		return f.props
	}
	return nil
}

// toMistake goes to where the body or the properties are wrong.
func (f *form) toMistake() {
	switch {
	case f.json != nil:
		f.focus(bodyPart)
		if f.json.Line > 0 {
			f.body.Go(f.json.Line, f.json.Column)
		}
	case f.wrong != nil:
		f.focus(propertiesPart)
		f.props.Go(f.wrong.line, 1)
	}
}

// update types, chooses and moves between the parts.
func (f *form) update(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && f.move(press) {
		return nil
	}
	defer f.scroll()
	if e := f.editorAt(f.at); e != nil {
		if e.Update(msg) {
			f.check()
		}
		return nil
	}
	if field := f.field(f.at); field != nil {
		return field.Update(msg)
	}
	return nil
}

func (f *form) move(msg tea.KeyPressMsg) bool {
	k := f.ctx.Keys
	vertical := msg.Code == tea.KeyUp || msg.Code == tea.KeyDown
	switch {
	case vertical && f.editorAt(f.at) != nil:
		return f.leaveEditor(msg)
	case f.at == bodyPart && f.kind == fileBody && f.file.choose(msg):
	case f.choose(msg):
	case key.Matches(msg, k.NextField):
		f.step(1)
	case key.Matches(msg, k.PreviousField):
		f.step(-1)
	default:
		return false
	}
	return true
}

// step goes to the next part, round and round.
func (f *form) step(n part) { f.focus((f.at + n + parts) % parts) }

// leaveEditor goes on to the next part at the ends of a text.
func (f *form) leaveEditor(msg tea.KeyPressMsg) bool {
	e := f.editorAt(f.at)
	line, _ := e.Position()
	switch {
	case msg.Code == tea.KeyUp && line == 1:
		f.step(-1)
	case msg.Code == tea.KeyDown && line == strings.Count(e.Text(), "\n")+1:
		f.step(1)
	default:
		return false
	}
	return true
}

// choose turns a choice.
func (f *form) choose(msg tea.KeyPressMsg) bool {
	k, at, n := f.ctx.Keys, &f.ack, len(acks)
	switch f.at {
	case kindPart:
		at, n = &f.kind, len(kindNames)
	case ackPart:
	default:
		return false
	}
	switch {
	case key.Matches(msg, k.Left):
		*at = (*at + n - 1) % n
	case key.Matches(msg, k.Right, k.Pause):
		*at = (*at + 1) % n
	default:
		return false
	}
	f.check()
	return true
}

// summary is the message in a line, for when it is not written.
func (f *form) summary() string {
	text := ""
	switch {
	case f.kind == fileBody && f.file.path.Value() == "":
		text = "no file chosen"
	case f.kind == fileBody:
		text = f.file.path.Value()
	case f.body.Text() == "":
		text = "empty"
	default:
		text = f.body.Text()
	}
	return safe.Inline(strings.Join(strings.Fields(text), " "))
}
