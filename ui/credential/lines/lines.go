// Package lines writes command lines that send one message as a device or a module:
// ready for a POSIX shell, with its key or token in them.
package lines

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"

	"hubscope/hub/connstr"
)

// Device is who sends, and to where.
type Device struct {
	// Connection is its own connection string; with a module id it is that module.
	Connection connstr.Device
	// MQTTAddr is the host:port to connect to; "": port 8883 of the hub's name.
	MQTTAddr string
	// CAFile is what is to be trusted beyond the system's roots; "": nothing.
	CAFile string
}

// apiVersion is that of the user name (protocol 4.1).
const apiVersion = "2021-04-12"

// message is what the lines send.
const message = `{"hello":"world"}`

// host is the hub's name without a port: in user names, tokens and topics.
func (d Device) host() string {
	host, _, _ := strings.Cut(d.Connection.HostName, ":")
	return host
}

func (d Device) address() (host, port string) {
	if host, port, err := net.SplitHostPort(d.MQTTAddr); err == nil {
		return host, port
	}
	if d.Connection.GatewayHostName != "" {
		return d.Connection.GatewayHostName, "8883"
	}
	return d.host(), "8883"
}

// Mosquitto is a line for mosquitto_pub. With an empty token it names a certificate.
func (d Device) Mosquitto(token string) string {
	id, topic := d.Connection.DeviceID, "devices/"+d.Connection.DeviceID
	if m := d.Connection.ModuleID; m != "" {
		id, topic = id+"/"+m, topic+"/modules/"+m
	}
	host, port := d.address()
	words := []string{"mosquitto_pub", "-h", host, "-p", port}
	if d.CAFile != "" {
		words = append(words, "--cafile", d.CAFile)
	} else {
		words = append(words, "--tls-use-os-certs")
	}
	words = append(words, "-V", "mqttv311", "-q", "1", "-i", id, "-u", d.host()+"/"+id+"/?api-version="+apiVersion)
	if token == "" {
		words = append(words, "--cert", "device.pem", "--key", "device.key")
	} else {
		words = append(words, "-P", token)
	}
	return shell(append(words, "-t", topic+"/messages/events/", "-m", message)...)
}

// Node is a line for Node, with the packages azure-iot-device and azure-iot-device-mqtt.
func (d Device) Node() string {
	client := "Client"
	if d.Connection.ModuleID != "" {
		client = "ModuleClient"
	}
	script := `const {` + client + `,Message}=require("azure-iot-device"),{Mqtt}=require("azure-iot-device-mqtt");` +
		`const c=` + client + `.fromConnectionString(` + literal(d.Connection.Reveal()) + `,Mqtt);` +
		`c.sendEvent(new Message(` + literal(message) + `),e=>{console.log(e?String(e):"sent");c.close(()=>process.exit(e?1:0))})`
	line := shell("node", "-e", script)
	if d.CAFile == "" {
		return line
	}
	return "NODE_EXTRA_CA_CERTS=" + quote(d.CAFile) + " " + line
}

// Python is a line for Python, with the package azure-iot-device.
func (d Device) Python() string {
	trust := ""
	if d.CAFile != "" {
		trust = ",server_verification_cert=open(" + literal(d.CAFile) + ").read()"
	}
	client := "IoTHubDeviceClient"
	if d.Connection.ModuleID != "" {
		client = "IoTHubModuleClient"
	}
	script := `from azure.iot.device import ` + client + ` as C;` +
		`c=C.create_from_connection_string(` + literal(d.Connection.Reveal()) + trust + `);` +
		`c.connect();c.send_message(` + literal(message) + `);print("sent");c.shutdown()`
	return shell("python3", "-c", script)
}

// literal is a string of JavaScript and of Python.
func literal(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

func shell(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

// quote makes one word of a POSIX shell of a text.
func quote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
