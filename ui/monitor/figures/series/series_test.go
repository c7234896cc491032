package series

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hubscope/ui/monitor/field"
	"hubscope/ui/monitor/monitortest"
)

var noon = time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)

// TestAnHour: one value a second; each window tells of its own time, as finely as it can.
func TestAnHour(t *testing.T) {
	l := &Line{}
	for i := range 3600 {
		l.Add(noon.Add(time.Duration(i)*time.Second), float64(i%100))
	}
	end := noon.Add(time.Hour - time.Second)
	for _, test := range []struct {
		window        time.Duration
		least, values int
	}{
		{time.Minute, 60, 60}, {5 * time.Minute, 295, 300}, {15 * time.Minute, 470, 900}, {time.Hour, 470, 3600},
	} {
		found := l.Between(end.Add(-test.window), end)
		values, low, high := 0, math.Inf(1), math.Inf(-1)
		for i, s := range found {
			values += s.N
			low, high = min(low, s.Min), max(high, s.Max)
			if i > 0 && !s.Start.After(found[i-1].Start) {
				t.Fatalf("%v: not in order", test.window)
			}
		}
		if len(found) < test.least || values < test.values-8 || values > test.values+1 {
			t.Errorf("%v: %d stretches with %d values", test.window, len(found), values)
		}
		if test.window > 2*time.Minute && (low != 0 || high != 99) {
			t.Errorf("%v: %v to %v", test.window, low, high)
		}
	}
	if l.N != 3600 || l.Last != 99 || !l.LastAt.Equal(end) {
		t.Errorf("%d values, the last %v at %v", l.N, l.Last, l.LastAt)
	}
}

func TestWhatIsTooOldIsLeftOut(t *testing.T) {
	l := &Line{}
	l.Add(noon, 1)
	l.Add(noon.Add(-10*time.Minute), 5)
	l.Add(noon, math.NaN())
	l.Add(noon, math.Inf(1))
	if found := l.Between(noon.Add(-time.Minute), noon); len(found) != 1 || found[0].N != 1 || found[0].Last != 1 {
		t.Errorf("the last minute: %+v", found)
	}
	if found := l.Between(noon.Add(-15*time.Minute), noon); len(found) != 2 {
		t.Errorf("the last 15 minutes: %+v", found)
	}
	if l.Last != 1 {
		t.Errorf("the last value is %v", l.Last)
	}
}

func TestSeriesAreBounded(t *testing.T) {
	path, err := field.Parse("body.windSpeed")
	if err != nil {
		t.Fatal(err)
	}
	s := New(path)
	for n := range 100 {
		e := monitortest.Kept(monitortest.Wind(n))
		e.DeviceID = fmt.Sprintf("device-%02d", n%50)
		s.Add(&e, e.Body)
	}
	bad := monitortest.Kept(monitortest.Wind(1))
	bad.Body = []byte(`{"windSpeed":{}}`)
	s.Add(&bad, bad.Body)
	if len(s.Lines()) != MaxLines || s.Others != 2*(50-MaxLines) || s.Without != 1 || s.Lines()[3].Name != "device-03" || s.Lines()[3].N != 2 {
		t.Errorf("%d lines, %d of others, %d without", len(s.Lines()), s.Others, s.Without)
	}
	from, to := s.Span()
	if !to.After(from) {
		t.Errorf("from %v to %v", from, to)
	}
}

// TestNumbersAreThoseOfThePath: the short way to a number gives what the long one does.
func TestNumbersAreThoseOfThePath(t *testing.T) {
	for _, body := range []string{
		`{"a":1}`, `{"a":"2.5"}`, `{"a":"x"}`, `{"a":true}`, `{"a":false}`, `{"a":null}`, `{"a":[1]}`, `{"b":1}`, `[1]`, ``, `a`, `{"a":-1e3}`,
	} {
		e := monitortest.Kept(monitortest.Wind(1))
		e.Body = []byte(body)
		for _, text := range []string{"body.a", "body", "size", "sequence", "device", "properties.Property"} {
			path, err := field.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			want, wantFound := path.Number(&e, e.Body)
			if got, found := number(path, &e, e.Body); got != want || found != wantFound {
				t.Errorf("%s of %s: %v, %t, want %v, %t", text, body, got, found, want, wantFound)
			}
		}
	}
}
