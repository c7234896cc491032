package values

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/monitortest"
)

func path(t testing.TB, text string) field.Path {
	t.Helper()
	p, err := field.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCounts(t *testing.T) {
	c := NewCounts(path(t, "body.deviceId"))
	for n := range 100 {
		e := monitortest.Kept(monitortest.Wind(n))
		c.Add(&e, e.Body)
	}
	none := monitortest.Kept(monitortest.Wind(0))
	none.Body = []byte(`{}`)
	c.Add(&none, none.Body)
	want := []Value{{"wind-1", 34}, {"wind-2", 33}, {"wind-3", 33}}
	if diff := cmp.Diff(want, c.All()); diff != "" || c.Total != 100 || c.Without != 1 {
		t.Errorf("%s, total %d, without %d", diff, c.Total, c.Without)
	}
}

func TestCountsAreBounded(t *testing.T) {
	c := NewCounts(path(t, "messageId"))
	for n := range MaxValues + 70 {
		e := monitortest.Kept(monitortest.Wind(n))
		e.MessageID = fmt.Sprintf("%0300d", n)
		c.Add(&e, e.Body)
	}
	if c.Different() != 1 {
		t.Errorf("%d values that are alike in their first bytes", c.Different())
	}
	for n := range MaxValues + 70 {
		e := monitortest.Kept(monitortest.Wind(n))
		c.Add(&e, e.Body)
	}
	if c.Different() != MaxValues || c.Others != 71 || c.Total != 2*(MaxValues+70) {
		t.Errorf("%d values, %d of others", c.Different(), c.Others)
	}
}

func TestFields(t *testing.T) {
	e := monitortest.Kept(monitortest.Wind(1))
	e.Body = []byte(` {"a":1,"b":{"c":null,"d e":"x","deep":{"er":{"est":{"no":1}}}},"list":[1,2],"":3}`)
	var got []string
	for _, p := range Of(&e, e.Body) {
		got = append(got, p.String())
	}
	want := []string{
		"body.a", "body.b.c", `body.b["d e"]`, "properties.Property",
		"system.iothub-connection-auth-method", "system.iothub-creation-time-utc", "system.iothub-enqueuedtime",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	e.Body = []byte(`{"a":`)
	if found := InBody(e.Body); found != nil {
		t.Errorf("half a body has %v", found)
	}
}

// FuzzFields: whatever a body holds, each field found in it can be read again.
func FuzzFields(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c.d":"x","\u0000":true}}`))
	f.Add(monitortest.Tricky)
	f.Fuzz(func(t *testing.T, body []byte) {
		e := monitortest.Kept(monitortest.Wind(1))
		e.Body, e.ContentType, e.ContentEncoding = body, "", ""
		for _, p := range InBody(e.Body) {
			if _, found := Text(p, &e, e.Body); !found {
				t.Errorf("%s is not in %q", p, body)
			}
		}
	})
}
