package localhub_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/hub/localhub"
	"hubscope/hub/localhub/core"
	"hubscope/hub/wire"
)

var killRounds = flag.Int("kill.rounds", 2, "how often TestKillJobsAndUploads kills a loaded hub")

// killedHub is the environment variable that makes the test binary a hub on the
// folder that it names.
const killedHub = "HUBSCOPE_TEST_KILLED_HUB"

const killDevices = 5

// TestKillJobsAndUploads kills a hub that gets jobs, configurations and files,
// again and again on the same folder. What was acknowledged is there; a job ends
// on each device once; a file is whole or absent.
//
//	go test ./hub/localhub -run TestKillJobs -kill.rounds 100
func TestKillJobsAndUploads(t *testing.T) {
	if dir := os.Getenv(killedHub); dir != "" {
		h, err := localhub.Start(t.Context(), localhub.Options{StateDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		_ = localhub.WriteEnvironment(os.Stdout, h.Environment())
		fmt.Printf("TOKEN=%s\n# ready\n", ownerToken(t, h))
		select {}
	}
	dir := t.TempDir()
	first := start(t, localhub.Options{StateDir: dir})
	for i := range killDevices {
		createDevice(t, first, fmt.Sprint("d", i))
	}
	closeHub(t, first)
	l := &killLoad{jobs: map[string]bool{}, configurations: map[string]bool{}, files: map[string]bool{}, finished: map[string]bool{}}
	for round := range *killRounds {
		l.round(t, dir, round, time.Duration(50+rand.IntN(600))*time.Millisecond)
		l.check(t, dir)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d rounds: acknowledged %d jobs, %d configurations, %d files, %d finished uploads", *killRounds, len(l.jobs), len(l.configurations), len(l.files), len(l.finished))
	if len(l.jobs) == 0 || len(l.configurations) == 0 || len(l.files) == 0 || len(l.finished) == 0 {
		t.Error("something was never acknowledged: the test tested nothing")
	}
}

// killLoad is what was acknowledged.
type killLoad struct {
	mu sync.Mutex
	// jobs tells which ones were found to have ended.
	jobs                            map[string]bool
	configurations, files, finished map[string]bool
	base, token                     string
	client                          *http.Client
}

func (l *killLoad) note(set map[string]bool, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set[name] = true
}

func (l *killLoad) round(t *testing.T, dir string, round int, after time.Duration) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKillJobsAndUploads$")
	child.Env = append(os.Environ(), killedHub+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	port := ""
	for lines.Scan() && lines.Text() != "# ready" {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "HUBSCOPE_HTTPS_PORT":
			port = value
		case "TOKEN":
			l.token = value
		}
	}
	running, err := localhub.Join(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	l.base = "https://localhost:" + port
	l.client = &http.Client{Transport: &http.Transport{TLSClientConfig: running.Target.TLS}, Timeout: closesWithin}
	kill := time.AfterFunc(after, func() { _ = child.Process.Kill() })
	defer kill.Stop()
	var load sync.WaitGroup
	for _, do := range []func(name string, n int) error{l.job, l.configuration, l.upload} {
		load.Go(func() {
			for n := 0; do(fmt.Sprintf("%d-%d", round, n), n) == nil; n++ {
			}
		})
	}
	load.Wait()
	_ = child.Wait()
	l.client.CloseIdleConnections()
}

// do sends a request to the hub; all that is not 2xx is an error.
func (l *killLoad) do(method, address, body string, header ...string) ([]byte, error) {
	if strings.HasPrefix(address, "/") {
		address = l.base + address + "?api-version=2021-04-12"
		header = append(header, "Authorization", l.token, "Content-Type", "application/json")
	}
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if a.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s %s", method, r.URL.Path, a.Status, text)
	}
	return text, err
}

func (l *killLoad) job(name string, _ int) error {
	_, err := l.do("PUT", "/jobs/v2/job-"+name, `{"jobId":"job-`+name+`","type":"scheduleUpdateTwin","queryCondition":"*","startTime":"2020-01-01T00:00:00Z","maxExecutionTimeInSeconds":600,"updateTwin":{"etag":"*","tags":{"job":"`+name+`"}}}`)
	if err == nil {
		l.mu.Lock()
		l.jobs["job-"+name] = false
		l.mu.Unlock()
	}
	return err
}

func (l *killLoad) configuration(name string, n int) error {
	if n >= 5 { // a hub has 20 at most: take one away for each new one
		time.Sleep(time.Millisecond)
		_, err := l.do("GET", "/configurations", "")
		return err
	}
	_, _ = l.do("DELETE", "/configurations/"+fmt.Sprint("c", n), "", "If-Match", "*")
	body := fmt.Sprintf(`{"id":"c%d","targetCondition":"*","labels":{"round":"%s"},"content":{"deviceContent":{"properties.desired.c%d":"%s"}}}`, n, name, n, name)
	_, err := l.do("PUT", fmt.Sprint("/configurations/c", n), body)
	if err == nil {
		l.note(l.configurations, fmt.Sprint("c", n))
	} else {
		l.mu.Lock()
		delete(l.configurations, fmt.Sprint("c", n)) // deleted, and not made again
		l.mu.Unlock()
	}
	return err
}

// fileBody tells from itself whether it is whole.
func fileBody(name string) string {
	return name + strings.Repeat("x", 50_000) + name
}

func (l *killLoad) upload(name string, n int) error {
	device := fmt.Sprint("d", n%killDevices)
	text, err := l.do("POST", "/devices/"+device+"/files", `{"blobName":"`+name+`"}`)
	if err != nil {
		return err
	}
	var ticket struct{ CorrelationID, HostName, ContainerName, BlobName, SASToken string }
	if err := json.Unmarshal(text, &ticket); err != nil {
		return err
	}
	if _, err := l.do("PUT", "https://"+ticket.HostName+"/"+ticket.ContainerName+"/"+ticket.BlobName+ticket.SASToken, fileBody(name), "x-ms-blob-type", "BlockBlob"); err != nil {
		return err
	}
	l.note(l.files, ticket.BlobName)
	if _, err := l.do("POST", "/devices/"+device+"/files/notifications", `{"correlationId":"`+ticket.CorrelationID+`","isSuccess":true,"statusCode":200,"statusDescription":"ok"}`); err != nil {
		return err
	}
	l.note(l.finished, ticket.BlobName)
	return nil
}

func (l *killLoad) check(t *testing.T, dir string) {
	t.Helper()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer closeHub(t, h)
	l.base = "https://localhost:" + environment(h)["HUBSCOPE_HTTPS_PORT"]
	l.token = ownerToken(t, h)
	l.client = &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS}, Timeout: closesWithin}
	defer l.client.CloseIdleConnections()
	for id, settled := range l.jobs {
		if !settled {
			l.checkJob(t, id)
			l.jobs[id] = true
		}
	}
	for id := range l.configurations {
		if _, err := l.do("GET", "/configurations/"+id, ""); err != nil {
			t.Errorf("an acknowledged configuration: %v", err)
		}
	}
	l.checkFiles(t, filepath.Join(dir, "uploads"))
	l.checkNotifications(t, h.Core())
}

// checkJob waits for the end of a job and counts its devices.
func (l *killLoad) checkJob(t *testing.T, id string) {
	t.Helper()
	var job wire.Job
	for deadline := time.Now().Add(closesWithin); ; time.Sleep(10 * time.Millisecond) {
		text, err := l.do("GET", "/jobs/v2/"+id, "")
		if err == nil {
			err = json.Unmarshal(text, &job)
		}
		if err != nil {
			t.Errorf("an acknowledged job: %v", err)
			return
		}
		if job.EndTime != nil || time.Now().After(deadline) {
			break
		}
	}
	s := job.DeviceJobStatistics
	if job.Status != wire.JobCompleted || s == nil || s.DeviceCount != killDevices || s.SucceededCount != killDevices || s.PendingCount+s.RunningCount+s.FailedCount != 0 {
		t.Errorf("job %s after the kill: %s %+v, want %d devices, each done once", id, job.Status, s, killDevices)
	}
}

// checkFiles: those acknowledged are there, and whatever is there is whole.
func (l *killLoad) checkFiles(t *testing.T, dir string) {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && entry.Name() == ".staging" {
				return filepath.SkipDir
			}
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		text, err := os.ReadFile(path)
		if !bytes.Equal(text, []byte(fileBody(entry.Name()))) {
			t.Errorf("file %s is not whole: %d bytes", name, len(text))
		}
		found[name] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range l.files {
		if !found[name] {
			t.Errorf("file %s was acknowledged and is not there", name)
		}
	}
}

// checkNotifications: one for each upload whose end was acknowledged, and none
// for one that has no file.
func (l *killLoad) checkNotifications(t *testing.T, h *core.Hub) {
	t.Helper()
	told := map[string]int{}
	for {
		d, found, err := h.LockFileNotification()
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		told[d.Notification.BlobName]++
	}
	for name := range l.finished {
		if told[name] != 1 {
			t.Errorf("upload %s was acknowledged, and has %d notifications", name, told[name])
		}
	}
	for name, n := range told {
		if n != 1 {
			t.Errorf("upload %s has %d notifications", name, n)
		}
	}
}
