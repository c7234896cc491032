package rows

// Gutter is the room before the first column, for the cursor's mark, as in the tables of other pages.
const (
	Gutter = 3
	// FlagSign stands at the edge of a row that is flagged.
	FlagSign = "▌"
	gap      = 2
)

// Widths of columns that do not depend on what they hold.
const (
	timeWidth      = 12 // 14:03:20.112
	partitionWidth = 4
	sourceWidth    = 12
)

// Needs is what the columns must make room for. It only grows, and by steps, so that columns do not move about while
// events flow.
type Needs struct {
	device     int // cells of the longest device id
	sequence   int // digits of the highest sequence number
	properties bool
}

var (
	deviceSteps   = []int{8, 12, 18, 26, 36}
	sequenceSteps = []int{8, 12, 19}
)

// Grow takes what an event needs and tells whether columns must be laid out anew.
func (n *Needs) Grow(device int, sequence int64, properties bool) bool {
	before := *n
	n.device = max(n.device, stepUp(deviceSteps, device))
	n.sequence = max(n.sequence, stepUp(sequenceSteps, digits(sequence)))
	n.properties = n.properties || properties
	return *n != before
}

func stepUp(steps []int, n int) int {
	for _, s := range steps {
		if n <= s {
			return s
		}
	}
	return steps[len(steps)-1]
}

func digits(n int64) int {
	d := 1
	for n > 9 {
		n /= 10
		d++
	}
	return d
}

// Columns holds the width of each column in cells; 0 leaves it out.
type Columns struct {
	width                                                  int // of the whole row
	time, device, partition, sequence, source, body, props int
}

// LayOut divides a row. The body gets what is left.
func LayOut(width int, n Needs) Columns {
	c := Columns{width: width, time: timeWidth, partition: partitionWidth}
	c.device = min(max(n.device, deviceSteps[0]), max(8, width/6))
	if width >= 140 {
		c.sequence = max(n.sequence, sequenceSteps[0])
		c.source = sourceWidth
	}
	if n.properties && width >= 100 {
		c.props = min(max(18, width/5), 44)
	}
	used := Gutter
	for _, w := range []int{c.time, c.device, c.partition, c.sequence, c.source, c.props} {
		if w > 0 {
			used += w + gap
		}
	}
	c.body = max(0, width-used)
	if c.body < 16 && c.device > deviceSteps[0] { // a narrow list beside an open event
		c.body += c.device - deviceSteps[0]
		c.device = deviceSteps[0]
	}
	return c
}
