package query

import "strings"

// Step is one step of a path: a member of an object or an element of an array.
type Step struct {
	Name string
	// Index counts when Name is empty.
	Index int
}

// Path leads from a row's top to a value. It has at least one step, the first is
// a name.
type Path []Step

// name is what the value is called in a result: the last name (protocol 3.3).
func (p Path) name() string {
	for i := len(p) - 1; ; i-- {
		if p[i].Name != "" {
			return p[i].Name
		}
	}
}

// String gives the path in a form that tells different paths apart.
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch {
		case step.Name == "":
			b.WriteString("[" + itoa(step.Index) + "]")
		case i > 0:
			b.WriteString("." + step.Name)
		default:
			b.WriteString(step.Name)
		}
	}
	return b.String()
}

// builtIn are the members at the top of all documents, by their names in lower
// case; they are matched without case (protocol 3.1).
var builtIn = byLowerCase(
	"deviceId", "moduleId", "etag", "deviceEtag", "status", "statusReason", "statusUpdateTime",
	"connectionState", "lastActivityTime", "cloudToDeviceMessageCount", "authenticationType",
	"x509Thumbprint", "modelId", "version", "tags", "properties", "capabilities", "deviceScope",
	"parentScopes", "configurations",
	"jobId", "jobType", "startTimeUtc", "endTimeUtc", "createdDateTimeUtc", "lastUpdatedDateTimeUtc",
	"outcome", "error",
)

func byLowerCase(names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, name := range names {
		m[strings.ToLower(name)] = name
	}
	m["id"] = "deviceId" // protocol 3.2
	return m
}

// fromRoot leaves out the name of a collection in front, whichever it is, and
// gives a built-in name its own case (protocol 3.1).
func (p Path) fromRoot() Path {
	if len(p) > 1 && p[1].Name != "" && strings.EqualFold(p[0].Name, "devices") {
		p = p[1:]
		if len(p) > 1 && p[1].Name != "" && (strings.EqualFold(p[0].Name, "modules") || strings.EqualFold(p[0].Name, "jobs")) {
			p = p[1:]
		}
	}
	if name, ok := builtIn[strings.ToLower(p[0].Name)]; ok {
		p[0].Name = name
	}
	return p
}
