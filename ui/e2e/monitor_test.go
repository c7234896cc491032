//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/messaging/azeventhubs/v2"
	"github.com/Azure/go-amqp"

	service "hubscope/hub"
	"hubscope/hub/sas"
	"hubscope/ui/uitest"
)

// watched is a screen on the Monitor tab of a hub, with a device that sends.
type watched struct {
	*uitest.Terminal
	hub    *runningHub
	client *service.Client
}

// watch opens the Monitor tab with flags.
func watch(t *testing.T, running *runningHub, flags ...string) watched {
	t.Helper()
	cmd := newUser(t).command(flags...)
	cmd.Env = append(cmd.Env, running.variables()...)
	screen := uitest.Run(t, cmd, 160, 36)
	return watched{screen, running, serviceOf(t, running)}
}

func serviceOf(t *testing.T, running *runningHub) *service.Client {
	t.Helper()
	target, err := service.TargetFromEnv(func(name string) string { return running.env[name] }, "")
	if err != nil {
		t.Fatal(err)
	}
	client, err := service.New(service.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// sends makes a device, starts it once the stream is there, so that its first message is not before "now", and goes to
// the Monitor tab.
func (w watched) sends() watched {
	w.See("No devices yet", "4/4 live").Press("n", "enter").See("1 of 1").Press("s").See("● connected", "windSpeed")
	w.Press("3").See("Monitor", "4/4 live", "PropMsg_1")
	return w
}

// quits leaves, so that nothing is cut off when the hub ends.
func (w watched) quits() {
	w.Press("ctrl+c")
	w.Ended()
}

func (w watched) fault(t *testing.T, f service.Fault) {
	t.Helper()
	if _, err := w.client.AddFaults(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

var lastMessage = regexp.MustCompile(`PropMsg_(\d+)`)

// newest is the number of the latest message on the screen.
func (w watched) newest() int {
	highest := 0
	for _, found := range lastMessage.FindAllStringSubmatch(w.Text(), -1) {
		n, _ := strconv.Atoi(found[1])
		highest = max(highest, n)
	}
	return highest
}

// goesOn waits for messages after the newest one that is on the screen now.
func (w watched) goesOn() {
	from := w.newest()
	w.Wait(fmt.Sprintf("messages after %d", from), func(string) bool { return w.newest() > from+1 })
}

// hasAll wants every message from the first to the newest: it looks through the whole list.
func (w watched) hasAll(t *testing.T) {
	t.Helper()
	w.Press("G", "/").Type("PropMsg_").Press("enter").See("hidden").Press("space").See("paused")
	seen := map[int]int{}
	for page := 0; page < 20; page++ {
		for _, found := range lastMessage.FindAllStringSubmatch(w.Text(), -1) {
			n, _ := strconv.Atoi(found[1])
			seen[n] = page
		}
		before := w.Text()
		w.Press("pgup")
		if _, first := seen[1]; first {
			break
		}
		w.Wait("another page", func(text string) bool { return text != before })
	}
	highest := 0
	for n := range seen {
		highest = max(highest, n)
	}
	for n := 1; n <= highest; n++ {
		if _, there := seen[n]; !there {
			t.Errorf("message %d of %d is missing", n, highest)
		}
	}
}

// TestAReaderWithAnEpochOwnsTheGroup: the stream says so and by which key it goes on in another group.
func TestAReaderWithAnEpochOwnsTheGroup(t *testing.T) {
	t.Parallel()
	running := hubWith(t, newUser(t), append(anyPorts, "--consumer-group", "charts")...)
	w := watch(t, running).sends()
	steal(t, running, "$Default", 7)
	w.See("epoch", "g chooses another group")
	w.Press("i").See("Event stream", "stopped", "a higher owner level takes").Press("esc").NotSee("Event stream")
	w.Press("g").See("Read events in", "● $Default").Press("down").Type("charts").Press("enter")
	w.See("charts", "4/4 live").NotSee("epoch")
	w.goesOn()

	// Or it takes the partitions over, in turn.
	w.Press("c").See("● charts").Press("up").See("▸ ○ $Default").Press("space").See("● $Default")
	w.Press("up").See("Owner level").Press("l", "l", "l", "l", "l", "l", "l", "l", "l").See("thrown off", "up to 8").Press("enter")
	w.See("$Default owner level 8", "4/4 live")
	w.goesOn()
	w.quits()
}

// steal reads every partition with an owner level, until the test ends.
func steal(t *testing.T, running *runningHub, group string, level int64) {
	t.Helper()
	client, err := azeventhubs.NewConsumerClientFromConnectionString(running.env["EVENTHUB_CONNECTION_STRING"], "", group, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, 4)
	for n := range 4 {
		partition, err := client.NewPartitionClient(strconv.Itoa(n), &azeventhubs.PartitionClientOptions{OwnerLevel: &level})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer func() { ended <- struct{}{} }()
			for err == nil {
				_, err = partition.ReceiveEvents(ctx, 1, nil)
			}
			closing, stop := context.WithTimeout(context.Background(), time.Second)
			defer stop()
			_ = partition.Close(closing)
		}()
	}
	t.Cleanup(func() {
		cancel()
		for range 4 {
			<-ended
		}
		closing, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		_ = client.Close(closing)
	})
}

// TestNoSuchGroup: a group that the hub has not is named, and picking another goes on.
func TestNoSuchGroup(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t)), "--consumer-group", "nosuch")
	w.See("No devices yet").Press("3").See("there is no consumer group nosuch", "chooses another group")
	w.Press("g").See("● nosuch").Press("up", "enter").See("4/4 live", "$Default").NotSee("nosuch")
	w.quits()
}

// TestTheHubStartsAgain: the stream waits, says so, and loses nothing.
func TestTheHubStartsAgain(t *testing.T) {
	u := newUser(t)
	running := hub(t, u)
	w := watch(t, running).sends()
	w.goesOn()
	running.stop()
	w.See("↻", "retry")
	again := hubWith(t, u, "hub", "--https-port", running.env["HUBSCOPE_HTTPS_PORT"], "--mqtt-port", running.env["HUBSCOPE_MQTT_PORT"],
		"--amqp-port", running.env["HUBSCOPE_AMQP_PORT"], "--amqp-plain-port", running.env["HUBSCOPE_AMQP_PLAIN_PORT"])
	w.See("4/4 live")
	w.goesOn()
	w.hasAll(t)
	w.quits()
	again.stop()
}

// TestFaultsOfTheStream: dropped and throttled, it says why, tries again and loses nothing.
func TestFaultsOfTheStream(t *testing.T) {
	t.Parallel()
	w := watch(t, hub(t, newUser(t))).sends()
	w.fault(t, service.Fault{Kind: service.FaultThrottle, Protocol: "amqp", Operation: "events", Count: 6})
	w.fault(t, service.Fault{Kind: service.FaultDrop, Protocol: "amqp", Operation: "events", Count: 2})
	w.Press("r") // faults meet readers when they come
	w.See("retry", "attempt")
	w.Press("i").See("Event stream").Press("esc")
	w.See("4/4 live")
	w.goesOn()
	w.Press("i").Wait("errors that were counted", func(text string) bool { return strings.Contains(text, "last error") })
	w.Press("esc")
	w.hasAll(t)
	w.onceEach()
	w.quits()
}

// onceEach looks at the proof that simulated devices give: their own connection was not disturbed, so what is twice would
// be the stream's doing.
func (w watched) onceEach() {
	w.Press("G", "v").See("Proof").Press("right", "right", "right", "right", "right")
	w.See("nothing missing, nothing twice, all in order").Press("v")
}

// TestStartsAndPartitions: the stream begins where it is told to, by flags and by keys.
func TestStartsAndPartitions(t *testing.T) {
	t.Parallel()
	running := hub(t, newUser(t))
	first := watch(t, running).sends()
	first.goesOn()
	first.quits()

	second := watch(t, running, "--start", "beginning")
	second.See("1 of 1").Press("3").See("PropMsg_1 ", "from the beginning")
	second.Press("t").See("Show events from").Press("t").See("yesterday 14:30").Type("#2").See("each partition counts for itself")
	second.Press("ctrl+u").Type("10 m").See("10 min ago").Press("enter").See("PropMsg_1 ", "4/4 live").NotSee("from the beginning")
	second.Press("t", "n").See("No events yet", "from now", "t    shows what was sent before")
	second.quits()

	place := watch(t, running, "--start", "p0 #3")
	place.See("1 of 1").Press("3").See("from p0 #3", "$Default p0", "1/1 live")
	place.quits()
}

// TestMoreThanTelemetry: what becomes of devices and their twins is in the same list, in words.
func TestMoreThanTelemetry(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	screen := u.opens(160, 36) // its own hub, which announces all
	screen.See("No devices yet", "4/4 live").Press("n", "enter").See("1 of 1").Press("s").See("● connected", "windSpeed").Press("3")
	screen.See("✦ lifecycle", "device identity created", "⇄ connection", "connected")
	joined := hub(t, u)
	client := serviceOf(t, joined)
	if _, err := client.PatchTwin(t.Context(), "device-1", service.TwinUpdate{Desired: []byte(`{"interval":2}`)}); err != nil {
		t.Fatal(err)
	}
	screen.See("◆ twin", `desired {"interval":2} v2`)
	screen.Press(":").Type("receive file").Press("enter").See("Take file notifications out of the hub?")
	screen.Answer("y", "Take file notifications out").See("file notifications ●")
	upload(t, joined, "device-1", "log.txt", "what happened")
	screen.See("↑ upload", "device-1/log.txt uploaded, 13 B")
	screen.Press(":").Type("receive feedback").Press("enter").See("Take feedback out of the hub?")
	screen.Answer("y", "Take feedback out").See("feedback ●")
	if _, err := serviceOf(t, joined).CreateDevice(t.Context(), service.Device{DeviceID: "device-9"}); err != nil {
		t.Fatal(err)
	}
	sendC2D(t, joined, "device-9", "m-17") // to a device that does not take it, and then it is purged
	if n, err := client.PurgeC2D(t.Context(), "device-9"); err != nil || n != 1 {
		t.Fatalf("purged %d, %v", n, err)
	}
	screen.See("← feedback", "message m-17 purged")
	joined.stop()
	screen.Press("ctrl+c")
	screen.Ended()
}

// sendC2D sends a message to a device and asks to be told what becomes of it. protocol 6.1, 6.3
func sendC2D(t *testing.T, running *runningHub, device, id string) {
	t.Helper()
	target, token := serviceToken(t, running)
	conn, err := amqp.Dial(t.Context(), "amqps://localhost:"+running.env["HUBSCOPE_AMQP_PORT"], &amqp.ConnOptions{
		HostName: "localhost", TLSConfig: target.TLS.Clone(),
		SASLType: amqp.SASLTypePlain(target.Service.PolicyName+"@sas.root.localhost", token),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	session, err := conn.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := session.NewSender(t.Context(), "/messages/devicebound", nil)
	if err != nil {
		t.Fatal(err)
	}
	to := "/devices/" + device + "/messages/devicebound"
	m := &amqp.Message{
		Properties:            &amqp.MessageProperties{To: &to, MessageID: id},
		ApplicationProperties: map[string]any{"iothub-ack": "full"},
		Data:                  [][]byte{[]byte("hello")},
	}
	if err := sender.Send(t.Context(), m, nil); err != nil {
		t.Fatal(err)
	}
}

// serviceToken is a token of the policy that the hub has printed.
func serviceToken(t *testing.T, running *runningHub) (service.Target, string) {
	t.Helper()
	target, err := service.TargetFromEnv(func(name string) string { return running.env[name] }, "")
	if err != nil {
		t.Fatal(err)
	}
	token, err := sas.IoTHub("localhost", target.Service.Key, target.Service.PolicyName, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return target, token.Reveal()
}

// TestAPortThatIsClosed: where 5671 cannot be reached, w reads by WebSocket.
func TestAPortThatIsClosed(t *testing.T) {
	running := hub(t, newUser(t))
	open := running.env["HUBSCOPE_AMQP_PORT"]
	running.env["HUBSCOPE_AMQP_PORT"] = "1" // nobody listens there
	w := watch(t, running)
	w.See("No devices yet").Press("3").See("nothing listens", "w    reads by WebSocket, which works")
	w.Press("w").See("4/4 live", "by WebSocket").Press("1", "n", "enter").See("1 of 1").Press("s").See("PropMsg_1")
	w.quits()
	running.env["HUBSCOPE_AMQP_PORT"] = open

	flagged := watch(t, running, "--websocket", "--keep-events", "5")
	// The device was active just now, by a program that has ended: that is asked about.
	flagged.See("1 of 1").Press("s").Answer("y", "Device was active").See("PropMsg_6").Press("3").See("by WebSocket", "4/4 live", "5 kept", "fell out")
	flagged.Press("space").See("paused", "new").Press("G").See("following")
	flagged.quits()
}

// upload is what a device does to upload a file, over HTTPS. protocol 5.3
func upload(t *testing.T, running *runningHub, device, name, content string) {
	t.Helper()
	target, token := serviceToken(t, running)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: target.TLS.Clone(), DisableKeepAlives: true}}
	send := func(method, url, body string, header http.Header) []byte {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", method, answer.StatusCode, text)
		}
		return text
	}
	files := "https://localhost:" + running.env["HUBSCOPE_HTTPS_PORT"] + "/devices/" + device + "/files"
	signed := http.Header{"Authorization": {token}, "Content-Type": {"application/json"}}
	var place struct{ CorrelationID, HostName, ContainerName, BlobName, SASToken string }
	if err := json.Unmarshal(send(http.MethodPost, files+"?api-version=2021-04-12", `{"blobName":"`+name+`"}`, signed), &place); err != nil {
		t.Fatal(err)
	}
	blob := "https://" + place.HostName + "/" + place.ContainerName + "/" + place.BlobName + place.SASToken
	send(http.MethodPut, blob, content, http.Header{"X-Ms-Blob-Type": {"BlockBlob"}})
	send(http.MethodPost, files+"/notifications?api-version=2021-04-12", `{"correlationId":"`+place.CorrelationID+`","isSuccess":true,"statusCode":200}`, signed)
}
