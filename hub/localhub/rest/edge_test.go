package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hubscope/hub/localhub/core"
	"hubscope/hub/secret"
	"hubscope/hub/wire"
)

// family is a parent with two leaves, a child that is an IoT Edge device with a
// leaf of its own, and a stranger.
func family(t *testing.T) *fixture {
	t.Helper()
	f := startConfigurations(t)
	create := func(d wire.Device) wire.Device {
		t.Helper()
		made, err := f.hub.CreateDevice(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	edge := &wire.Capabilities{IoTEdge: true}
	parent := create(wire.Device{DeviceID: "parent", Capabilities: edge})
	child := create(wire.Device{DeviceID: "child", Capabilities: edge, ParentScopes: []string{parent.DeviceScope}})
	create(wire.Device{DeviceID: "leaf-1", DeviceScope: parent.DeviceScope})
	create(wire.Device{DeviceID: "leaf-2", ParentScopes: []string{parent.DeviceScope}, DeviceScope: parent.DeviceScope})
	create(wire.Device{DeviceID: "grandchild", DeviceScope: child.DeviceScope})
	create(wire.Device{DeviceID: "stranger"})
	if _, err := f.hub.CreateModule(t.Context(), wire.Module{DeviceID: "leaf-1", ModuleID: "m"}); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) moduleToken(t *testing.T, id core.ID) string {
	t.Helper()
	m, err := f.hub.Module(id)
	if err != nil {
		t.Fatal(err)
	}
	return sign(t, "localhost/"+id.Path(), secret.New(m.Authentication.SymmetricKey.PrimaryKey), "", time.Now().Add(time.Hour))
}

// inScope are the ids in an answer of the scope.
func inScope(t *testing.T, r response) (ids []string, link string) {
	t.Helper()
	var result struct {
		Devices []wire.Device `json:"devices"`
		Modules []wire.Module `json:"modules"`
		Link    *string       `json:"continuationLink"`
	}
	if err := json.Unmarshal([]byte(r.body), &result); err != nil || r.status != http.StatusOK || result.Devices == nil || result.Modules == nil || !strings.Contains(r.body, `"continuationLink":`) {
		t.Fatalf("%d %s, %v", r.status, r.body, err)
	}
	for _, d := range result.Devices {
		if d.Authentication == nil || d.Authentication.SymmetricKey == nil || d.GenerationID == "" {
			t.Errorf("%+v", d)
		}
		ids = append(ids, d.DeviceID)
	}
	for _, m := range result.Modules {
		ids = append(ids, m.DeviceID+"/"+m.ModuleID)
	}
	if result.Link != nil {
		link = *result.Link
	}
	return ids, link
}

// Protocol 5.2: who may connect to an IoT Edge device.
func TestDeviceScope(t *testing.T) {
	f := family(t)
	token := f.moduleToken(t, core.ID{Device: "parent", Module: "$edgeHub"})
	const hub = "/devices/parent/modules/$edgeHub"
	all := []string{"child", "child/$edgeAgent", "child/$edgeHub", "leaf-1", "leaf-1/m", "leaf-2", "parent", "parent/$edgeAgent", "parent/$edgeHub"}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		ids, link := inScope(t, f.do(t, request{method: method, path: hub + "/devicesAndModulesInDeviceScope", token: token}))
		slices.Sort(ids)
		if !slices.Equal(ids, all) || link != "" {
			t.Errorf("%s: %v, %q", method, ids, link)
		}
	}
	var paged []string
	link := "/devices/parent/modules/%24edgeHub/devicesAndModulesInDeviceScope?deviceCount=1&continuationToken=&api-version=2018-08-30-preview"
	for pages := 0; link != "" && pages < 10; pages++ {
		var ids []string
		ids, link = inScope(t, f.do(t, request{method: http.MethodGet, path: link, token: token}))
		paged = append(paged, ids...)
	}
	slices.Sort(paged)
	if !slices.Equal(paged, all) {
		t.Errorf("page by page: %v", paged)
	}
	one := func(query string) response {
		return f.do(t, request{method: http.MethodGet, path: hub + "/deviceAndModuleInDeviceScope?api-version=2018-08-30-preview&" + query, token: token})
	}
	if ids, _ := inScope(t, one("targetDeviceId=leaf-1&targetModuleId=m")); !slices.Equal(ids, []string{"leaf-1", "leaf-1/m"}) {
		t.Error(ids)
	}
	if ids, _ := inScope(t, one("targetDeviceId=leaf-2&targetModuleId=")); !slices.Equal(ids, []string{"leaf-2"}) {
		t.Error(ids)
	}
	for query, want := range map[string]string{
		"targetDeviceId=stranger": "DeviceNotFound", "targetDeviceId=grandchild": "DeviceNotFound", "targetDeviceId=nobody": "DeviceNotFound",
		"targetDeviceId=leaf-1&targetModuleId=x": "ModuleNotFound", "": "ArgumentInvalid",
	} {
		if code, _ := one(query).refusal(t); code != want {
			t.Errorf("%s: %s, want %s", query, code, want)
		}
	}
	for name, c := range map[string]struct{ token, path, want string }{
		"another module":      {f.moduleToken(t, core.ID{Device: "leaf-1", Module: "m"}), "/devices/leaf-1/modules/m/devicesAndModulesInDeviceScope", "IotHubUnauthorizedAccess"},
		"another device's":    {f.moduleToken(t, core.ID{Device: "child", Module: "$edgeHub"}), hub + "/devicesAndModulesInDeviceScope", "IotHubUnauthorizedAccess"},
		"a service":           {f.token(t, "service"), hub + "/devicesAndModulesInDeviceScope", "IotHubUnauthorizedAccess"},
		"no IoT Edge device":  {f.token(t, "device"), "/devices/leaf-1/modules/$edgeHub/devicesAndModulesInDeviceScope", "InvalidDeviceScope"},
		"a token that is odd": {token, hub + "/devicesAndModulesInDeviceScope?continuationToken=%25&api-version=2018-08-30-preview", "ArgumentInvalid"},
	} {
		if code, _ := f.do(t, request{method: http.MethodGet, path: c.path, token: c.token}).refusal(t); code != c.want {
			t.Errorf("%s: %s, want %s", name, code, c.want)
		}
	}
}

// Protocol 5.2: an IoT Edge device speaks for the layers below it, along a chain of
// parents.
func TestNestedDeviceScope(t *testing.T) {
	f := family(t)
	token := f.moduleToken(t, core.ID{Device: "parent", Module: "$edgeHub"})
	post := func(operation, body string) response {
		return f.do(t, request{method: http.MethodPost, path: "/devices/parent/modules/$edgeHub/" + operation + "?api-version=2020-06-30-preview", token: token, body: body})
	}
	ids, _ := inScope(t, post("devicesAndModulesInTargetDeviceScope", `{"pageSize":100,"authChain":"child;parent"}`))
	if slices.Sort(ids); !slices.Equal(ids, []string{"child", "child/$edgeAgent", "child/$edgeHub", "grandchild"}) {
		t.Error(ids)
	}
	var paged []string
	for link, first := "", true; first || link != ""; first = false {
		ids, link = inScope(t, post("devicesAndModulesInTargetDeviceScope", fmt.Sprintf(`{"pageSize":1,"continuationLink":%q,"authChain":"parent"}`, link)))
		if paged = append(paged, ids...); len(paged) > 20 {
			break
		}
	}
	if len(paged) != 9 {
		t.Error(paged)
	}
	if ids, _ := inScope(t, post("getDeviceAndModuleOnBehalfOf", `{"targetDeviceId":"grandchild","authChain":"child/$edgeHub;child;parent"}`)); !slices.Equal(ids, []string{"grandchild"}) {
		t.Error(ids)
	}
	for chain, want := range map[string]string{
		"leaf-1;child;parent": "IotHubUnauthorizedAccess", "child": "IotHubUnauthorizedAccess", "": "IotHubUnauthorizedAccess",
		"grandchild;parent": "IotHubUnauthorizedAccess", strings.Repeat("a;b;", 50) + "parent": "IotHubUnauthorizedAccess",
		"parent": "DeviceNotFound", // the grandchild is not its own
	} {
		if code, _ := post("getDeviceAndModuleOnBehalfOf", fmt.Sprintf(`{"targetDeviceId":"grandchild","authChain":%q}`, chain)).refusal(t); code != want {
			t.Errorf("%.40q: %s, want %s", chain, code, want)
		}
	}
}

// Protocol 2.9: all desired properties at once, or some of them.
func TestApplyConfigurationContentReplaces(t *testing.T) {
	f := family(t)
	apply := func(content string) {
		t.Helper()
		if got := f.do(t, request{method: http.MethodPost, path: "/devices/parent/applyConfigurationContent", body: content}); got.status != http.StatusNoContent {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	desired := func(module string) string {
		t.Helper()
		twin, err := f.hub.Twin(core.ID{Device: "parent", Module: module})
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(twin.Properties.Desired, &all); err != nil {
			t.Fatal(err)
		}
		delete(all, "$metadata")
		text, _ := json.Marshal(all)
		return string(text)
	}
	apply(`{"modulesContent":{"$edgeAgent":{"properties.desired":{"a":1,"b":{"c":2}}},"sensor":{"properties.desired.rate":5,"properties.desired.unit":"s"}}}`)
	apply(`{"modulesContent":{"$edgeAgent":{"properties.desired":{"b":{"d":3}}},"sensor":{"properties.desired.rate":7}}}`)
	if got := desired("$edgeAgent"); strings.Contains(got, `"a"`) || strings.Contains(got, `"c"`) || !strings.Contains(got, `"d":3`) {
		t.Errorf("all of them: %s", got)
	}
	if got := desired("sensor"); !strings.Contains(got, `"rate":7`) || !strings.Contains(got, `"unit":"s"`) {
		t.Errorf("one of them: %s", got)
	}
	m, err := f.hub.Module(core.ID{Device: "parent", Module: "sensor"})
	if err != nil || m.ManagedBy == nil || *m.ManagedBy != "IotEdge" {
		t.Errorf("%+v, %v", m, err)
	}
	if got := f.do(t, request{method: http.MethodPost, path: "/devices/parent/applyConfigurationContent", body: `{"modulesContent":{"sensor":{"properties.reported":{}}}}`}); got.status != http.StatusBadRequest {
		t.Errorf("%d %s", got.status, got.body)
	}
}
