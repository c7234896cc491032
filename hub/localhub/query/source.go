package query

import "context"

// Source gives the rows of one collection in the order of their keys, by bytes.
// It must be safe for concurrent use.
type Source interface {
	// Scan gives up to n rows, from the first whose key is greater than after on; ""
	// starts at the beginning. Fewer than n rows are the last ones.
	Scan(ctx context.Context, after string, n int) ([]Row, error)
	// Lookup is Scan over the rows whose leading member has the value.
	Lookup(ctx context.Context, value, after string, n int) ([]Row, error)
	// Leading is the member that keys begin with: deviceId for devices and modules,
	// jobId for jobs.
	Leading() string
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

func (none) Scan(context.Context, string, int) ([]Row, error)           { return nil, nil }
func (none) Lookup(context.Context, string, string, int) ([]Row, error) { return nil, nil }
func (none) Leading() string                                            { return "deviceId" }
func (none) Count(context.Context) (int64, error)                       { return 0, nil }
