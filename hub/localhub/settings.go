package localhub

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"hubscope/hub/localhub/fault"
)

// settings are what a hub runs with, in the words of Options; the ports are
// those that it has got.
type settings struct {
	Listen         string        `json:"listen"`
	Names          []string      `json:"names,omitempty"`
	HTTPS          int           `json:"https"`
	MQTT           int           `json:"mqtt"`
	AMQP           int           `json:"amqp"`
	AMQPPlain      int           `json:"amqpPlain"`
	Partitions     int           `json:"partitions"`
	ConsumerGroups []string      `json:"consumerGroups"`
	Retention      time.Duration `json:"retention,omitempty"`
	RetentionBytes int64         `json:"retentionBytes,omitempty"`
	UploadBytes    int64         `json:"uploadBytes,omitempty"`
	EventSources   []string      `json:"eventSources,omitempty"`
	DeviceCAFiles  []string      `json:"deviceCAFiles,omitempty"`
	Faults         []fault.Rule  `json:"faults,omitempty"`
	Tier           fault.Tier    `json:"tier,omitempty"`
	Units          int           `json:"units,omitempty"`
}

func (h *Hub) settings() settings {
	sources, _ := eventSources(h.o.EventSources) // read at the start already
	return settings{
		Listen: h.o.Listen, Names: h.o.Names,
		HTTPS: h.ports.https.number, MQTT: h.ports.mqtt.number, AMQP: h.ports.amqp.number, AMQPPlain: h.ports.amqpPlain.number,
		Partitions: h.core.Partitions(), ConsumerGroups: h.core.ConsumerGroups(),
		Retention: h.o.Retention, RetentionBytes: h.o.RetentionBytes, UploadBytes: h.o.UploadBytes,
		EventSources: sources, DeviceCAFiles: absolute(h.o.DeviceCAFiles),
		Faults: h.o.Faults, Tier: h.o.Tier, Units: h.o.Units,
	}
}

// options start a hub with the settings.
func (s settings) options(stateDir string) Options {
	return Options{
		StateDir: stateDir, Listen: s.Listen, Names: s.Names,
		HTTPSPort: s.HTTPS, MQTTPort: s.MQTT, AMQPPort: s.AMQP, AMQPPlainPort: s.AMQPPlain,
		Partitions: s.Partitions, ConsumerGroups: slices.DeleteFunc(slices.Clone(s.ConsumerGroups), isDefaultGroup),
		Retention: s.Retention, RetentionBytes: s.RetentionBytes, UploadBytes: s.UploadBytes,
		EventSources: s.EventSources, DeviceCAFiles: s.DeviceCAFiles,
		Faults: s.Faults, Tier: s.Tier, Units: s.Units,
	}
}

func isDefaultGroup(name string) bool { return name == "$Default" }

// conflicts are the flags of o that ask for what the settings are not. What o
// leaves at its default fits any hub.
func (s settings) conflicts(o Options) []string {
	var flags []string
	differs := func(flag string, wanted any, fits bool) {
		if !fits {
			flags = append(flags, fmt.Sprintf("--%s %v", flag, wanted))
		}
	}
	differs("listen", o.Listen, o.Listen == "" || o.Listen == defaultListen || strings.EqualFold(o.Listen, "localhost") || o.Listen == s.Listen)
	differs("name", strings.Join(o.Names, ", "), within(o.Names, s.Names))
	for _, p := range []struct {
		flag        string
		wanted, has int
	}{{"https-port", o.HTTPSPort, s.HTTPS}, {"mqtt-port", o.MQTTPort, s.MQTT}, {"amqp-port", o.AMQPPort, s.AMQP}, {"amqp-plain-port", o.AMQPPlainPort, s.AMQPPlain}} {
		differs(p.flag, p.wanted, p.wanted <= 0 || p.wanted == p.has)
	}
	differs("partitions", o.Partitions, o.Partitions == 0 || o.Partitions == s.Partitions)
	differs("consumer-group", strings.Join(o.ConsumerGroups, ", "), within(o.ConsumerGroups, s.ConsumerGroups))
	differs("retention", o.Retention, o.Retention == 0 || o.Retention == s.Retention)
	differs("retention-bytes", o.RetentionBytes, o.RetentionBytes == 0 || o.RetentionBytes == s.RetentionBytes)
	differs("upload-bytes", o.UploadBytes, o.UploadBytes == 0 || o.UploadBytes == s.UploadBytes)
	sources, err := eventSources(o.EventSources)
	differs("event-sources", strings.Join(o.EventSources, ","), err == nil && within(sources, s.EventSources))
	differs("device-ca", strings.Join(o.DeviceCAFiles, ", "), within(absolute(o.DeviceCAFiles), s.DeviceCAFiles))
	for _, rule := range o.Faults {
		same := func(r fault.Rule) bool { return reflect.DeepEqual(r, rule) }
		differs("fault", "kind="+string(rule.Kind), slices.ContainsFunc(s.Faults, same))
	}
	differs("tier", o.Tier, o.Tier == "" || o.Tier == s.Tier)
	differs("units", o.Units, o.Units == 0 || o.Units == s.Units)
	return flags
}

// within tells whether a hub that has some names, in any case, has those wanted.
func within(wanted, has []string) bool {
	for _, name := range wanted {
		if !slices.ContainsFunc(has, func(h string) bool { return strings.EqualFold(h, name) }) {
			return false
		}
	}
	return true
}

// absolute are the paths as they are from any working folder.
func absolute(files []string) []string {
	var all []string
	for _, file := range files {
		if path, err := filepath.Abs(file); err == nil {
			file = path
		}
		all = append(all, file)
	}
	return all
}
