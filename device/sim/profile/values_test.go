package profile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestValuesInOrder(t *testing.T) {
	for _, c := range []struct{ values, body, want string }{
		{`a = { type = "counter" }`, `"{{a}}"`, "1 2 3 4"},
		{`a = { type = "counter", start = 5, step = -2, last = 2 }`, `"{{a}}"`, "5 3 5 3"},
		{`a = { type = "sequence", values = ["x", 2, true] }`, `"{{a}}"`, "x 2 true x"},
		{`a = { type = "sequence", values = [1, 2], repeat = false }`, `"{{a}}"`, "1 2 2 2"},
		{`a = { type = "steps", values = [1, 2], every = "2s" }`, `"{{a}}"`, "1 1 2 2"},
		{`a = { type = "sine", min = -1, max = 1, period = "4s", decimals = 2 }`, `"{{a}}"`, "0.00 1.00 0.00 -1.00"},
		{`a = { type = "square", min = 0, max = 5, period = "4s", duty = 0.25 }`, `"{{a}}"`, "5 0 0 0"},
		{`a = { type = "sawtooth", min = 0, max = 8, period = "4s", phase = 0.25 }`, `"{{a}}"`, "2 4 6 0"},
		{`a = { type = "time", format = "unix" }`, `"{{a}}"`, "1795356000 1795356001 1795356002 1795356003"},
		{`a = { type = "time", format = "15:04:05", offset = "-1h" }`, `"{{a}}"`, "13:00:00 13:00:01 13:00:02 13:00:03"},
		{`a = 2.50`, `"{{a}} {{n}} {{deviceId}} {{uptime}}"`, "2.5 1 dev-1 0 2.5 2 dev-1 1 2.5 3 dev-1 2 2.5 4 dev-1 3"},
		{"b = '{{a * 2}}'\na = { type = \"counter\" }", `"{{a}}:{{b}}"`, "1:2 2:4 3:6 4:8"},
		{`a = { type = "expression", value = "n / 3", decimals = 2 }`, `{ a = "{{a}}", n = "{{n}}" }`, `{"a":0.33,"n":1} {"a":0.67,"n":2} {"a":1.00,"n":3} {"a":1.33,"n":4}`},
		{`a = [1, { b = 2 }]`, `{ a = "{{a}}", b = "{{a[1].b}}", none = "{{a[7].x}}", t = "x{{n}}" }`, strings.TrimSpace(strings.Repeat(`{"a":[1,{"b":2}],"b":2,"none":null,"t":"x%d"} `, 4))},
		{`a = { type = "sequence", values = ["{{n * 10}}", "{{deviceId}}!", ["{{n}}"], { n = "{{n}}" }] }`, `{ a = "{{a}}" }`, `{"a":10} {"a":"dev-1!"} {"a":[3]} {"a":{"n":4}}`},
		{`a = { type = "pick", values = ["{{b}}"] }` + "\nb = { type = \"steps\", every = \"2s\", values = [1, \"{{n}}\"] }", `"{{a}}"`, "1 1 3 4"},
		{`a = { type = "constant", value = { n = "{{n}}", of = ["x", "{{deviceId}}"] } }`, `"{{a.n + 1}} {{a.of[1]}}"`, "2 dev-1 3 dev-1 4 dev-1 5 dev-1"},
		{`a = ["{{n}}", 2.5]`, `"{{a}} {{a[0] + a[1]}}"`, "[1,2.5] 3.5 [2,2.5] 4.5 [3,2.5] 5.5 [4,2.5] 6.5"},
		{`a = { type = "track", points = [[0, 0], [1, 0]], speed = "111195.08 m/s", end = "back" }`, `"{{fixed(a.lon, 1)}}/{{a.lat}}"`, "0.0/0 1.0/0 0.0/0 1.0/0"},
	} {
		want := c.want
		if strings.Contains(want, "%d") {
			want = fmt.Sprintf(want, 1, 2, 3, 4)
		}
		if got := bodies(t, with(t, c.values, c.body), 4); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.values, got, want)
		}
	}
}

func TestValuesByChance(t *testing.T) {
	for _, c := range []struct {
		value     string
		low, high float64
		mean, off float64
	}{
		{`{ type = "int", min = -3, max = 3 }`, -3, 3, 0, 0.2},
		{`{ type = "float", min = 12, max = 16, decimals = 2 }`, 12, 16, 14, 0.1},
		{`{ type = "float", min = 0, max = 1 }`, 0, 1, 0.5, 0.03},
		{`{ type = "normal", mean = 5, deviation = 1, min = 0, max = 10 }`, 0, 10, 5, 0.1},
		{`{ type = "walk", min = 2, max = 9, step = 1, decimals = 2 }`, 2, 9, 5.5, 1},
		{`{ type = "pick", values = [0, 10], weights = [9, 1] }`, 0, 10, 1, 0.2},
	} {
		d := with(t, "a = "+c.value, `"{{a}}"`).NewDevice("d", 1)
		low, high, sum := math.Inf(1), math.Inf(-1), 0.0
		const n = 5000
		for i := range n {
			m, err := d.Next(0, at(float64(i)))
			if err != nil {
				t.Fatal(err)
			}
			f, err := strconv.ParseFloat(string(m.Content()), 64)
			if err != nil {
				t.Fatal(err)
			}
			low, high, sum = min(low, f), max(high, f), sum+f
		}
		if low < c.low || high > c.high || math.Abs(sum/n-c.mean) > c.off {
			t.Errorf("%s: %v to %v, mean %v", c.value, low, high, sum/n)
		}
		if strings.Contains(c.value, "12") && (low != 12 || high != 16) {
			t.Errorf("%s: %v to %v does not reach the ends", c.value, low, high)
		}
	}
}

func TestAllAtTheSameTimeSeeTheSame(t *testing.T) {
	p := parse(t, `
[values]
a = { type = "counter" }
[[messages]]
body = "{{a}}"
[[messages]]
body = "{{a}}"
`)
	d := p.NewDevice("d", 1)
	var got []string
	for _, step := range []struct {
		kind int
		at   float64
	}{{0, 0}, {1, 0}, {0, 0}, {1, 1}, {0, 1}, {0, 2}} {
		m, err := d.Next(step.kind, at(step.at))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(m.Content()))
	}
	if fmt.Sprint(got) != "[1 1 2 3 3 4]" {
		t.Error(got)
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct{ more, want string }{
		{``, "2 3 5 6"}, {`repeat = false`, "2 5"},
	} {
		p := parse(t, `
[values]
a = { type = "counter", start = 0 }
[[messages]]
when = "a % 3 != 1 and a > 1"
body = "{{a}}"
`+c.more)
		d := p.NewDevice("d", 1)
		var got []string
		for i := range 7 {
			m, err := d.Next(0, at(float64(i)))
			if errors.Is(err, ErrNotNow) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(m.Content()))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.more, got, c.want)
		}
	}
}

func TestWhatFailsLaterIsAnError(t *testing.T) {
	for _, c := range []struct{ values, body, want string }{
		{`a = { type = "counter", start = -2 }`, `"{{1 / a}}"`, "not a number"},
		{`a = { type = "sequence", values = [1, "x", 3] }`, `"{{a * 2}}"`, `line 4`},
		{`a = 1`, `"{{desired.x + n}}"`, "say what to take instead"},
		{`a = { type = "counter" }`, `"{{repeat('x', a * 100000)}}"`, "too large"},
		{`a = { type = "counter" }`, `"{{10 % (3 - a)}}"`, "zero"},
		{`a = "{{repeat('x', n * 6000)}}"`, `"{{a}}"`, "too large"},
	} {
		d := with(t, c.values, c.body).NewDevice("d", 1)
		var failed error
		for i := range 4 {
			if _, err := d.Next(0, at(float64(i))); err != nil {
				failed = err
				break
			}
		}
		var run *RunError
		if !errors.As(failed, &run) || !strings.Contains(failed.Error(), c.want) || run.Line == 0 {
			t.Errorf("%s: error %v, want %q", c.body, failed, c.want)
		}
	}
}

func TestExplodingTemplatesEnd(t *testing.T) {
	values := `v0 = "{{repeat('x', 1000)}}"` + "\n"
	for i := 1; i < 40; i++ {
		values += fmt.Sprintf("v%d = '{{v%d + v%[2]d}}'\n", i, i-1)
	}
	began := time.Now()
	_, err := with(t, values, `"{{v39}}"`).Preview("d", 1, start, 10)
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
