package rest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// Protocol 1.4: who may do what.
// Protocol 1.4.1, 1.4.2.
func TestRightsOfPolicies(t *testing.T) {
	f := start(t)
	routes := []struct {
		request
		rights string
	}{
		{request{method: http.MethodGet, path: "/devices/d"}, "read"},
		{request{method: http.MethodGet, path: "/devices"}, "read"},
		{request{method: http.MethodPut, path: "/devices/d", body: `{"deviceId":"d"}`, header: http.Header{"If-Match": {"*"}}}, "write"},
		{request{method: http.MethodDelete, path: "/devices/d"}, "write"},
		{request{method: http.MethodPost, path: "/devices/query", body: `{"query":"SELECT * FROM devices"}`}, "service"},
		{request{method: http.MethodGet, path: "/statistics/devices"}, "read"},
		{request{method: http.MethodGet, path: "/statistics/service"}, "service"},
	}
	for policy, rights := range map[string]string{
		"iothubowner": "read write service", "service": "service", "device": "",
		"registryRead": "read", "registryReadWrite": "read write",
	} {
		for _, r := range routes {
			if _, err := f.hub.Device("d"); err != nil {
				f.create(t, "d")
			}
			r.token = f.token(t, policy)
			got := f.do(t, r.request)
			allowed := strings.Contains(rights, r.rights)
			if ok := got.status < 300; ok != allowed || !ok && got.status != http.StatusUnauthorized {
				t.Errorf("%s: %s %s: %d %s", policy, r.method, r.path, got.status, got.body)
			}
		}
	}
}

// Protocol 1.2.9, 1.2.10, 1.4.3.
func TestTokensThatAreRefused(t *testing.T) {
	f := start(t)
	f.create(t, "d", "d1", "off")
	d, err := f.hub.Device("d")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.hub.UpdateDevice(t.Context(), wire.Device{DeviceID: "off", Status: wire.Disabled}, "*"); err != nil {
		t.Fatal(err)
	}
	off, err := f.hub.Device("off")
	if err != nil {
		t.Fatal(err)
	}
	owner := f.service(t, "iothubowner").Key
	soon := time.Now().Add(time.Hour)
	deviceKey := secret.New(d.Authentication.SymmetricKey.PrimaryKey)
	for _, c := range []struct {
		name, token, path, code string
		status                  int
	}{
		{"none", "-", "/devices/d", "IotHubUnauthorized", 401},
		{"bearer", "Bearer abc", "/devices/d", "IotHubUnauthorized", 401},
		{"garbage", "SharedAccessSignature sr=x", "/devices/d", "IotHubUnauthorized", 401},
		{"wrong key", sign(t, "localhost", secret.New("d3Jvbmc="), "iothubowner", soon), "/devices/d", "IotHubUnauthorized", 401},
		{"expired", sign(t, "localhost", owner, "iothubowner", time.Now().Add(-time.Hour)), "/devices/d", "IotHubUnauthorized", 401},
		{"unknown policy", sign(t, "localhost", owner, "nobody", soon), "/devices/d", "IotHubUnauthorized", 401},
		{"another host", sign(t, "other.example.org", owner, "iothubowner", soon), "/devices/d", "IotHubUnauthorized", 401},
		{"of another device", sign(t, "localhost/devices/d", owner, "iothubowner", soon), "/devices/d1", "IotHubUnauthorizedAccess", 401},
		{"a device's own key", sign(t, "localhost/devices/d", deviceKey, "", soon), "/devices/d", "IotHubUnauthorizedAccess", 401},
		{"an unknown device", sign(t, "localhost/devices/x", deviceKey, "", soon), "/devices/x", "IotHubUnauthorized", 401},
		{"a disabled device", sign(t, "localhost/devices/off", secret.New(off.Authentication.SymmetricKey.PrimaryKey), "", soon), "/devices/off", "DeviceDisabled", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := f.do(t, request{method: http.MethodGet, path: c.path, token: c.token})
			if got.status != c.status || got.header.Get("Iothub-Errorcode") != c.code {
				t.Errorf("%d %s", got.status, got.body)
			}
			if strings.Contains(got.body, "sig=") || strings.Contains(got.body, owner.Reveal()) {
				t.Errorf("the answer repeats the token: %s", got.body)
			}
		})
	}
	for name, token := range map[string]string{
		"for one device, by policy": sign(t, "localhost/devices/d", owner, "iothubowner", soon),
		"for another port":          sign(t, "LocalHost:8443", owner, "iothubowner", soon),
		"just expired":              sign(t, "localhost", owner, "iothubowner", time.Now().Add(-time.Minute)),
	} {
		if got := f.do(t, request{method: http.MethodGet, path: "/devices/d", token: token}); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// Protocol 2.0.1, 2.0.2.
func TestAPIVersion(t *testing.T) {
	f := start(t)
	for version, status := range map[string]int{
		"2021-04-12": 200, "2016-02-03": 200, "2018-06-30": 200, "2024-03-31": 200, "2020-05-31-preview": 200,
		"-": 400, "2016-02-02": 400, "2021-4-12": 400, "latest": 400, "2021-13-01": 400, "2021-04-12-beta": 400, "%00": 400,
	} {
		got := f.do(t, request{method: http.MethodGet, path: "/devices", version: version})
		if got.status != status || status == 400 && got.header.Get("Iothub-Errorcode") != "InvalidProtocolVersion" {
			t.Errorf("%s: %d %s", version, got.status, got.body)
		}
	}
}
