package events

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hubscope/hub/localhub/interop/station"
)

// publishPaho sends messages 0 to n-1 at QoS 1 and returns when the hub has confirmed all.
func publishPaho(s *station.Station, d station.Identity, n int) error {
	client, err := s.TryConnect(d, station.TLS)
	if err != nil {
		return err
	}
	defer client.Disconnect(100)
	sent := make([]paho.Token, n)
	for i := range n {
		topic := fmt.Sprintf("devices/%s/messages/events/%%24.mid=message_%d&%%24.cid=correlation_%d&%%24.ct=application%%2Fjson&%%24.ce=utf-8&Property=PropMsg_%d",
			d.DeviceID, i, i, i)
		sent[i] = client.Client.Publish(topic, 1, false, body(d.DeviceID, i))
	}
	for _, token := range sent {
		if err := station.Within(token); err != nil {
			return err
		}
	}
	return nil
}

func body(id string, n int) string { return fmt.Sprintf(`{"deviceId": "%s","n": %d}`, id, n) }

// publishMosquitto sends the same bodies, a line each, with one set of properties for all.
func publishMosquitto(s *station.Station, program string, d station.Identity, n int) error {
	host, port, err := net.SplitHostPort(s.Hub.Target().MQTTAddr)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for i := range n {
		fmt.Fprintln(&lines, body(d.DeviceID, i))
	}
	command := exec.CommandContext(s.T.Context(), program,
		"-h", host, "-p", port, "--cafile", s.Variable("HUBSCOPE_CA_FILE"), "-V", "mqttv311", "-q", "1", "-l",
		"-i", d.DeviceID, "-u", "localhost/"+d.DeviceID+"/?api-version=2021-04-12",
		"-P", s.Token(d),
		"-t", "devices/"+d.DeviceID+"/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8&Property=PropMsg")
	command.Stdin = strings.NewReader(lines.String())
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("mosquitto_pub: %w: %s", err, output)
	}
	return nil
}

// mosquitto is the path of mosquitto_pub, if starting it was asked for.
func mosquitto(t *testing.T) string {
	if os.Getenv("HUBSCOPE_INTEROP") != "1" {
		t.Log("without mosquitto_pub: set HUBSCOPE_INTEROP=1 to have it")
		return ""
	}
	path, err := exec.LookPath("mosquitto_pub")
	if err != nil {
		t.Log("without mosquitto_pub: it is not installed (Debian: mosquitto-clients)")
	}
	return path
}
