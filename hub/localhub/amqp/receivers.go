package amqp

import (
	"strings"
	"sync"

	"hubscope/hub/localhub/amqp/frame"
)

// maxReceivers is how many may read a partition in a consumer group at once,
// without owner level (protocol 7.6, 9).
const maxReceivers = 5

// place is a partition in a consumer group.
type place struct {
	group     string
	partition int
}

// receivers are all partition receivers of a server. It decides who may read
// beside whom (protocol 7.6). The zero value is ready.
type receivers struct {
	mu sync.Mutex
	at map[place][]*occupant // guarded by mu
}

// occupant is a receiver at a place.
type occupant struct {
	link  *link
	name  string
	epoch *int64 // owner level; nil without
}

// join takes a place for a link, and ends the receivers that have to leave for
// it. leave gives the place back; it may be called more than once.
func (r *receivers) join(at place, l *link, epoch *int64) (leave func(), err error) {
	o := &occupant{link: l, name: receiverName(l), epoch: epoch}
	stolen, err := r.admit(at, o)
	if err != nil {
		return nil, err
	}
	for _, old := range stolen {
		old.link.fail(stolenBy(o, old))
	}
	return func() { r.leave(at, o) }, nil
}

func (r *receivers) admit(at place, o *occupant) (stolen []*occupant, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	there := r.at[at]
	if o.epoch == nil {
		if err := checkShared(there, o); err != nil {
			return nil, err
		}
	} else {
		if err := checkEpoch(there, o); err != nil {
			return nil, err
		}
		stolen, there = there, nil
	}
	if r.at == nil {
		r.at = map[place][]*occupant{}
	}
	r.at[at] = append(there, o)
	return stolen, nil
}

// checkShared admits a receiver without epoch: beside four others, and not
// beside one that has an epoch.
func checkShared(there []*occupant, o *occupant) error {
	names := make([]string, 0, len(there))
	for _, other := range there {
		if other.epoch != nil {
			return fault(condStolen, "At least one receiver for the endpoint is created with epoch of '%d', and so non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.", *other.epoch)
		}
		names = append(names, other.name)
	}
	if len(there) >= maxReceivers {
		return fault(condLimit, "Exceeded the maximum number of allowed receivers per partition in a consumer group which is %d. List of connected receivers - %s.", maxReceivers, strings.Join(names, ", "))
	}
	return nil
}

// checkEpoch refuses an epoch that is lower than one that is there.
func checkEpoch(there []*occupant, o *occupant) error {
	for _, other := range there {
		if other.epoch != nil && *other.epoch > *o.epoch {
			return fault(condStolen, "Receiver '%s' with a higher epoch '%d' already exists. Receiver '%s' with epoch %d cannot be created. Make sure you are creating receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.",
				other.name, *other.epoch, o.name, *o.epoch)
		}
	}
	return nil
}

func stolenBy(o, old *occupant) *frame.Error {
	if old.epoch == nil {
		return fault(condStolen, "New receiver '%s' with epoch of '%d' is created hence current receiver '%s' without epoch is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used.", o.name, *o.epoch, old.name)
	}
	return fault(condStolen, "New receiver '%s' with higher epoch of '%d' is created hence current receiver '%s' with epoch '%d' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used.", o.name, *o.epoch, old.name, *old.epoch)
}

func (r *receivers) leave(at place, o *occupant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	there := r.at[at]
	for i, other := range there {
		if other != o {
			continue
		}
		rest := append(append([]*occupant{}, there[:i]...), there[i+1:]...)
		if len(rest) == 0 {
			delete(r.at, at)
		} else {
			r.at[at] = rest
		}
		return
	}
}

// receiverName is what the client calls itself, for the texts of refusals.
func receiverName(l *link) string {
	if v, ok := l.property("com.microsoft:receiver-name"); ok {
		if name, ok := frame.Text(v); ok && name != "" {
			return name
		}
	}
	return "nil"
}
