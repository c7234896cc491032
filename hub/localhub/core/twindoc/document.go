package twindoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"hubscope/hub/wire"
)

// Document is the desired or the reported half of a twin: its properties, the
// metadata that mirrors them, and a version that every write raises by one.
type Document struct {
	Properties Object
	Version    int64
	metadata   map[string]any
}

// Load reads a stored document; none is that of a new twin, version 1.
func Load(stored json.RawMessage) (Document, error) {
	if len(stored) == 0 {
		never := map[string]any{"$lastUpdated": wire.Time{}.String()}
		return Document{Properties: make(Object), Version: 1, metadata: never}, nil
	}
	o, err := decode(stored)
	if err != nil {
		return Document{}, fmt.Errorf("stored twin document: %w", err)
	}
	version, err := json.Number(fmt.Sprint(o[keyVersion])).Int64()
	metadata, ok := o[keyMetadata].(map[string]any)
	if err != nil || !ok {
		return Document{}, fmt.Errorf("stored twin document: no version or no metadata")
	}
	delete(o, keyVersion)
	delete(o, keyMetadata)
	return Document{Properties: o, Version: version, metadata: metadata}, nil
}

// Merge merges patch and raises the version. With versions, metadata also tells
// which version a member is of, as that of desired properties does.
func (d *Document) Merge(patch Object, now time.Time, versions bool) {
	d.Version++
	d.Properties = d.Properties.Merged(patch)
	mergeMetadata(d.metadata, patch, d.stamp(now, versions))
}

// Replace makes what patch holds, without nulls, the whole document and raises
// the version.
func (d *Document) Replace(patch Object, now time.Time, versions bool) {
	d.Version++
	d.Properties = Object(nil).Merged(patch)
	d.metadata = make(map[string]any)
	mergeMetadata(d.metadata, d.Properties, d.stamp(now, versions))
}

func (d *Document) stamp(now time.Time, versions bool) map[string]any {
	stamp := map[string]any{"$lastUpdated": wire.Time{Time: now}.String()}
	if versions {
		stamp["$lastUpdatedVersion"] = d.Version
	}
	return stamp
}

// mergeMetadata stamps what patch touches: leaves, and the objects on the way to
// them. Arrays are leaves.
func mergeMetadata(metadata, patch, stamp map[string]any) {
	maps.Copy(metadata, stamp)
	for key, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(metadata, key)
		case map[string]any:
			child, ok := metadata[key].(map[string]any)
			if !ok {
				child = make(map[string]any)
				metadata[key] = child
			}
			mergeMetadata(child, v, stamp)
		default:
			metadata[key] = maps.Clone(stamp)
		}
	}
}

// JSON is the document with $metadata and $version, as it is stored and as the
// service reads it.
func (d *Document) JSON() json.RawMessage {
	all := maps.Clone(map[string]any(d.Properties))
	if all == nil {
		all = make(map[string]any)
	}
	all[keyMetadata], all[keyVersion] = d.metadata, d.Version
	return encode(all)
}

// Change is what a merge of patch has changed, with its metadata: what the hub
// tells of in an event.
func (d *Document) Change(patch Object, now time.Time, versions bool) json.RawMessage {
	all := maps.Clone(map[string]any(patch))
	if all == nil {
		all = make(map[string]any)
	}
	metadata := make(map[string]any)
	mergeMetadata(metadata, patch, d.stamp(now, versions))
	all[keyMetadata], all[keyVersion] = metadata, d.Version
	return encode(all)
}

// Plain is the document with $version only, as its device reads it.
func (d *Document) Plain() json.RawMessage { return d.Properties.WithVersion(d.Version) }
