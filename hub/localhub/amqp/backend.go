package amqp

import (
	"context"

	"hubscope/hub/localhub/core"
)

// backend is what the endpoint needs of a hub.
type backend interface {
	Authenticate(token string) (core.Principal, error)
	PolicyKeyCheck(policy, key string) (core.Principal, error)
	HasName(host string) bool
	Names() []string
	EventHub() string
	Partitions() int
	ConsumerGroups() []string
	Partition(p int) (core.PartitionInfo, error)
	openReader(p int, from core.Position) (eventReader, error)
}

// eventReader is core.Reader.
type eventReader interface {
	Next(ctx context.Context, max int) ([]core.Record, error)
	Close()
}

// coreHub makes a core.Hub a backend.
type coreHub struct{ *core.Hub }

func (h coreHub) openReader(p int, from core.Position) (eventReader, error) {
	r, err := h.OpenReader(p, from)
	if err != nil {
		return nil, err
	}
	return r, nil
}
