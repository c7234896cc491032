package core

import (
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"hubscope/hub/wire"
)

// twin is the stored half of a twin: what the identity does not have. Versions
// and documents are as in the protocol's JSON (protocol 2.5).
type twin struct {
	Version uint64          `json:"v"`
	ETag    uint64          `json:"e"`
	ModelID string          `json:"m,omitempty"`
	Tags    json.RawMessage `json:"t,omitempty"`
	// Desired and Reported hold $metadata and $version too; absent means as in
	// a new twin.
	Desired  json.RawMessage `json:"d,omitempty"`
	Reported json.RawMessage `json:"r,omitempty"`
	// Configurations says which configurations target the twin (protocol 2.5).
	Configurations json.RawMessage `json:"c,omitempty"`
}

// newTwin is a twin that nobody has written to.
func newTwin() twin { return twin{Version: 2, ETag: 1} }

var (
	emptyObject     = json.RawMessage(`{}`)
	emptyProperties = json.RawMessage(`{"$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z"},"$version":1}`)
)

// Twin returns the twin of a device. Errors: 404001, 404010.
func (h *Hub) Twin(id ID) (wire.Twin, error) {
	var t wire.Twin
	err := h.db.View(func(tx *bbolt.Tx) error {
		i, err := readIdentity(tx, id)
		if err != nil {
			return err
		}
		t, err = h.readTwin(tx, id, &i)
		return err
	})
	return t, err
}

// Twins returns up to n twins in the order of device ids, from the first one
// after the given id on ("" starts at the beginning), and where to go on: ""
// when there are no more.
func (h *Hub) Twins(after string, n int) (items []wire.Twin, next string, err error) {
	items = make([]wire.Twin, 0, min(n, 1000))
	// One more than asked for tells whether there are more.
	err = h.scan(after, n+1, func(tx *bbolt.Tx, id string, i *identity) error {
		if len(items) == n {
			if n > 0 {
				next = items[n-1].DeviceID
			}
			return nil
		}
		t, err := h.readTwin(tx, ID{Device: id}, i)
		items = append(items, t)
		return err
	})
	return items, next, err
}

// readForTwin reads what a write to a twin begins with.
func readForTwin(tx *bbolt.Tx, id ID) (identity, twin, error) {
	var t twin
	i, err := readIdentity(tx, id)
	if err == nil {
		err = unsealJSON(tx.Bucket(twinsBucket).Get(id.key()), &t)
	}
	return i, t, err
}

func (h *Hub) readTwin(tx *bbolt.Tx, id ID, i *identity) (wire.Twin, error) {
	var t twin
	if err := unsealJSON(tx.Bucket(twinsBucket).Get(id.key()), &t); err != nil {
		return wire.Twin{}, err
	}
	return h.wireTwin(tx, id, i, &t)
}

// wireTwin is the document that the service reads.
func (h *Hub) wireTwin(tx *bbolt.Tx, id ID, i *identity, t *twin) (wire.Twin, error) {
	a, err := readActivity(tx, id.key())
	if err != nil {
		return wire.Twin{}, err
	}
	a, connected := h.current(id, a)
	return wire.Twin{
		DeviceID: id.Device, ModuleID: id.Module, ETag: twinETag(t.ETag), DeviceETag: deviceETag(i.ETag),
		Status: i.status(), StatusReason: i.StatusReason, StatusUpdateTime: wire.Time{Time: i.StatusUpdated},
		ConnectionState: connectionState(connected), LastActivityTime: wire.Time{Time: a.Last},
		CloudToDeviceMessageCount: h.c2d.Count(tx, string(id.key())),
		AuthenticationType:        i.AuthType,
		X509Thumbprint:            &wire.X509Thumbprint{PrimaryThumbprint: i.PrimaryThumbprint, SecondaryThumbprint: i.SecondaryThumbprint},
		ModelID:                   t.ModelID, Version: int64(t.Version),
		Tags:         orJSON(t.Tags, emptyObject),
		Properties:   &wire.TwinProperties{Desired: orJSON(t.Desired, emptyProperties), Reported: orJSON(t.Reported, emptyProperties)},
		Capabilities: &wire.Capabilities{IoTEdge: i.IoTEdge},
		DeviceScope:  i.Scope, ParentScopes: i.ParentScopes,
		Configurations: t.Configurations,
	}, nil
}

func orJSON(have, otherwise json.RawMessage) json.RawMessage {
	if len(have) == 0 {
		return otherwise
	}
	return have
}

// now is the hub's clock, in UTC and in the steps of 100 ns that the service
// writes.
func (h *Hub) now() time.Time { return h.o.Now().UTC().Truncate(100 * time.Nanosecond) }
