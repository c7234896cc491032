package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"hubscope/device/pattern"
	"hubscope/device/sim"
)

const simulateLong = `Run simulated devices with no screen, one or ten thousand, until interrupted or until --for or --count is over.
Without a connection string they connect to the local hub that runs on the state folder.

Which devices: patterns such as 'pump-{001..250}' or 'a-{1..3}-{x,y}', a --query, or --devices, a file of device
connection strings, one a line, which needs no rights in the hub's registry. --create creates what is missing.

Devices whose identities have X.509 authentication need certificates: --cert and --key for one that all have, or --certs,
a folder with one for each.

With --shard 2/8 this process runs the second of eight parts: eight processes with the same command line but for the shard
run all of them, each once. --rate, --quota and --connect-rate are those of all shards together.

The first interrupt stops the devices and waits for what is on its way; the second one does not wait.

Exit codes: 0 every message was confirmed by the hub; 1 something failed, the summary says what; 2 wrong use.`

const simulateExamples = `  hubscope simulate wind-1 --create
  hubscope simulate 'pump-{001..250}' --create --interval 5s --ramp 10s --for 10m
  hubscope simulate --query "tags.site = 'north'" --rate 500 --output json
  hubscope simulate 'pump-{0001..8000}' --shard 2/8 --quota S1x4 -c "$IOTHUB_CONNECTION_STRING"
  hubscope simulate --devices devices.txt --faults disconnect,every=1m,for=10s --faults skip,probability=0.01
  hubscope simulate 'meter-{1..9}' --certs /etc/meters --transport ws`

// simulation is what hubscope simulate is asked for.
type simulation struct {
	connection, query, devices, profile, shard, transport, quota, output string

	faults                            []string
	interval, ramp, duration, report  time.Duration
	rate, connectRate                 float64
	count                             int
	seed                              uint64
	create, dryRun, force, policy     bool
	noProof, telemetryOnly, seedGiven bool

	certificates certificates

	patterns []string
	named    []string // the ids of the patterns that are in the shard
	part     pattern.Shard
	limit    sim.Quota
	options  sim.Options
	state    string
	version  string
}

func simulateCommand(state *string, version string) *cobra.Command {
	s := simulation{version: version}
	c := &cobra.Command{
		Use:   "simulate [pattern...]",
		Short: "Run simulated devices with no screen, for load, demos and CI",
		Long:  simulateLong, Example: simulateExamples,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			s.patterns, s.state, s.seedGiven = args, *state, c.Flags().Changed("seed")
			if err := s.check(); err != nil {
				return usageError{err}
			}
			return s.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVarP(&s.connection, "connection-string", "c", "", "connection `string` of an IoT Hub (default: IOTHUB_CONNECTION_STRING, else the local hub that runs)")
	f.StringVar(&s.query, "query", "", "the devices of a `query`: a condition such as \"tags.site = 'north'\", or a whole SELECT that gives deviceId")
	f.StringVar(&s.devices, "devices", "", "`file` of device connection strings, one a line; - for standard input")
	f.StringVar(&s.profile, "profile", "wind", "built-in profile, one of the configuration folder, or a `file`")
	f.DurationVar(&s.interval, "interval", 0, "time between two messages of a device (default: the profile's)")
	f.IntVar(&s.count, "count", 0, "each device stops after so many messages")
	f.DurationVar(&s.duration, "for", 0, "stop after this time (default: when interrupted)")
	f.DurationVar(&s.ramp, "ramp", 0, "time over which the start of the devices is spread")
	f.Float64Var(&s.rate, "rate", 0, "at most so many messages a second, all devices together")
	f.Float64Var(&s.connectRate, "connect-rate", 0, "at most so many connections a second")
	f.StringVar(&s.quota, "quota", "", "stop before the hub's daily `quota`: a number of messages, or a tier such as F1, S1 or S2x3")
	f.StringVar(&s.shard, "shard", "", "run only this part of the devices: `2/8` is the second of eight, /8 the one that JOB_COMPLETION_INDEX or the end of HOSTNAME tells, from 0 (default: "+envShard+", else all)")
	f.BoolVar(&s.create, "create", false, "create the device identities that are missing")
	f.BoolVar(&s.dryRun, "dry-run", false, "say which devices there are and would be created, and end")
	f.BoolVar(&s.force, "force", false, "take over devices that the hub calls connected")
	f.BoolVar(&s.policy, "use-policy", false, "connect with the hub's policy, which needs the right DeviceConnect, instead of the devices' own keys: nothing of the registry is read")
	f.StringVar(&s.certificates.cert, "cert", "", "PEM `file` with the certificate of devices whose identities have X.509 authentication")
	f.StringVar(&s.certificates.key, "key", "", "PEM `file` with the private key of --cert (default: it is in the same file)")
	f.StringVar(&s.certificates.folder, "certs", "", "`folder` with a certificate for each such device: <id>.pem and <id>.key, or <id>-cert.pem and <id>-key.pem")
	f.Uint64Var(&s.seed, "seed", 0, "make the same messages as another run with this `seed` (default: chance)")
	f.StringVar(&s.transport, "transport", "mqtt", "mqtt (port 8883) or ws (MQTT over WebSocket, port 443)")
	f.StringArrayVar(&s.faults, "faults", nil, "`fault` of every device, such as disconnect,every=1m,for=10s; may be given several times")
	f.BoolVar(&s.telemetryOnly, "telemetry-only", false, "listen to no methods, twins and cloud-to-device messages")
	f.BoolVar(&s.noProof, "no-proof", false, "leave out the run id and the number of each message")
	f.StringVar(&s.output, "output", "", "text, or json for a document a line (default: text on a terminal, else json)")
	f.DurationVar(&s.report, "report", time.Second, "time between two reports")
	return c
}

// check makes of the flags what is needed of them, before anything is connected.
func (s *simulation) check() (err error) {
	sources := 0
	for _, given := range []bool{len(s.patterns) > 0, s.query != "", s.devices != ""} {
		if given {
			sources++
		}
	}
	switch {
	case sources == 0:
		return errors.New("hubscope simulate needs devices: a pattern such as 'pump-{001..250}', --query or --devices")
	case sources > 1:
		return errors.New("the devices are given twice: choose one of patterns, --query and --devices")
	case s.create && len(s.patterns) == 0:
		return errors.New("--create needs a pattern: the devices of a --query or of --devices are there already")
	case s.policy && (s.create || s.devices != ""):
		return errors.New("--use-policy goes with neither --create nor --devices")
	case s.policy && s.certificates.given():
		return errors.New("--use-policy goes with neither --cert nor --certs: the policy proves who the devices are")
	case s.dryRun && (s.policy || s.devices != ""):
		return errors.New("--dry-run looks into the registry, which --use-policy and --devices do without")
	case s.interval < 0 || s.ramp < 0 || s.duration < 0 || s.rate < 0 || s.connectRate < 0 || s.count < 0:
		return errors.New("--interval, --ramp, --for, --rate, --connect-rate and --count are not negative")
	case s.report < 100*time.Millisecond:
		return errors.New("--report is at least 100ms")
	case s.transport != "mqtt" && s.transport != "ws":
		return fmt.Errorf("--transport %q: it is mqtt or ws", s.transport)
	case s.output != "" && s.output != "text" && s.output != "json":
		return fmt.Errorf("--output %q: it is text or json", s.output)
	}
	if s.part, err = chosenShard(s.shard, os.Getenv); err != nil {
		return err
	}
	if s.quota != "" {
		if s.limit, err = sim.ParseQuota(s.quota); err != nil {
			return fmt.Errorf("--quota %w", err)
		}
	}
	if s.named, err = s.fromPatterns(); err != nil {
		return err
	}
	if err := s.certificates.check(); err != nil {
		return err
	}
	return s.checkDevice()
}

func (s *simulation) checkDevice() error {
	s.options = sim.Options{
		Interval: s.interval, Seed: s.seed, Count: s.count, NoProof: s.noProof, TelemetryOnly: s.telemetryOnly,
		LogSize: simulateLog, StopTimeout: simulateStop,
	}
	for _, text := range s.faults {
		f, err := sim.ParseFault(text)
		if err != nil {
			return fmt.Errorf("--faults %q: %w", text, err)
		}
		s.options.Faults = append(s.options.Faults, f)
	}
	var err error
	s.options.Profile, err = findProfile(s.profile)
	return err
}
