package eventlog

import (
	"sort"
	"strconv"

	"go.etcd.io/bbolt"
)

// locate turns a position into the sequence number of the first event to
// deliver, and the time that events must be after.
func (l *Log) locate(p *partition, from Position) (sequence, after int64, err error) {
	p.mu.Lock()
	s := p.committed
	p.mu.Unlock()
	switch from.Kind {
	case Latest:
		return s.next, 0, nil
	case Sequence:
		sequence, err = locateSequence(s, from)
	case Offset:
		sequence, err = l.locateOffset(p, s, from)
	case Enqueued:
		return l.locateTime(p, s, from)
	default: // Earliest
		return s.begin, 0, nil
	}
	return max(sequence, s.begin), 0, err
}

func locateSequence(s state, from Position) (int64, error) {
	if from.Sequence >= s.next && (from.Sequence > 0 || s.next > 0) {
		return 0, &PositionError{What: "sequence number", Given: strconv.FormatInt(from.Sequence, 10), Last: strconv.FormatInt(s.next-1, 10)}
	}
	if from.Inclusive {
		return from.Sequence, nil
	}
	return from.Sequence + 1, nil
}

func (l *Log) locateOffset(p *partition, s state, from Position) (int64, error) {
	switch from.Offset {
	case "-1", "":
		return s.begin, nil
	case "@latest":
		return s.next, nil
	}
	offset, err := strconv.ParseInt(from.Offset, 10, 64)
	if err != nil || offset < 0 || s.next == 0 || offset > s.lastOffset {
		last := "-1"
		if s.next > 0 {
			last = strconv.FormatInt(s.lastOffset, 10)
		}
		return 0, &PositionError{What: "offset", Given: from.Offset, Last: last}
	}
	if !from.Inclusive {
		offset++
	}
	return l.search(p, s, func(_, last int64) bool { return last >= offset }, func(r *Record) bool {
		at, _ := strconv.ParseInt(r.Offset, 10, 64)
		return at >= offset
	})
}

func (l *Log) locateTime(p *partition, s state, from Position) (sequence, after int64, err error) {
	after = from.Time.UnixMilli()
	if from.Inclusive {
		after--
	}
	if s.next == 0 || after >= s.lastEnqueued {
		return s.next, max(after, 0), nil // to come, and then perhaps still too early
	}
	sequence, err = l.search(p, s,
		func(newest, _ int64) bool { return newest > after },
		func(r *Record) bool { return r.Enqueued.UnixMilli() > after })
	return sequence, 0, err
}

// search finds the first event that matches in a partition where all that come
// after it match as well, and returns its sequence number, or that of the next
// event to come. InBlock is asked of the last event of a block, by its enqueued
// time and offset.
func (l *Log) search(p *partition, s state, inBlock func(newest, lastOffset int64) bool, matches func(*Record) bool) (int64, error) {
	result := s.next
	err := l.db.View(func(tx *bbolt.Tx) error {
		events, err := p.events(tx)
		if err != nil {
			return err
		}
		c := events.Cursor()
		var failed error
		at := sort.Search(int(s.next-s.begin), func(i int) bool {
			key, value := seekBlock(c, s.begin+int64(i))
			if key == nil {
				return true
			}
			head, err := readHead(key, value)
			if err != nil {
				failed = err
			}
			return failed != nil || inBlock(head.newest, head.lastOffset)
		})
		if failed != nil {
			return failed
		}
		result, err = firstInBlock(c, s.begin+int64(at), s.next, matches)
		return err
	})
	return result, err
}

// firstInBlock looks for the first match in the block of sequence.
func firstInBlock(c *bbolt.Cursor, sequence, otherwise int64, matches func(*Record) bool) (int64, error) {
	key, value := seekBlock(c, sequence)
	if key == nil {
		return otherwise, nil
	}
	records, err := readBlock(key, value, sequence, nil)
	for i := range records {
		if matches(&records[i]) {
			return records[i].Sequence, err
		}
	}
	return otherwise, err
}
