package eventlog

// tail is the newest events of a partition, in memory. It keeps at least the
// newest one, and at most limit bytes of others.
type tail struct {
	limit int64
	bytes int64
	// first is the sequence number of records[start], or of the next event.
	first   int64
	start   int
	records []Record
}

// perRecord is about what a Record takes besides its payload.
const perRecord = 128

// add appends records, which follow on those it has.
func (t *tail) add(records []Record) {
	for i := range records {
		t.bytes += int64(cap(records[i].Payload) + perRecord)
	}
	t.records = append(t.records, records...)
	for t.bytes > t.limit && t.len() > 1 {
		t.drop()
	}
	t.compact()
}

func (t *tail) len() int { return len(t.records) - t.start }

func (t *tail) drop() {
	r := &t.records[t.start]
	t.bytes -= int64(cap(r.Payload) + perRecord)
	*r = Record{}
	t.start++
	t.first++
}

// compact moves the records to the front of their slice once half of it is
// free: each is moved about once.
func (t *tail) compact() {
	if t.start < 64 || t.start < len(t.records)/2 {
		return
	}
	n := copy(t.records, t.records[t.start:])
	clear(t.records[n:])
	t.records, t.start = t.records[:n], 0
}

// from copies up to max records from sequence number on to out. It must be in
// the tail, or the next to come.
func (t *tail) from(sequence int64, max int, out []Record) []Record {
	at := t.start + int(sequence-t.first)
	if at >= len(t.records) {
		return out
	}
	return append(out, t.records[at:min(len(t.records), at+max)]...)
}

// forget drops what retention has taken.
func (t *tail) forget(begin int64) {
	for t.first < begin && t.len() > 0 {
		t.drop()
	}
	t.compact()
}
