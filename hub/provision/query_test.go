package provision_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"hubscope/hub"
	"hubscope/hub/provision"
)

// pages answers a query with one page after the other.
type pages struct {
	list [][]string
	text string
}

func (p *pages) Query(_ context.Context, text string, _ int, continuation string) (hub.Page, error) {
	p.text = text
	at := len(continuation)
	var page hub.Page
	for _, row := range p.list[at] {
		page.Items = append(page.Items, json.RawMessage(row))
	}
	if at+1 < len(p.list) {
		page.Continuation = continuation + "x"
	}
	return page, nil
}

func TestIDsOfAQuery(t *testing.T) {
	q := &pages{list: [][]string{{`{"deviceId":"b"}`, `{"deviceId":"a","tags":{}}`}, {`{"deviceId":"c"}`, `{"deviceId":"a"}`}}}
	ids, err := provision.IDs(t.Context(), q, " tags.site = 'north' ")
	if err != nil || !slices.Equal(ids, []string{"a", "b", "c"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if want := "SELECT deviceId FROM devices WHERE tags.site = 'north'"; q.text != want {
		t.Errorf("asked %q, want %q", q.text, want)
	}
	if text := provision.QueryText("select * from devices"); text != "select * from devices" {
		t.Errorf("a whole query became %q", text)
	}
	_, err = provision.IDs(t.Context(), &pages{list: [][]string{{`{"n":1}`}}}, "SELECT COUNT() AS n FROM devices")
	if !errors.Is(err, provision.ErrNoDeviceID) {
		t.Errorf("rows without ids: %v", err)
	}
}
