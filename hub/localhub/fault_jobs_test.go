package localhub_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub"
	"hubscope/hub/localhub"
)

// Protocol 2.8: what a job does to a device fails as ordered, and is in its
// statistics; a rule for services over REST leaves it alone.
func TestJobFaults(t *testing.T) {
	h := start(t, localhub.Options{})
	client := oneTry(t, h)
	createDevice(t, h, "wind-1")
	createDevice(t, h, "pump-1")
	policy, _ := h.Core().Policy("iothubowner")
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: h.Target().TLS}}
	t.Cleanup(web.CloseIdleConnections)
	type job struct {
		Status     string                                    `json:"status"`
		Statistics struct{ FailedCount, SucceededCount int } `json:"deviceJobStatistics"`
	}
	call := func(method, id, body string) (j job) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, "https://"+h.Target().HTTPSAddr+"/jobs/v2/"+id+"?api-version=2021-04-12", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", signed(t, "localhost", policy.Primary, "iothubowner"))
		answer, err := web.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || json.Unmarshal(text, &j) != nil {
			t.Fatalf("%d %s, %v", answer.StatusCode, text, err)
		}
		return j
	}
	for id, c := range map[string]struct {
		fault  hub.Fault
		failed int
	}{
		"one":  {hub.Fault{Kind: hub.FaultThrottle, Operation: "twin-update", Device: "wind-*"}, 1},
		"all":  {hub.Fault{Kind: hub.FaultQuota, Operation: "twin-update"}, 2},
		"rest": {hub.Fault{Kind: hub.FaultThrottle, Operation: "twin-update", Protocol: "rest"}, 0},
		"drop": {hub.Fault{Kind: hub.FaultDrop, Operation: "twin-update"}, 0},
	} {
		if _, err := client.SetFaults(t.Context(), c.fault); err != nil {
			t.Fatal(err)
		}
		j := call(http.MethodPut, id, `{"jobId":"`+id+`","type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"etag":"*","tags":{"site":"north"}}}`)
		for end := time.Now().Add(20 * time.Second); j.Status != "completed" && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			j = call(http.MethodGet, id, "")
		}
		if j.Status != "completed" || j.Statistics.FailedCount != c.failed || j.Statistics.SucceededCount != 2-c.failed {
			t.Errorf("%s: %+v", id, j)
		}
	}
}
