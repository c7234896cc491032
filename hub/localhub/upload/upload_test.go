package upload_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/upload"
)

func wantCode(t *testing.T, err error, code int) {
	t.Helper()
	var e *core.Error
	if code == 0 && err == nil || errors.As(err, &e) && e.Code == code {
		return
	}
	t.Errorf("%v, want %d", err, code)
}

func finish(t *testing.T, f *fixture, device string, c upload.Completion, code int) {
	t.Helper()
	wantCode(t, f.Finish(t.Context(), device, c), code)
}

// Protocol 6.5, 5.3.1.
func TestFinish(t *testing.T) {
	f := start(t)
	sent, failed, nothing := f.begin(t, "wind-1", "a b.txt"), f.begin(t, "wind-1", "b.txt"), f.begin(t, "wind-1", "c.txt")
	f.put(t, sent, "12345")
	finish(t, f, "wind-2", upload.Completion{CorrelationID: sent.CorrelationID, IsSuccess: true}, 400015)
	finish(t, f, "wind-1", upload.Completion{CorrelationID: sent.CorrelationID, IsSuccess: true, StatusCode: 200}, 0)
	finish(t, f, "wind-1", upload.Completion{CorrelationID: sent.CorrelationID, IsSuccess: true}, 400015)
	finish(t, f, "wind-1", upload.Completion{CorrelationID: failed.CorrelationID}, 0)
	finish(t, f, "wind-1", upload.Completion{CorrelationID: nothing.CorrelationID, IsSuccess: true}, 0)
	if len(f.notifications) != 1 {
		t.Fatalf("%d notifications, want 1", len(f.notifications))
	}
	n := f.notifications[0]
	if n.DeviceID != "wind-1" || n.BlobName != "wind-1/a b.txt" || n.Size != 5 || !strings.HasSuffix(n.BlobURI, "/uploads/wind-1/a%20b.txt") || time.Since(n.LastUpdated) > time.Minute {
		t.Errorf("%+v", n)
	}
	late := f.begin(t, "wind-1", "d.txt")
	f.later(2 * time.Hour)
	finish(t, f, "wind-1", upload.Completion{CorrelationID: late.CorrelationID, IsSuccess: true}, 400016)
	f.later(25 * time.Hour)
	f.begin(t, "wind-1", "e.txt") // forgets what is old
	finish(t, f, "wind-1", upload.Completion{CorrelationID: late.CorrelationID, IsSuccess: true}, 400015)
}

// Protocol 9: ten open uploads a device.
// Protocol 5.3.4.
func TestTenOpen(t *testing.T) {
	f := start(t)
	var last upload.Ticket
	for range 10 {
		last = f.begin(t, "wind-1", "a.txt")
	}
	_, err := f.Begin(t.Context(), "wind-1", "a.txt")
	wantCode(t, err, 403006)
	f.begin(t, "wind-10", "a.txt")
	finish(t, f, "wind-1", upload.Completion{CorrelationID: last.CorrelationID}, 0)
	f.begin(t, "wind-1", "a.txt")
	f.later(2 * time.Hour)
	f.begin(t, "wind-1", "a.txt") // the others have ended
}

func TestNames(t *testing.T) {
	f := start(t)
	for _, name := range []string{"", "..", "../x", "a/../b", "a//b", "/a", "a/", ".", `..\x`, "a\x00b", "a\nb", strings.Repeat("x", 300), strings.Repeat("ab/", 400) + "a"} {
		_, err := f.Begin(t.Context(), "wind-1", name)
		wantCode(t, err, core.CodeArgumentInvalid)
	}
	for i, name := range []string{".hidden", "CON", "con.txt", "a:b", "é.txt", "x.", "x ", "%2e%2e", "a*b?"} {
		device := "d" + string(rune('a'+i))
		ticket := f.begin(t, device, name)
		escaped := strings.NewReplacer("%", "%25", "?", "%3F", " ", "%20").Replace(ticket.BlobName)
		ticket.BlobName = escaped
		f.put(t, ticket, name)
		entries, err := os.ReadDir(filepath.Join(f.dir, "uploads", device))
		if err != nil || len(entries) != 1 {
			t.Fatalf("%q: %v, %v", name, entries, err)
		}
		if got := entries[0].Name(); strings.HasPrefix(got, ".") || strings.EqualFold(got, "con") || strings.ContainsAny(got, ":*?") {
			t.Errorf("%q became %q", name, got)
		}
	}
	// A device may be called like the folder of blocks, or like its parent.
	f.put(t, f.begin(t, "..staging", "a"), "x")
	if _, err := f.Begin(t.Context(), "..", "a"); err == nil {
		t.Error("a device '..' got a URL that no client can send")
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{"a/b.txt", "../../x", "a/%2e", "CON", "a\\b", ".x/y.", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		path, ok := upload.PathOf(name)
		if !ok {
			return
		}
		if !filepath.IsLocal(path) || strings.HasPrefix(path, ".") {
			t.Errorf("%q becomes %q", name, path)
		}
		if again := upload.NameOf(path); again != name {
			t.Errorf("%q becomes %q, which is %q", name, path, again)
		}
	})
}

func FuzzBlockList(f *testing.F) {
	f.Add(list("Latest", "a", "b"))
	f.Add("<BlockList><Latest>YQ==</Latest></BlockList>")
	f.Add(`<!DOCTYPE x [<!ENTITY a "b">]><BlockList><Latest>&a;</Latest></BlockList>`)
	f.Fuzz(func(t *testing.T, text string) {
		names, err := upload.ReadList([]byte(text))
		for _, name := range names {
			if err == nil && (len(name) != 64 || strings.Trim(name, "0123456789abcdef") != "") {
				t.Errorf("%q", name)
			}
		}
	})
}
