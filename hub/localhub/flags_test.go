package localhub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

func TestFlags(t *testing.T) {
	o := PreferredPorts("state")
	f := pflag.NewFlagSet("hub", pflag.ContinueOnError)
	o.AddFlags(f)
	if err := f.Parse(nil); err != nil {
		t.Fatal(err)
	}
	want := PreferredPorts("state")
	want.Listen = defaultListen
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("no flag (-want +got)\n%s", diff)
	}
	err := f.Parse(strings.Fields("--mqtt-port 0 --https-port=8443 --consumer-group a --consumer-group b --retention 90m --retention-bytes 2MiB --upload-bytes 3GiB " +
		"--event-sources twinChangeEvents,deviceLifecycleEvents --device-ca x.pem --partitions 2 --name hub.local"))
	if err != nil {
		t.Fatal(err)
	}
	want.MQTTPort, want.HTTPSPort = 0, 8443
	want.ConsumerGroups, want.Retention, want.RetentionBytes, want.UploadBytes = []string{"a", "b"}, 90*time.Minute, 2<<20, 3<<30
	want.EventSources, want.DeviceCAFiles = []string{"twinChangeEvents", "deviceLifecycleEvents"}, []string{"x.pem"}
	want.Partitions, want.Names = 2, []string{"hub.local"}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("all flags (-want +got)\n%s", diff)
	}
	for _, wrong := range []string{"--mqtt-port=65536", "--retention-bytes=much", "--retention-bytes=-1", "--retention-bytes=9999999999TiB", "--retention=long"} {
		if err := f.Parse([]string{wrong}); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"group":         {Options{ConsumerGroups: []string{"a/b"}}, `"a/b"`},
		"many groups":   {Options{ConsumerGroups: strings.Split(strings.Repeat("g,", 20)+"g", ",")}, "21 consumer groups"},
		"retention":     {Options{Retention: -1}, "negative"},
		"source":        {Options{EventSources: []string{"weather"}}, `"weather"`},
		"CA not there":  {Options{DeviceCAFiles: []string{"/nowhere/ca.pem"}}, "/nowhere/ca.pem"},
		"CA is not PEM": {Options{DeviceCAFiles: []string{empty}}, empty},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.StateDir = t.TempDir()
			h, err := Start(t.Context(), c.o)
			if err == nil {
				_ = h.Close(t.Context())
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %s", err, c.says)
			}
		})
	}
}

func TestEventSources(t *testing.T) {
	got, err := eventSources([]string{" TWINchangeEvents "})
	if err != nil || len(got) != 1 || got[0] != "twinChangeEvents" {
		t.Errorf("sources = %q, %v", got, err)
	}
	if got, err = eventSources([]string{"all"}); err != nil || len(got) != 3 {
		t.Errorf("all = %q, %v", got, err)
	}
}
