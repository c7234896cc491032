package core

import (
	"go.etcd.io/bbolt"

	"hubscope/hub/wire"
)

// counts are kept beside the registry, so that statistics need no scan.
type counts struct {
	Total    int64 `json:"total"`
	Disabled int64 `json:"disabled"`
}

func (c *counts) read(tx *bbolt.Tx) error {
	return unsealJSON(tx.Bucket(hubBucket).Get(keyCounts), c)
}

func (c counts) write(tx *bbolt.Tx) error { return putJSON(tx.Bucket(hubBucket), keyCounts, c) }

// change adds n devices of one status.
func (c counts) change(disabled bool, n int64) counts {
	c.Total += n
	if disabled {
		c.Disabled += n
	}
	return c
}

// RegistryStatistics counts the device identities.
func (h *Hub) RegistryStatistics() wire.RegistryStatistics {
	var c counts
	if err := h.db.View(func(tx *bbolt.Tx) error { return c.read(tx) }); err != nil {
		h.o.Logger.Warn("read the registry statistics", "error", err)
	}
	return wire.RegistryStatistics{
		TotalDeviceCount: c.Total, EnabledDeviceCount: c.Total - c.Disabled, DisabledDeviceCount: c.Disabled,
	}
}

// ServiceStatistics counts the devices that are connected.
func (h *Hub) ServiceStatistics() wire.ServiceStatistics {
	return wire.ServiceStatistics{ConnectedDeviceCount: h.sessions.devices()}
}
