package twin

import (
	"encoding/json"
	"slices"

	"hubscope/hub"
	"hubscope/hub/twinpatch"
)

// The writable part of a twin, as it is edited: {"tags": {...}, "properties": {"desired": {...}}}, the document that
// PATCH takes, without what the hub adds.

// writable is that part of a twin.
func writable(t *hub.Twin) (*twinpatch.Value, error) {
	properties, err := section(t.Desired)
	if err != nil {
		return nil, err
	}
	tags, err := section(t.Tags)
	if err != nil {
		return nil, err
	}
	return twinpatch.ObjectOf("tags", tags).With("properties", twinpatch.ObjectOf("desired", properties)), nil
}

func section(raw json.RawMessage) (*twinpatch.Value, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return twinpatch.Empty(), nil
	}
	v, err := twinpatch.Parse(raw)
	if err != nil {
		return nil, err
	}
	return v.With("$metadata", nil).With("$version", nil), nil
}

// wanted reads what was typed: the writable part, with both sections, and what is wrong with it. A section that is left
// out has nothing in it. What is wrong with the parts that are as in base is not told: the hub has them.
func wanted(text string, base *twinpatch.Value) (*twinpatch.Value, []*twinpatch.Mistake) {
	typed, err := twinpatch.Parse([]byte(text))
	if err != nil {
		return nil, []*twinpatch.Mistake{err.(*twinpatch.Mistake)}
	}
	mistakes := strangers(typed, nil, "tags", "properties")
	tags, m := sectionOf(typed, "tags")
	mistakes = append(mistakes, m...)
	properties, m := sectionOf(typed, "properties")
	mistakes = append(mistakes, m...)
	mistakes = append(mistakes, strangers(properties, []string{"properties"}, "desired")...)
	wants, m := sectionOf(properties, "desired")
	mistakes = append(mistakes, m...)
	mistakes = append(mistakes, news(twinpatch.Check(tags, twinpatch.MaxTags), twinpatch.Check(base.At("tags"), twinpatch.MaxTags))...)
	mistakes = append(mistakes, news(twinpatch.Check(wants, twinpatch.MaxDesired), twinpatch.Check(base.At("properties", "desired"), twinpatch.MaxDesired))...)
	slices.SortStableFunc(mistakes, func(a, b *twinpatch.Mistake) int {
		if a.Place.Line != b.Place.Line {
			return a.Place.Line - b.Place.Line
		}
		return a.Place.Column - b.Place.Column
	})
	return twinpatch.ObjectOf("tags", tags).With("properties", twinpatch.ObjectOf("desired", wants)).WithoutNulls(), mistakes
}

// sectionOf is a member that must be an object; none, and null, are an empty one.
func sectionOf(of *twinpatch.Value, name string) (*twinpatch.Value, []*twinpatch.Mistake) {
	v := of.Get(name)
	switch {
	case v == nil || v.IsNull():
		return twinpatch.Empty(), nil
	case v.Kind != twinpatch.Object:
		return twinpatch.Empty(), []*twinpatch.Mistake{{Place: v.Place, Path: []string{name}, Reason: name + " must be an object: begin it with {"}}
	}
	return v, nil
}

// strangers are members that nobody may write here.
func strangers(v *twinpatch.Value, path []string, known ...string) []*twinpatch.Mistake {
	var out []*twinpatch.Mistake
	for _, m := range v.Members {
		if slices.Contains(known, m.Name) {
			continue
		}
		reason := "only tags and properties.desired can be written, not " + m.Name
		if m.Name == "reported" {
			reason = "reported properties are written by the device only"
		}
		out = append(out, &twinpatch.Mistake{Place: m.Place, Path: append(slices.Clone(path), m.Name), Reason: reason})
	}
	return out
}

// news are the mistakes that were not there before.
func news(mistakes, before []*twinpatch.Mistake) []*twinpatch.Mistake {
	return slices.DeleteFunc(mistakes, func(m *twinpatch.Mistake) bool {
		return slices.ContainsFunc(before, func(b *twinpatch.Mistake) bool {
			return b.Reason == m.Reason && slices.Equal(b.Path, m.Path)
		})
	})
}

// update is a patch of the writable part as the client sends it.
func update(patch *twinpatch.Value, etag string) hub.TwinUpdate {
	u := hub.TwinUpdate{ETag: etag}
	if v := patch.Get("tags"); v != nil {
		u.Tags = v.JSON()
	}
	if v := patch.At("properties", "desired"); v != nil {
		u.Desired = v.JSON()
	}
	return u
}
