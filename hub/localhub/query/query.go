package query

// Collection is what a query reads.
type Collection string

// The collections after FROM.
const (
	Devices Collection = "devices"
	Modules Collection = "devices.modules"
	Jobs    Collection = "devices.jobs"
)

// Query is a text that was understood. It never changes, and may be used
// concurrently.
type Query struct {
	text  string
	from  Collection
	top   int // -1: no TOP
	items []item
	where expression // nil: all rows
	group []Path
	aggregated,
	grouped bool
}

// item is one result of a projection; none at all are SELECT *.
type item struct {
	name      string
	value     expression // nil for an aggregate
	aggregate *aggregate
	offset    int
	isNamed   bool // by alias or path
}

// Collection is what the query reads.
func (q *Query) Collection() Collection { return q.from }

// Condition is a WHERE without the word, over one collection: the text of a
// scheduled job (protocol 2.8) or of a configuration's target (protocol 2.9).
type Condition struct {
	from  Collection
	where expression
	text  string
}

// Text is what is behind WHERE, as it was given; empty for all rows.
func (c *Condition) Text() string { return c.text }

// Collection is what the condition reads.
func (c *Condition) Collection() Collection { return c.from }

// Matches tells whether the condition is true for a row.
func (c *Condition) Matches(r Row) bool { return matches(c.where, r) }

func matches(where expression, r Row) bool { return where == nil || where.eval(r).isTrue() }
