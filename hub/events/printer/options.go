package printer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"hubscope/hub/events"
)

// Output is how an event is printed.
type Output string

// The outputs.
const (
	// JSON is the format of package recording: lossless, but for what Options.Sections leaves out.
	JSON Output = "json"
	// Text is a line for people: time, device, partition and number, body.
	Text Output = "text"
	// Raw is the body as it was sent, and a line break.
	Raw Output = "raw"
)

// Options of Run.
type Options struct {
	Output Output // JSON when empty
	// Sections are the properties that are printed: "app", "sys", "anno", "all", "none". Empty: all in JSON, none in text.
	Sections []string
	// Device and Module choose who events are from, with * and ?. Empty: all.
	Device, Module string
	// Duration ends the run; 0: never. Count ends it after so many events; 0: never.
	Duration time.Duration
	Count    int
	// Shows chooses among the events of the device. Nil: all. It is called by one goroutine at a time.
	Shows func(*events.Event) bool
	// From says where the events come from, for the first sentence: "localhost, consumer group $Default".
	From string
	// Start says where the stream begins: "from now".
	Start string
	// Partitions is how many partitions are read; 0: all.
	Partitions int

	device, module *regexp.Regexp
}

// AddFlags adds a flag for every option that a command line may set.
func (o *Options) AddFlags(f *pflag.FlagSet) {
	f.StringVarP((*string)(&o.Output), "output", "o", string(JSON), "json (one event a line, nothing left out), text or raw (bodies alone)")
	f.StringSliceVarP(&o.Sections, "properties", "p", nil, "`sections` to print: app, sys, anno, all, none (default all in JSON, none in text)")
	f.StringVarP(&o.Device, "device-id", "d", "", "print events of this `device` alone, * and ? stand for any")
	f.StringVarP(&o.Module, "module-id", "m", "", "print events of this `module` alone, * and ? stand for any")
	f.Var((*durationFlag)(&o.Duration), "duration", "end after this `time`: seconds, or such as 5m (default never)")
	f.IntVar(&o.Count, "message-count", 0, "end after this `number` of events (default never)")
}

var sections = []string{"app", "sys", "anno", "all", "none"}

// Check tells what in the options cannot be, as a sentence, and makes them ready.
func (o *Options) Check() error {
	if o.Output == "" {
		o.Output = JSON
	}
	if !slices.Contains([]Output{JSON, Text, Raw}, o.Output) {
		return fmt.Errorf("there is no output %q: use json, text or raw", o.Output)
	}
	for _, name := range o.Sections {
		if !slices.Contains(sections, name) {
			return fmt.Errorf("there are no properties %q: use %s", name, strings.Join(sections, ", "))
		}
	}
	if o.Count < 0 {
		return fmt.Errorf("--message-count is %d: give a number of 1 or more", o.Count)
	}
	o.device, o.module = glob(o.Device), glob(o.Module)
	return nil
}

// glob is a test for text with * and ?; nil when all pass. Ids are compared as they are written.
func glob(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	text := regexp.QuoteMeta(pattern)
	text = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(text)
	return regexp.MustCompile("(?s)^" + text + "$") // quoted: it always compiles
}

func (o *Options) shows(e *events.Event) bool {
	switch {
	case o.device != nil && !o.device.MatchString(e.DeviceID):
		return false
	case o.module != nil && !o.module.MatchString(e.ModuleID):
		return false
	}
	return o.Shows == nil || o.Shows(e)
}

// has tells whether a section is printed.
func (o *Options) has(section string) bool {
	if len(o.Sections) == 0 {
		return o.Output == JSON
	}
	return slices.Contains(o.Sections, section) || slices.Contains(o.Sections, "all")
}

// durationFlag is a number of seconds, as other tools have it, or a duration such as 5m.
type durationFlag time.Duration

func (d *durationFlag) String() string { return "" }
func (d *durationFlag) Type() string   { return "time" }

func (d *durationFlag) Set(text string) error {
	span, err := time.ParseDuration(text)
	if seconds, numErr := strconv.ParseFloat(text, 64); numErr == nil && seconds < 1e9 {
		span, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || span <= 0 {
		return fmt.Errorf("%q is no time such as 30 (seconds) or 5m", text)
	}
	*d = durationFlag(span)
	return nil
}
