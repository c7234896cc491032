package create

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"hubscope/hub"
	"hubscope/hub/provision"
)

// resultsFile writes what became of each device, a line each.
type resultsFile struct {
	path     string // "": nothing is written
	file     *os.File
	text     *bufio.Writer
	lines    *json.Encoder
	withKeys bool
}

// result is a line of it.
type result struct {
	Line      int    `json:"line,omitempty"` // of the list
	ID        string `json:"id"`
	Outcome   string `json:"outcome"`
	ErrorCode string `json:"errorCode,omitempty"`
	Message   string `json:"message,omitempty"`

	PrimaryKey   string `json:"primaryKey,omitempty"`
	SecondaryKey string `json:"secondaryKey,omitempty"`
}

// outcomes are the words of a results file.
var outcomes = map[provision.Outcome]string{
	provision.Created: "created", provision.Found: "exists", provision.Failed: "failed", provision.Untried: "notTried",
}

// resultsFile makes the file, which must not be there yet; a dry run writes none.
func (j job) resultsFile() (*resultsFile, error) {
	if j.results == "" || j.dry {
		return &resultsFile{}, nil
	}
	if err := os.MkdirAll(filepath.Dir(j.results), 0o700); err != nil {
		return nil, &fileError{"the results cannot be written", err}
	}
	file, err := newFile(j.results)
	for n := 2; j.proposed && errors.Is(err, os.ErrExist) && n < 100; n++ { // runs of the same second
		file, err = newFile(strings.TrimSuffix(j.results, resultsEnd) + "-" + strconv.Itoa(n) + resultsEnd)
	}
	if err != nil {
		return nil, &fileError{"the results cannot be written", err}
	}
	text := bufio.NewWriter(file)
	lines := json.NewEncoder(text)
	lines.SetEscapeHTML(false)
	return &resultsFile{path: file.Name(), file: file, text: text, lines: lines, withKeys: j.withKeys}, nil
}

// resultsEnd is how the proposed names end.
const resultsEnd = ".jsonl"

func newFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

func (f *resultsFile) write(e provision.Entry, item provision.Item) error {
	if f.file == nil {
		return nil
	}
	r := result{Line: e.Line, ID: item.DeviceID, Outcome: outcomes[item.Outcome]}
	r.ErrorCode, r.Message = reasonOf(errors.Join(item.Err, item.Warning))
	if f.withKeys {
		r.PrimaryKey, r.SecondaryKey = item.Device.Auth.Primary.Reveal(), item.Device.Auth.Secondary.Reveal()
	}
	if err := f.lines.Encode(r); err != nil {
		return &fileError{"the results cannot be written on", err}
	}
	return nil
}

func (f *resultsFile) close() error {
	if f.file == nil {
		return nil
	}
	if err := errors.Join(f.text.Flush(), f.file.Sync(), f.file.Close()); err != nil {
		return &fileError{"the results cannot be written on", err}
	}
	return nil
}

// reasonOf is the code and the words of what went wrong with one device.
func reasonOf(err error) (code, words string) {
	var one hub.BulkError
	var call *hub.Error
	switch {
	case err == nil:
		return "", ""
	case errors.As(err, &one):
		return one.Name, one.Message
	case errors.As(err, &call) && call.Code != 0:
		code = strconv.Itoa(call.Code)
	}
	words, _ = hub.Explain(err)
	return code, words
}
