package upload_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/localhub/upload"
)

// All files together have a bound, counted over restarts, whatever came how.
func TestTotalOfFiles(t *testing.T) {
	dir := t.TempDir()
	o := upload.Options{MaxTotal: 1000}
	f := startIn(t, dir, o)
	first := f.begin(t, "wind-1", "a.txt")
	f.put(t, first, strings.Repeat("a", 600))
	f.put(t, f.begin(t, "wind-2", "b.txt"), strings.Repeat("b", 400))
	over := f.begin(t, "wind-2", "c.txt")
	send := func(f *fixture, ticket upload.Ticket, n int) response {
		return f.do(t, http.MethodPut, address(ticket), strings.Repeat("c", n), "x-ms-blob-type", blockBlob)
	}
	f.later(time.Minute)
	f.want(t, send(f, over, 1), http.StatusInsufficientStorage, "InsufficientStorage")
	f.want(t, f.do(t, http.MethodPut, address(over)+"&comp=block&blockid=MQ==", "x"), http.StatusInsufficientStorage, "InsufficientStorage")
	f.want(t, send(f, over, 0), http.StatusCreated, "")
	f.close()

	f = startIn(t, dir, o)
	again := f.begin(t, "wind-2", "c.txt")
	f.want(t, send(f, again, 1), http.StatusInsufficientStorage, "InsufficientStorage")
	if err := os.Remove(filepath.Join(dir, "uploads", "wind-1", "a.txt")); err != nil {
		t.Fatal(err)
	}
	f.later(time.Minute)
	f.want(t, send(f, again, 600), http.StatusCreated, "")
}

// Many at a time can not pass the bound together.
func TestTotalOfManyAtATime(t *testing.T) {
	f := startIn(t, t.TempDir(), upload.Options{MaxTotal: 1000})
	var all sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for _, device := range strings.Split("a b c d e f g h i j", " ") {
		ticket := f.begin(t, device, "x.bin")
		all.Go(func() {
			got := f.do(t, http.MethodPut, address(ticket), strings.Repeat("x", 300), "x-ms-blob-type", blockBlob)
			mu.Lock()
			defer mu.Unlock()
			switch got.status {
			case http.StatusCreated:
				taken++
			case http.StatusInsufficientStorage:
			default:
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	all.Wait()
	if taken != 3 {
		t.Errorf("%d of 300 bytes were taken, want 3", taken)
	}
}

// Protocol 5.3, 6.5: an empty file is a file; an upload that failed tells nobody,
// gives its place back and leaves no half file; one that broke off can be repeated.
// Protocol 6.5.2.
func TestEmptyFailedAndCancelled(t *testing.T) {
	f := start(t)
	empty := f.begin(t, "wind-1", "empty")
	f.put(t, empty, "")
	finish(t, f, "wind-1", upload.Completion{CorrelationID: empty.CorrelationID, IsSuccess: true, StatusCode: 201}, 0)
	if len(f.notifications) != 1 || f.notifications[0].Size != 0 || f.notifications[0].BlobName != "wind-1/empty" {
		t.Fatalf("%+v", f.notifications)
	}
	if got := f.do(t, http.MethodGet, address(empty), ""); got.status != http.StatusOK || got.body != "" {
		t.Errorf("%+v", got)
	}
	noBlocks := f.begin(t, "wind-1", "no-blocks")
	f.want(t, f.do(t, http.MethodPut, address(noBlocks)+"&comp=blocklist", `<?xml version="1.0" encoding="utf-8"?><BlockList/>`), http.StatusCreated, "")

	blocks := f.begin(t, "wind-1", "half")
	f.want(t, f.do(t, http.MethodPut, address(blocks)+"&comp=block&blockid=MQ==", "half"), http.StatusCreated, "")
	finish(t, f, "wind-1", upload.Completion{CorrelationID: blocks.CorrelationID, StatusCode: 499, StatusDescription: "cancelled"}, 0)
	if got := f.do(t, http.MethodGet, address(blocks), ""); got.status != http.StatusNotFound {
		t.Errorf("a file that was never finished: %d", got.status)
	}
	if len(f.notifications) != 1 {
		t.Errorf("%+v", f.notifications)
	}
	again := f.begin(t, "wind-1", "half")
	f.put(t, again, "whole")
	finish(t, f, "wind-1", upload.Completion{CorrelationID: again.CorrelationID, IsSuccess: true}, 0)
	if len(f.notifications) != 2 || f.notifications[1].Size != 5 {
		t.Errorf("%+v", f.notifications)
	}
	staged, err := os.ReadDir(filepath.Join(f.dir, "uploads", ".staging"))
	if err != nil || len(staged) != 0 {
		t.Errorf("what waits for a list: %v, %v", staged, err)
	}
}
