package events

import (
	"context"
	"fmt"
	"time"
)

const (
	// lookEvery is how often all partitions are looked at, lookGap the least time between two questions:
	// a namespace answers 50 a second, for all its readers.
	lookEvery = 2 * time.Second
	lookGap   = 150 * time.Millisecond
	// looksMissed is how many questions in a row may fail on a connection that stands.
	looksMissed = 3
)

// watch asks again and again where the partitions stand: it knows how far behind the receivers are, and it finds
// out about a hub that keeps its connection and answers nothing. It ends with the error that asks for another
// connection.
func (r *run) watch(ctx context.Context, c *connection) error {
	missed := 0
	for sleep(ctx, max(lookEvery, time.Duration(len(r.partitions))*lookGap)) {
		if !c.renew.IsZero() && time.Now().After(c.renew) {
			return errRenew
		}
		for _, p := range r.partitions {
			if p.givenUp() {
				continue
			}
			now, err := c.look(ctx, p.id)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err == nil:
				missed = 0
			case missed+1 == looksMissed || c.dead():
				return err
			default:
				missed++
				r.o.Logger.Debug("look at a partition", "partition", p.id, "error", err)
				continue
			}
			if p.look(now) > r.o.Timeout {
				return r.stalled(c, p)
			}
		}
	}
	return ctx.Err()
}

func (r *run) stalled(c *connection, p *partition) error {
	return &Error{
		Kind: ErrTimeout, Subject: c.scope.host, Partition: p.id,
		Detail: fmt.Sprintf("partition %s has events and sends none", p.id),
	}
}
