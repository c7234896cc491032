package upload_test

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/upload"
)

func read(t *testing.T, f *fixture, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{f.dir, "uploads"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Protocol 5.3: one PUT of the whole file.
// Protocol 5.3.1.
func TestPutBlob(t *testing.T) {
	f := start(t)
	ticket := f.begin(t, "wind-1", "logs/day 1.txt")
	if ticket.BlobName != "wind-1/logs/day 1.txt" || ticket.ContainerName != upload.Container {
		t.Errorf("%+v", ticket)
	}
	f.put(t, ticket, "first")
	if got := read(t, f, "wind-1", "logs", "day 1.txt"); got != "first" {
		t.Errorf("the file has %q", got)
	}
	got := f.do(t, http.MethodGet, address(ticket), "")
	if got.status != http.StatusOK || got.body != "first" || got.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%+v", got)
	}
	f.want(t, f.do(t, http.MethodPut, address(ticket), "x", "x-ms-blob-type", blockBlob, "If-None-Match", "*"), http.StatusConflict, "BlobAlreadyExists")
	f.want(t, f.do(t, http.MethodPut, address(ticket), "second", "x-ms-blob-type", blockBlob, "If-Match", got.header.Get("ETag")), http.StatusCreated, "")
	f.want(t, f.do(t, http.MethodPut, address(ticket), "third", "x-ms-blob-type", blockBlob, "If-Match", got.header.Get("ETag")), http.StatusPreconditionFailed, "ConditionNotMet")
	if got := read(t, f, "wind-1", "logs", "day 1.txt"); got != "second" {
		t.Errorf("the file has %q", got)
	}
}

func blockURL(ticket upload.Ticket, id string) string {
	return address(ticket) + "&comp=block&blockid=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(id)))
}

func list(kind string, ids ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8" standalone="yes"?><BlockList>`)
	for _, id := range ids {
		b.WriteString("<" + kind + ">" + base64.StdEncoding.EncodeToString([]byte(id)) + "</" + kind + ">")
	}
	return b.String() + "</BlockList>"
}

// Protocol 5.3: blocks in any order, and a list that puts them in theirs.
// Protocol 5.3.2.
func TestBlocks(t *testing.T) {
	f := start(t)
	ticket := f.begin(t, "wind-1", "a.bin")
	for _, id := range []string{"c", "a", "b", "unused"} {
		f.want(t, f.do(t, http.MethodPut, blockURL(ticket, id), strings.Repeat(id, 1000)), http.StatusCreated, "")
	}
	f.want(t, f.do(t, http.MethodPut, blockURL(ticket, "b"), "again"), http.StatusCreated, "")
	commit := address(ticket) + "&comp=blocklist"
	f.want(t, f.do(t, http.MethodPut, commit, list("Latest", "a", "missing")), http.StatusBadRequest, "InvalidBlockList")
	f.want(t, f.do(t, http.MethodPut, commit, list("Committed", "a")), http.StatusBadRequest, "InvalidBlockList")
	f.want(t, f.do(t, http.MethodPut, commit, "<BlockList><Latest>"), http.StatusBadRequest, "InvalidXmlDocument")
	f.want(t, f.do(t, http.MethodPut, commit, list("Uncommitted", "a", "b", "c")), http.StatusCreated, "")
	if got, want := read(t, f, "wind-1", "a.bin"), strings.Repeat("a", 1000)+"again"+strings.Repeat("c", 1000); got != want {
		t.Errorf("the file has %d bytes, want %d", len(got), len(want))
	}
	if entries, err := os.ReadDir(filepath.Join(f.dir, "uploads", ".staging")); err != nil || len(entries) != 0 {
		t.Errorf("blocks are left: %v, %v", entries, err)
	}
}

// What was acknowledged is there after a restart: blocks, and the right to go on.
func TestBlocksSurviveRestart(t *testing.T) {
	dir := t.TempDir()
	f := startIn(t, dir, upload.Options{})
	ticket := f.begin(t, "wind-1", "a.bin")
	f.want(t, f.do(t, http.MethodPut, blockURL(ticket, "a"), "one"), http.StatusCreated, "")
	f.close()
	f = startIn(t, dir, upload.Options{})
	ticket.HostName = f.server.Listener.Addr().String()
	f.want(t, f.do(t, http.MethodPut, blockURL(ticket, "b"), "two"), http.StatusCreated, "")
	f.want(t, f.do(t, http.MethodPut, address(ticket)+"&comp=blocklist", list("Latest", "a", "b")), http.StatusCreated, "")
	if got := read(t, f, "wind-1", "a.bin"); got != "onetwo" {
		t.Errorf("the file has %q", got)
	}
	finish(t, f, "wind-1", upload.Completion{CorrelationID: ticket.CorrelationID, IsSuccess: true}, 0)
}

func TestBlobRefusals(t *testing.T) {
	f := startIn(t, t.TempDir(), upload.Options{MaxBlob: 100})
	ticket := f.begin(t, "wind-1", "a.txt")
	other := f.begin(t, "wind-2", "b.txt")
	big := strings.Repeat("x", 101)
	wrong := md5.Sum([]byte("other"))
	withBlock := func(body string) response { return f.do(t, http.MethodPut, blockURL(ticket, body[:1]), body) }
	for name, c := range map[string]struct {
		got    response
		status int
		code   string
	}{
		"no token":         {f.do(t, http.MethodPut, strings.SplitN(address(ticket), "?", 2)[0], "x"), 403, "AuthenticationFailed"},
		"another's token":  {f.do(t, http.MethodPut, strings.Replace(address(ticket), "wind-1/a.txt", "wind-2/b.txt", 1), "x"), 403, "AuthenticationFailed"},
		"a longer life":    {f.do(t, http.MethodPut, strings.Replace(address(other), "se=20", "se=21", 1), "x"), 403, "AuthenticationFailed"},
		"no type":          {f.do(t, http.MethodPut, address(ticket), "x"), 400, "MissingRequiredHeader"},
		"a page blob":      {f.do(t, http.MethodPut, address(ticket), "", "x-ms-blob-type", "PageBlob"), 400, "InvalidHeaderValue"},
		"too large":        {f.do(t, http.MethodPut, address(ticket), big, "x-ms-blob-type", blockBlob), 413, "RequestBodyTooLarge"},
		"a wrong checksum": {f.do(t, http.MethodPut, address(ticket), "x", "x-ms-blob-type", blockBlob, "Content-MD5", base64.StdEncoding.EncodeToString(wrong[:])), 400, "Md5Mismatch"},
		"a wrong CRC":      {f.do(t, http.MethodPut, address(ticket), "x", "x-ms-blob-type", blockBlob, "x-ms-content-crc64", "AAAAAAAAAAA="), 400, "Crc64Mismatch"},
		"a bad block id":   {f.do(t, http.MethodPut, address(ticket)+"&comp=block&blockid=!", "x"), 400, "InvalidQueryParameterValue"},
		"to delete":        {f.do(t, http.MethodDelete, address(ticket), ""), 403, "AuthorizationPermissionMismatch"},
		"something else":   {f.do(t, http.MethodPut, address(ticket)+"&comp=page", "x"), 400, "UnsupportedOperation"},
		"nothing there":    {f.do(t, http.MethodGet, address(ticket), ""), 404, "BlobNotFound"},
	} {
		if c.got.status != c.status || c.got.code != c.code {
			t.Errorf("%s: %d %s, want %d %s", name, c.got.status, c.got.code, c.status, c.code)
		}
	}
	f.want(t, withBlock(strings.Repeat("a", 60)), http.StatusCreated, "")
	f.want(t, withBlock(strings.Repeat("b", 60)), http.StatusRequestEntityTooLarge, "RequestBodyTooLarge")
	f.later(2 * time.Hour)
	f.want(t, f.do(t, http.MethodPut, address(ticket), "x", "x-ms-blob-type", blockBlob), 403, "AuthenticationFailed")
}

// "a" and "a/b" are both blobs in Azure; as files they can not be.
func TestFolderAndFile(t *testing.T) {
	f := start(t)
	file, below := f.begin(t, "wind-1", "a"), f.begin(t, "wind-1", "a/b")
	f.put(t, file, "x")
	f.want(t, f.do(t, http.MethodPut, address(below), "x", "x-ms-blob-type", blockBlob), http.StatusConflict, "ResourceTypeMismatch")
	file, below = f.begin(t, "wind-2", "a"), f.begin(t, "wind-2", "a/b")
	f.put(t, below, "x")
	f.want(t, f.do(t, http.MethodPut, address(file), "x", "x-ms-blob-type", blockBlob), http.StatusConflict, "ResourceTypeMismatch")
}
