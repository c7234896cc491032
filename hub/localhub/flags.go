package localhub

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"hubscope/hub/bytesize"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/fault"
)

// PreferredPorts are options with every port Preferred, for the state folder.
func PreferredPorts(stateDir string) Options {
	return Options{StateDir: stateDir, HTTPSPort: Preferred, MQTTPort: Preferred, AMQPPort: Preferred, AMQPPlainPort: Preferred}
}

// AddFlags adds a flag for every option that a command line may set. What is not
// set keeps the value that o has now.
func (o *Options) AddFlags(f *pflag.FlagSet) {
	f.StringVar(&o.Listen, "listen", defaultListen, "IP `address` to listen on")
	f.StringArrayVar(&o.Names, "name", nil, "one more host `name` for the certificate; the first is the hub's name (repeatable)")
	o.addPortFlags(f)
	f.IntVar(&o.Partitions, "partitions", 0, "`number` of partitions of a new hub (default 4)")
	f.StringArrayVar(&o.ConsumerGroups, "consumer-group", nil, "consumer group `name` besides $Default (repeatable)")
	f.DurationVar(&o.Retention, "retention", 0, "how `long` events are kept, such as 90m (default 24h)")
	f.Var((*bytesize.Flag)(&o.RetentionBytes), "retention-bytes", "how much of events is kept, such as 512MiB (default 1GiB)")
	f.Var((*bytesize.Flag)(&o.UploadBytes), "upload-bytes", "how much the files that devices upload may have together, such as 20GiB (default 10GiB)")
	f.StringSliceVar(&o.EventSources, "event-sources", nil, "`sources` of events besides telemetry, with commas: "+strings.Join(core.EventSources(), ", ")+", or all")
	f.StringArrayVar(&o.DeviceCAFiles, "device-ca", nil, "PEM `file` of an authority that signs certificates of devices (repeatable)")
	f.Var((*faultFlag)(&o.Faults), "fault", `a fault on demand, such as "kind=throttle,device=wind-*,protocol=mqtt,rate=0.1,for=30s" (repeatable)`)
	f.StringVar((*string)(&o.Tier), "tier", "", "keep within the limits of `tier` F1, S1, S2 or S3 (default: no limits)")
	f.IntVar(&o.Units, "units", 0, "`number` of units of the tier (default 1)")
}

// faultFlag collects the rules.
type faultFlag []fault.Rule

func (l *faultFlag) String() string { return "" }
func (l *faultFlag) Type() string   { return "rule" }

func (l *faultFlag) Set(text string) error {
	rule, err := fault.Parse(text)
	if err != nil {
		return err
	}
	*l = append(*l, rule)
	return nil
}

func (o *Options) addPortFlags(f *pflag.FlagSet) {
	for _, p := range []struct {
		flag      string
		wellKnown int
		port      *int
	}{
		{"https-port", wellKnownHTTPS, &o.HTTPSPort},
		{"mqtt-port", wellKnownMQTT, &o.MQTTPort},
		{"amqp-port", wellKnownAMQP, &o.AMQPPort},
		{"amqp-plain-port", wellKnownAMQPPlain, &o.AMQPPlainPort},
	} {
		f.Var((*portFlag)(p.port), p.flag, fmt.Sprintf("0 is any free `port` (default: %d, else a free one)", p.wellKnown))
	}
}

// portFlag is a port from 0 to 65535.
type portFlag int

func (p *portFlag) String() string { return "" }
func (p *portFlag) Type() string   { return "port" }

func (p *portFlag) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return fmt.Errorf("%q is not a port from 0 to 65535", text)
	}
	*p = portFlag(n)
	return nil
}
