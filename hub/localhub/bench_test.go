package localhub_test

import (
	"context"
	"testing"

	"hubscope/hub/localhub"
)

// BenchmarkStart starts and closes a hub on a state folder that is there
// already; closing it is not counted. The figure to stay under is 100 ms.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	closeHub(b, start(b, localhub.Options{StateDir: dir}))
	for b.Loop() {
		h, err := localhub.Start(context.Background(), localhub.Options{StateDir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		closeHub(b, h)
		b.StartTimer()
	}
}

// BenchmarkFirstStart makes the state, its keys and certificates too.
func BenchmarkFirstStart(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		h, err := localhub.Start(context.Background(), localhub.Options{StateDir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		closeHub(b, h)
		b.StartTimer()
	}
}
