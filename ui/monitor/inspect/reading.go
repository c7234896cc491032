package inspect

import (
	"hubscope/hub/events/payload"
	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/inspect/tree"
	"hubscope/ui/monitor/paint"
)

// reading is what the bodies of an event and of the one before it hold.
type reading struct {
	done             bool
	body, bodyBefore payload.Payload
	tree             *tree.Tree       // of a body that is JSON
	diff             *tree.Difference // nil when one of the bodies is no JSON
}

// Read is what was read and laid out beside the screen.
type Read struct {
	asked uint64
	reading
	doc paint.Document
}

// Work gives what has to be done for the event that is open, once, to be run beside the screen: its result is for Take.
// Nil mostly: only a large body and one that is compressed take long.
func (in *Inspector) Work() func() Read {
	if !in.pending {
		return nil
	}
	in.pending = false
	aside := *in
	aside.folds = in.folds.Clone()
	return func() Read {
		if !aside.done {
			aside.reading = read(&aside.Event, aside.before)
			if aside.tree != nil {
				aside.folds.Apply(aside.tree)
			}
		} else if aside.refold {
			aside.tree = aside.tree.Clone() // the one there is may be read at the same time
			aside.folds.Apply(aside.tree)
		}
		return Read{aside.asked, aside.reading, aside.document()}
	}
}

// Take shows what was read, unless something else is looked at by now.
func (in *Inspector) Take(r Read) {
	if !in.Opened || r.asked != in.asked {
		return
	}
	in.reading, in.doc, in.refold = r.reading, r.doc, false
	in.showWanted()
}

// ask has the event read and laid out aside. What is folded changes only when there is a document again, so that the
// tree is never written to meanwhile.
func (in *Inspector) ask() {
	in.asked++
	in.pending, in.doc = true, reader{}
}

// isLarge tells whether reading the event takes longer than a key may take.
func (in *Inspector) isLarge() bool {
	return !isQuick(&in.Event) || in.before != nil && !isQuick(in.before)
}

// isQuick tells whether a body is read in well under a frame.
func isQuick(e *history.Event) bool {
	const most = 8 << 10
	// What is packed may grow a thousand times with each step: of that even a few bytes are not quick.
	return len(e.Body) <= most && payload.IsPlain(e.ContentType, e.ContentEncoding, e.Body)
}

// largest is how much of a decoded body is looked at: four times what a message of IoT Hub can hold.
const largest = 1 << 20

// read decodes an event and the one before it, which may be nil, and compares them.
func read(e, before *history.Event) reading {
	r := reading{done: true, body: decode(e)}
	if r.body.Form == payload.JSON {
		r.tree = tree.Parse(string(r.body.Data))
	}
	if before == nil {
		return r
	}
	r.bodyBefore = decode(before)
	if r.tree != nil && r.bodyBefore.Form == payload.JSON {
		r.diff = tree.Compare(r.tree, tree.Parse(string(r.bodyBefore.Data)))
	}
	return r
}

// decode reads a body. What it grew to may be too large to be laid out: then it is shown as text, the beginning of it.
func decode(e *history.Event) payload.Payload {
	p := payload.Decode(e.ContentType, e.ContentEncoding, e.Body)
	if p.Form == payload.JSON && len(p.Data) > largest {
		p.Form = payload.Text
	}
	return p
}

// reader is the document while a body is read.
type reader struct{}

// Len implements paint.Document.
func (reader) Len() int { return 1 }

// Line implements paint.Document.
func (reader) Line(_ int, pens *[paint.Kinds]paint.Pen) string {
	return pens[paint.MutedSpan].Render("reading the body…")
}
