package inspect

import (
	"strings"
	"testing"

	"hubscope/ui/monitor/history"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/page"
	"hubscope/ui/theme"
)

// large are bodies of 256 KB, the most that a message of IoT Hub can hold.
func large() map[string][]byte {
	const size = 256 << 10
	return map[string][]byte{
		"string":  []byte(`{"a":"` + strings.Repeat("x", size) + `"}`),
		"numbers": []byte("[" + strings.Repeat("1,", size/2-1) + "1]"),
		"objects": []byte("[" + strings.Repeat(`{"windSpeed":13.41,"ok":true,"note":"a text that has to go over more than one line"},`, size/86) + "{}]"),
		"wide":    []byte(`{"a":"` + strings.Repeat("世界", size/6) + `"}`),
		"text":    []byte(strings.Repeat("line of text\n", size/13)),
		"hostile": []byte(strings.Repeat("\x1b[2J\u202e", size/7)),
		"binary":  []byte(strings.Repeat("\x00\xff", size/2)),
	}
}

// BenchmarkLarge is what a key press costs while a large body is open, drawing included; what read-beside does is done beside the screen.
func BenchmarkLarge(b *testing.B) {
	for name, body := range large() {
		e := monitortest.Wind(1)
		e.Body = body
		now := monitortest.Kept(e)
		e.Body = append([]byte("  "), body...)
		then := monitortest.Kept(e)
		in := New(page.NewContext(b.Context(), theme.Dark))
		in.Before = func(uint64, *history.Event) *history.Event { return &then }
		in.SetSize(90, 50)
		in.Focused = true
		step := func(step string, do func(i int)) {
			b.Run(name+"/"+step, func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					do(i)
					in.Draw()
				}
			})
		}
		var done Read
		step("read-beside", func(i int) {
			in.Close()
			in.Show(uint64(i), &now)
			done = in.Work()()
			in.Take(done)
		})
		step("show", func(i int) {
			in.Close()
			in.Show(uint64(i), &now)
			in.Work()
			in.Take(Read{in.asked, done.reading, done.doc})
		})
		step("scroll", func(i int) { in.Scroll(i%200 - 50) })
		step("move", func(i int) { in.Move(i%200 - 50) })
		b.Run(name+"/fold-all", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				in.FoldAll(i%2 == 0)
				in.Draw()
				b.StopTimer()
				finish(in)
				b.StartTimer()
			}
		})
		step("turn", func(int) { in.Turn(1) })
	}
}
