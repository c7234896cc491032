package localhub_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hubscope/device"
	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/localhub"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// safeBuffer is a log that many write to.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) add(err error) {
	if err != nil {
		sentence, next := hub.Explain(err)
		_, _ = fmt.Fprintf(b, "%v %+v %#v %s %s\n", err, err, err, sentence, next)
	}
}

// TestSecretsStayOutOfLogs: with the most verbose log, on every protocol, with
// good and with wrong credentials, no key and no signature is ever said.
func TestSecretsStayOutOfLogs(t *testing.T) {
	var log safeBuffer
	dir := t.TempDir()
	h, err := localhub.Start(t.Context(), localhub.Options{StateDir: dir, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))})
	if err != nil {
		t.Fatal(err)
	}
	d := createDevice(t, h, "d")
	sendTelemetry(t, h, d, 3)
	receive(t, h.EventHub().Reveal(), 3)
	secrets := map[string]string{
		"device key": d.Auth.Primary.Reveal(), "second device key": d.Auth.Secondary.Reveal(),
		"owner key": h.Target().Service.Key.Reveal(), "event reader key": h.EventHub().Key.Reveal(),
	}
	for _, name := range []string{"service", "device", "registryRead", "registryReadWrite"} {
		if p, found := h.Core().Policy(name); found {
			secrets["first key of "+name], secrets["second key of "+name] = p.Primary.Reveal(), p.Secondary.Reveal()
		}
	}
	wrong := secret.New("d3Jvbmcga2V5IG9mIGEgZGV2aWNlIHRoYXQgaXMgMzI=")
	secrets["wrong key"] = wrong.Reveal()
	for name, signature := range wrongUses(t, h, d, wrong, &log) {
		secrets[name] = signature
	}
	closeHub(t, h)
	if damaged, err := os.ReadFile(filepath.Join(dir, "hub.db")); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "hub.db"), damaged[:len(damaged)/2], 0o600)
		_, err = localhub.Start(t.Context(), localhub.Options{StateDir: dir})
		log.add(err)
	}
	text := log.text.String()
	if len(text) < 1000 || !strings.Contains(text, "level=DEBUG") {
		t.Errorf("only %d bytes of log: the test tests nothing", len(text))
	}
	for name, value := range secrets {
		for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), strings.TrimRight(value, "=")} {
			if at := strings.Index(text, form); len(form) > 8 && at >= 0 {
				t.Errorf("the %s was said: …%s", name, strings.ReplaceAll(text[max(0, at-200):min(len(text), at+20)], form, "***"))
				break
			}
		}
	}
	t.Logf("%d kB of log and errors, %d secrets", len(text)>>10, len(secrets))
}

// wrongUses goes to every protocol with credentials that are refused, and
// uploads a file. It gives the signatures that were used.
func wrongUses(t *testing.T, h *localhub.Hub, d hub.Device, wrong secret.Text, log *safeBuffer) map[string]string {
	t.Helper()
	used := map[string]string{}
	target := h.Target()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: target.TLS}, Timeout: closesWithin}
	defer client.CloseIdleConnections()
	base := "https://localhost:" + environment(h)["HUBSCOPE_HTTPS_PORT"]
	send := func(method, address, token, body string) []byte {
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		r.Header.Set("x-ms-blob-type", "BlockBlob")
		a, err := client.Do(r)
		if err != nil {
			log.add(err)
			return nil
		}
		defer a.Body.Close()
		text, _ := io.ReadAll(a.Body)
		if a.StatusCode >= 400 { // answers to refusals are read by people too
			_, _ = log.Write(text)
		}
		return text
	}
	const version = "?api-version=2021-04-12"
	for name, key := range map[string]secret.Text{"owner's token": target.Service.Key, "wrong token": wrong} {
		for suffix, expiry := range map[string]time.Time{"": time.Now().Add(time.Hour), ", expired": time.Now().Add(-time.Hour)} {
			token, err := sas.IoTHub("localhost", key, "iothubowner", expiry)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := sas.Parse(token.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			used[name+suffix] = parsed.Signature
			send("GET", base+"/devices/d"+version, token.Reveal(), "")
			send("PUT", base+"/devices/d"+version, token.Reveal(), `{"deviceId":"d","authentication":{"symmetricKey":{"primaryKey":"`+wrong.Reveal()+`","secondaryKey":"short"}}}`)
			send("POST", base+"/devices/query"+version, token.Reveal(), `{"query":"SELECT * FROM devices WHERE x = '`+wrong.Reveal()+"\"")
			var ticket struct{ HostName, ContainerName, BlobName, SASToken string }
			if text := send("POST", base+"/devices/d/files"+version, token.Reveal(), `{"blobName":"f.txt"}`); json.Unmarshal(text, &ticket) == nil && ticket.SASToken != "" {
				values, _ := url.ParseQuery(ticket.SASToken[1:])
				used["upload signature"] = values.Get("sig")
				address := "https://" + ticket.HostName + "/" + ticket.ContainerName + "/" + ticket.BlobName + ticket.SASToken
				send("PUT", address, "", "content")
				send("PUT", address+"x", "", "content")
				send("PATCH", address, "", "content")
			}
		}
	}
	bad, err := device.New(target.Service.ForDevice("d", wrong), device.Options{MQTTAddr: target.MQTTAddr, TLS: target.TLS})
	if err != nil {
		t.Fatal(err)
	}
	log.add(bad.Connect(t.Context()))
	_ = bad.Close(t.Context())
	refused := target
	refused.Service.Key = wrong
	service, err := hub.New(hub.Options{Target: refused, Retry: hub.Retry{Tries: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	_, err = service.Device(t.Context(), "d")
	log.add(err)
	_, err = connstr.Parse("HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + wrong.Reveal() + "!;x=" + d.Auth.Primary.Reveal())
	log.add(err)
	log.add(errors.Join(err, fmt.Errorf("a device %v %+v", d, d.Auth)))
	return used
}
