package create

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"time"

	"hubscope/device/pattern"
	"hubscope/hub"
	"hubscope/hub/provision"
	"hubscope/hub/provision/list"
)

// manyOutcome is what became of a run.
type manyOutcome struct {
	counts  provision.Counts
	summary list.Summary // of a file, when it was read
	first   hub.Device   // that was made; of a dry run, that would be
	last    string       // that was made, or would be
	failed  failures     // what went wrong with single devices
	warned  failures     // made, but not in full
	results string       // the path of what was written
	err     error        // why it did not go on
	took    time.Duration
}

// run reads the list, and makes what is in it; stop ends it in good order.
func (j job) run(ctx, stop context.Context, store Store, tell func(progress)) (o manyOutcome) {
	began := time.Now()
	defer func() { o.took = time.Since(began) }()
	total, err := j.check(stop, &o, tell)
	if err != nil || len(o.summary.Mistakes) > 0 || total == 0 {
		o.err = err
		return o
	}
	if o.err = j.join(ctx, store); o.err != nil {
		return o
	}
	entries, closeList, err := j.open(stop)
	if err != nil {
		o.err = err
		return o
	}
	defer closeList()
	out, err := j.resultsFile()
	if err != nil {
		o.err = err
		return o
	}
	o.counts, o.err = provision.Each(hub.TryOnce(ctx), store, good(entries, &err), total, provision.Options{
		Create: true, DryRun: j.dry, Keyless: true, Stop: stop,
		Progress: func(p provision.Progress) { tell(progress{Progress: p, read: total}) },
	}, func(e provision.Entry, item provision.Item) error {
		o.note(item)
		return out.write(e, item)
	})
	o.results = out.path
	o.err = errors.Join(o.err, err, out.close())
	return o
}

// check is how many devices the list has, and what is wrong with it.
func (j job) check(stop context.Context, o *manyOutcome, tell func(progress)) (total int, err error) {
	if j.source == fromPattern {
		all, err := pattern.Parse(j.list)
		return all.Len(), err
	}
	entries, closeList, err := j.open(stop)
	if err != nil {
		return 0, err
	}
	defer closeList()
	o.summary, err = list.Check(entries, func(n int) { tell(progress{read: n}) })
	return o.summary.Entries, err
}

// join puts what the devices of a pattern have in common below their parent.
func (j *job) join(ctx context.Context, store Store) error {
	if j.source != fromPattern {
		return nil
	}
	return limited(ctx, func(ctx context.Context) error { return join(ctx, store, &j.like.Device, j.parent) })
}

// open begins to read the list.
func (j job) open(stop context.Context) (entries iter.Seq2[provision.Entry, error], closeList func(), err error) {
	if j.source == fromPattern {
		all, err := pattern.Parse(j.list)
		return j.fromPattern(all), func() {}, err
	}
	file, err := os.Open(typedPath(j.list))
	if err != nil {
		return nil, nil, &fileError{"the list cannot be read", err}
	}
	format := list.CSV
	if j.source == fromJSON {
		format = list.JSONLines
	}
	return list.Entries(stoppable{stop, file}, format), func() { _ = file.Close() }, nil
}

func (j job) fromPattern(all pattern.Pattern) iter.Seq2[provision.Entry, error] {
	return func(yield func(provision.Entry, error) bool) {
		for id := range all.All() {
			c := j.like
			c.Device.DeviceID = id
			if !yield(provision.Entry{Change: c}, nil) {
				return
			}
		}
	}
}

// stoppable is a file whose reading can be ended.
type stoppable struct {
	stop context.Context
	file *os.File
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.stop.Err(); err != nil {
		return 0, err
	}
	n, err := s.file.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &fileError{"the list cannot be read", err}
	}
	return n, err
}

// good are the entries of a list that has been checked. Its reading ends with what is wrong all the same: somebody has
// changed the file.
func good(entries iter.Seq2[provision.Entry, error], problem *error) iter.Seq[provision.Entry] {
	return func(yield func(provision.Entry) bool) {
		for e, err := range entries {
			if err != nil {
				*problem = err
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}

// note keeps what the end of the run is told about.
func (o *manyOutcome) note(item provision.Item) {
	switch item.Outcome {
	case provision.Created, provision.WouldCreate:
		if o.first.DeviceID == "" {
			o.first = item.Device
			o.first.DeviceID = item.DeviceID
		}
		o.last = item.DeviceID
	case provision.Failed:
		o.failed.add(item.DeviceID, item.Err)
	}
	if item.Warning != nil {
		o.warned.add(item.DeviceID, item.Warning)
	}
}

// fileError is what the system says about a file.
type fileError struct {
	what string
	err  error
}

func (e *fileError) Error() string { return e.what + ": " + e.reason() }

func (e *fileError) Unwrap() error { return e.err }

func (e *fileError) reason() string {
	var path *os.PathError
	switch {
	case errors.Is(e.err, os.ErrNotExist) && errors.As(e.err, &path):
		return "there is no file " + shownPath(path.Path)
	case errors.Is(e.err, os.ErrExist) && errors.As(e.err, &path):
		return "the file " + shownPath(path.Path) + " is there already, and is left alone"
	case errors.Is(e.err, os.ErrPermission) && errors.As(e.err, &path):
		return "the system does not let you use " + shownPath(path.Path)
	}
	return e.err.Error()
}

// Explain implements hub.Explainer.
func (e *fileError) Explain() (sentence, next string) {
	return e.Error(), "write the name of another file"
}
