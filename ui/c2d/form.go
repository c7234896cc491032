package c2d

import (
	"slices"

	"hubscope/hub/c2d"
	"hubscope/ui/mistake"
	"hubscope/ui/monitor/paint"
	"hubscope/ui/page"
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
