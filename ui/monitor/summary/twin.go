package summary

import (
	"strings"

	"github.com/tidwall/gjson"

	"hubscope/ui/monitor/history"
)

// twinChange says which parts of a twin changed, to what, and the version that they have now.
func twinChange(e *history.Event) string {
	if !gjson.ValidBytes(e.Body) {
		return ""
	}
	twin := gjson.ParseBytes(e.Body)
	if !twin.IsObject() {
		return ""
	}
	verb := ""
	if property(e, "opType") == "replaceTwin" {
		verb = "replaced "
	}
	var parts []string
	add := func(name string, value gjson.Result, version string) {
		if value.Exists() {
			parts = append(parts, verb+name+" "+plain(value)+version)
		}
	}
	for _, name := range []string{"desired", "reported"} {
		section := twin.Get("properties." + name)
		add(name, section, versionOf(section.Get("$version")))
	}
	add("tags", twin.Get("tags"), "")
	if len(parts) == 0 {
		return ""
	}
	// The version of the twin stands for what has none of its own.
	if !twin.Get("properties").Exists() {
		parts[len(parts)-1] += versionOf(twin.Get("version"))
	}
	return strings.Join(parts, "; ")
}

func versionOf(v gjson.Result) string {
	if !v.Exists() {
		return ""
	}
	return " v" + v.String()
}

// plain is an object without what the hub adds to it at its top: $metadata and $version.
func plain(value gjson.Result) string {
	if !value.IsObject() {
		return compact(value)
	}
	var members []string
	value.ForEach(func(name, member gjson.Result) bool {
		if !strings.HasPrefix(name.String(), "$") {
			members = append(members, name.Raw+":"+compact(member))
		}
		return true
	})
	return "{" + strings.Join(members, ",") + "}"
}

// compact takes the white space between the parts of a document away.
func compact(value gjson.Result) string { return value.Get("@ugly").Raw }

// digitalTwin reads a JSON patch.
func digitalTwin(e *history.Event) string {
	if !gjson.ValidBytes(e.Body) {
		return ""
	}
	patch := gjson.ParseBytes(e.Body)
	if inner := patch.Get("patch"); patch.IsObject() && inner.IsArray() {
		patch = inner
	}
	if !patch.IsArray() {
		return ""
	}
	var steps []string
	patch.ForEach(func(_, step gjson.Result) bool {
		path := step.Get("path").String()
		if step.Get("op").String() == "remove" {
			steps = append(steps, path+" removed")
			return true
		}
		steps = append(steps, path+" = "+compact(step.Get("value")))
		return true
	})
	return strings.Join(steps, "; ")
}
