package query

import "context"

// Span is the rows whose keys are not less than From, and less than Until. An
// empty Until is no bound, so that the zero Span is all rows.
type Span struct{ From, Until string }

// Source gives the rows of one collection in the order of their keys, by bytes. A
// key begins with the leading member, and goes on, if it does, with a zero byte;
// the leading member has no bytes below 0x20. A source must be safe for concurrent
// use.
type Source interface {
	// Scan visits the rows of a span until visit tells that it has enough, or ctx
	// ends. A row is good only while it is visited; the values and the document that
	// it gave are good for ever. Who writes to the source must not have to wait for
	// the end of a scan: what is written meanwhile is seen or not.
	Scan(ctx context.Context, in Span, visit func(Row) (more bool)) error
	// Leading is the member that keys begin with: deviceId for devices and modules,
	// jobId for jobs.
	Leading() string
}

// Cutter is a [Source] that is worth reading at several places at a time.
type Cutter interface {
	// Cut gives the key of the row that n rows of the span come before; "" when the
	// span has no more than n.
	Cut(ctx context.Context, in Span, n int) (string, error)
}

// Counter is a [Source] that knows how many rows it has.
type Counter interface {
	Count(ctx context.Context) (int64, error)
}

// Sources are what queries read; a nil one has no rows.
type Sources struct{ Devices, Modules, Jobs Source }

func (s Sources) of(c Collection) Source {
	source := map[Collection]Source{Devices: s.Devices, Modules: s.Modules, Jobs: s.Jobs}[c]
	if source == nil {
		return none{}
	}
	return source
}

// none has no rows.
type none struct{}

func (none) Scan(context.Context, Span, func(Row) bool) error { return nil }
func (none) Leading() string                                  { return "deviceId" }
func (none) Count(context.Context) (int64, error)             { return 0, nil }
