package events

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"hubscope/hub"
)

// pahoOptions are those of the documentation for a device without an SDK. protocol 4.1
func (s *station) pahoOptions(id, password string) *paho.ClientOptions {
	return paho.NewClientOptions().
		AddBroker("ssl://" + s.hub.Target().MQTTAddr).
		SetTLSConfig(s.trust()).
		SetProtocolVersion(4).
		SetClientID(id).
		SetUsername("localhost/" + id + "/?api-version=2021-04-12").
		SetPassword(password).
		SetAutoReconnect(false).
		SetConnectRetry(false).
		SetConnectTimeout(patience)
}

func within(token paho.Token) error {
	if !token.WaitTimeout(patience) {
		return fmt.Errorf("no answer in %v", patience)
	}
	return token.Error()
}

// publishPaho sends messages 0 to n-1 at QoS 1 and returns when the hub has confirmed all.
func (s *station) publishPaho(d hub.Device, n int) error {
	client := paho.NewClient(s.pahoOptions(d.DeviceID, deviceToken(s.t, d.DeviceID, d.Auth.Primary, time.Now().Add(time.Hour))))
	if err := within(client.Connect()); err != nil {
		return err
	}
	defer client.Disconnect(100)
	sent := make([]paho.Token, n)
	for i := range n {
		topic := fmt.Sprintf("devices/%s/messages/events/%%24.mid=message_%d&%%24.cid=correlation_%d&%%24.ct=application%%2Fjson&%%24.ce=utf-8&Property=PropMsg_%d",
			d.DeviceID, i, i, i)
		sent[i] = client.Publish(topic, 1, false, body(d.DeviceID, i))
	}
	for _, token := range sent {
		if err := within(token); err != nil {
			return err
		}
	}
	return nil
}

func body(id string, n int) string { return fmt.Sprintf(`{"deviceId": "%s","n": %d}`, id, n) }

// publishMosquitto sends the same bodies, a line each, with one set of properties for all.
func (s *station) publishMosquitto(program string, d hub.Device, n int) error {
	host, port, err := net.SplitHostPort(s.hub.Target().MQTTAddr)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for i := range n {
		fmt.Fprintln(&lines, body(d.DeviceID, i))
	}
	command := exec.CommandContext(s.t.Context(), program,
		"-h", host, "-p", port, "--cafile", s.variable("HUBSCOPE_CA_FILE"), "-V", "mqttv311", "-q", "1", "-l",
		"-i", d.DeviceID, "-u", "localhost/"+d.DeviceID+"/?api-version=2021-04-12",
		"-P", deviceToken(s.t, d.DeviceID, d.Auth.Primary, time.Now().Add(time.Hour)),
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
