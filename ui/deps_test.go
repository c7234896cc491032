package ui_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "hubscope"

// The import arrows of the program. A pattern ending in /... means the package and all below it.
var forbidden = []struct {
	from    string
	imports []string
	except  []string // packages matched by from that may
	because string
}{
	{
		from:    "hub/...",
		imports: []string{"ui/...", "device/sim", "charm.land/..."},
		because: "a client of a hub, and the local hub, must be usable with no screen: in a ten-line program, in CI",
	},
	{
		from:    "device/...",
		imports: []string{"ui/...", "charm.land/..."},
		because: "a device client must be usable with no screen",
	},
	{
		from:    "hub/...",
		imports: []string{"device"},
		because: "the service side does not speak as a device; what both must know is in device/topic",
	},
	{
		from:    "device/...",
		imports: []string{"hub", "hub/events", "hub/localhub/..."},
		because: "a device knows its connection string and nothing of the service side",
	},
	{
		from:    "hub",
		imports: []string{"hub/events", "hub/localhub/..."},
		because: "whoever manages devices need not link the event client or a server",
	},
	{
		from:    "hub/events",
		imports: []string{"hub", "hub/localhub/...", "github.com/eclipse/..."},
		because: "reading events needs a connection string and a token, not the registry client",
	},
	{
		from:    "hub/connstr",
		imports: []string{"hub/sas", "hub/wire", "net/http", "crypto/tls"},
		because: "a connection string is text: reading one must not link the network",
	},
	{
		from:    "hub/secret",
		imports: []string{module + "/..."},
		because: "a key that hides itself is needed by all, so it may need none",
	},
	{
		from:    "hub/wire",
		imports: []string{"hub", "hub/connstr", "hub/sas", "device/..."},
		because: "the documents of the wire are shared by client and server, and belong to neither",
	},
	{
		from:    "device/topic",
		imports: []string{"hub/...", "device"},
		because: "topics are shared by the device client and the local hub, and belong to neither",
	},
	{
		from:    "hub/localhub/core",
		imports: []string{"hub/localhub/rest", "hub/localhub/mqtt", "hub/localhub/amqp", "net/http", "github.com/eclipse/..."},
		because: "what a hub is does not depend on how it is spoken to; the three endpoints stand above it",
	},
	{
		from:    "hub/localhub/rest",
		imports: []string{"hub/localhub/mqtt", "hub/localhub/amqp", "hub/localhub"},
		because: "an endpoint knows the core and not the other endpoints",
	},
	{
		from:    "hub/localhub/mqtt",
		imports: []string{"hub/localhub/rest", "hub/localhub/amqp", "hub/localhub"},
		because: "an endpoint knows the core and not the other endpoints",
	},
	{
		from:    "hub/localhub/amqp",
		imports: []string{"hub/localhub/rest", "hub/localhub/mqtt", "hub/localhub"},
		because: "an endpoint knows the core and not the other endpoints",
	},
	{
		from:    "ui/...",
		imports: []string{"hub/localhub/..."},
		except:  []string{"ui/cli"},
		because: "the screen reaches the local hub over its sockets, as it reaches Azure",
	},
	{
		from:    module + "/...",
		imports: []string{"ui/cli"},
		except:  []string{module},
		because: "the commands join flags, clients, local hub and screen: they stand above all of them, and only the program runs them",
	},
	{
		from:    "ui/page",
		imports: []string{"hub/...", "device/...", "ui/widget"},
		because: "the contract of a page is the same whatever the page shows",
	},
	{
		from:    "ui/widget",
		imports: []string{"hub/...", "device/...", "ui/page"},
		because: "a table or a form draws what it is given and knows no hub",
	},
	{
		from:    "ui/stream",
		imports: []string{module + "/...", "charm.land/..."},
		because: "the stream buffer is measured and tested with no screen",
	},
	{
		from:    "ui/theme",
		imports: []string{"hub/...", "device/...", "ui/page", "ui/widget", "ui/keys"},
		because: "the theme is a leaf: everything is drawn with it",
	},
	{
		from:    "ui/keys",
		imports: []string{"hub/...", "device/...", "ui/page", "ui/widget", "ui/theme"},
		because: "the keys are a leaf: the help and the README are made from them",
	},
	{
		from:    "ui/credential/...",
		imports: []string{"ui/identity", "ui/modules"},
		because: "what the identities of devices and of modules have in common belongs to neither",
	},
	{
		from:    module + "/...",
		imports: []string{"testing", "github.com/charmbracelet/x/exp/golden", "go.uber.org/goleak", "ui/uitest", "ui/uitest/trouble", "hub/localhub/interop/...", "hub/localhub/tlsca/devicecert"},
		except:  []string{"ui/uitest", "ui/uitest/trouble", "hub/localhub/interop/...", "hub/localhub/tlsca/devicecert"},
		because: "what helps tests stays out of the program",
	},
	{
		from:    module + "/...",
		imports: []string{"github.com/charmbracelet/bubbletea/...", "github.com/charmbracelet/lipgloss/...", "github.com/charmbracelet/bubbles/..."},
		because: "the maintained major of these is charm.land/…/v2; two of them in one binary do not know each other's messages",
	},
}

// pages are the folders of ui that hold a page each.
var pages = []string{
	"ui/connect", "ui/devices", "ui/identity", "ui/modules", "ui/twin", "ui/method", "ui/c2d",
	"ui/detail", "ui/create", "ui/monitor", "ui/simulate", "ui/journal", "ui/faults", "ui/profiles",
}

func TestImportArrows(t *testing.T) {
	deps := dependencies(t)
	for _, rule := range forbidden {
		for pkg, imports := range deps {
			if !matches(rule.from, pkg) || slices.ContainsFunc(rule.except, func(e string) bool { return matches(e, pkg) }) {
				continue
			}
			for _, dep := range imports {
				if dep != pkg && slices.ContainsFunc(rule.imports, func(p string) bool { return matches(p, dep) }) {
					t.Errorf("%s imports %s: %s", pkg, dep, rule.because)
				}
			}
		}
	}
}

func TestPagesDoNotImportEachOther(t *testing.T) {
	deps := dependencies(t)
	for _, page := range pages {
		for _, dep := range deps[full(page)] {
			for _, other := range pages {
				if other != page && dep == full(other) {
					t.Errorf("%s imports %s: pages talk by the messages of ui/page", page, other)
				}
			}
		}
	}
}

// dependencies are all imports, direct and not, of each package of the program.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-f", `{{if .Module}}{{if eq .Module.Path "`+module+`"}}{{.ImportPath}} {{join .Deps " "}}{{end}}{{end}}`, module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if names := strings.Fields(line); len(names) > 0 {
			deps[names[0]] = names[1:]
		}
	}
	if len(deps) < 5 || len(deps[full("hub/connstr")]) == 0 {
		t.Fatalf("go list names %d packages of the program: the rules would hold of nothing", len(deps))
	}
	return deps
}

func matches(pattern, pkg string) bool {
	pattern = full(pattern)
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == below || strings.HasPrefix(pkg, below+"/")
	}
	return pkg == pattern
}

// full is the import path: rules name the packages of the program without the module.
func full(path string) string {
	for _, own := range []string{"hub", "device", "ui"} {
		if path == own || strings.HasPrefix(path, own+"/") {
			return module + "/" + path
		}
	}
	return path
}
