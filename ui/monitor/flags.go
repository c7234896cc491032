package monitor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"hubscope/hub/bytesize"
	"hubscope/hub/events"
	"hubscope/hub/events/startpos"
)

// AddFlags adds a flag for every option that a command line may set. What is not set keeps the value that o has now.
func (o *Options) AddFlags(f *pflag.FlagSet) {
	o.AddReadingFlags(f)
	f.BoolVar(&o.feedback, "feedback", false, "also receive feedback of cloud-to-device messages: takes it away from other receivers")
	f.BoolVar(&o.uploads, "uploads", false, "also receive notifications of file uploads: takes them away from other receivers")
	f.StringVar(&o.Record, "record", "", "record all events to this `file` as they come, or go on with the recording that it is")
	f.Var((*bytesize.Flag)(&o.RecordBytes), "record-max-bytes", "`size` from which another file is begun, such as 100MiB (default one file)")
	f.IntVar(&o.RecordFiles, "record-files", 0, "`number` of these files to keep, the oldest are deleted (default all)")
	o.AddKeepFlags(f)
}

// AddKeepFlags adds those that bound the history.
func (o *Options) AddKeepFlags(f *pflag.FlagSet) {
	f.Var((*countFlag)(&o.Keep.Items), "keep-events", fmt.Sprintf("`number` of events that the monitor keeps (default %d)", DefaultItems))
	f.Var((*bytesize.Flag)(&o.Keep.Bytes), "keep-bytes", fmt.Sprintf("how much of events the monitor keeps, such as 1GiB (default %dMiB)", DefaultBytes>>20))
}

// AddReadingFlags adds those of them that say what is read, and how.
func (o *Options) AddReadingFlags(f *pflag.FlagSet) {
	f.StringVar(&o.ConsumerGroup, "consumer-group", defaultGroup, "consumer `group` to read events in")
	f.Var((*partitionsFlag)(&o.Partitions), "partitions", "`ids` of the partitions to read, with commas (default all)")
	f.Var((*startFlag)(&o.Start), "start", `where to begin: a `+"`time`"+` such as 14:30, "2 h ago" or 2026-11-22T14:30Z, beginning, or "p2 #512" (default now)`)
	f.BoolVar(&o.WebSocket, "websocket", false, "read events by WebSocket on port 443, where 5671 cannot be reached")
}

// addQueues adds those that flags ask for.
func (o *Options) addQueues() {
	if o.feedback && !slices.Contains(o.Queues, events.FeedbackQueue) {
		o.Queues = append(o.Queues, events.FeedbackQueue)
	}
	if o.uploads && !slices.Contains(o.Queues, events.FileQueue) {
		o.Queues = append(o.Queues, events.FileQueue)
	}
}

// Complete fills in what follows from options that were set by flags. It tells what in them does not go together, as a
// sentence.
func (o *Options) Complete() error {
	s := &o.Start
	switch {
	case s.Partition != "" && len(o.Partitions) == 0:
		o.Partitions = []string{s.Partition}
	case s.Partition != "" && (len(o.Partitions) > 1 || o.Partitions[0] != s.Partition):
		return fmt.Errorf("--start is in partition %s: read that one alone, with --partitions %s", s.Partition, s.Partition)
	case s.NeedsPartition() && len(o.Partitions) != 1:
		return fmt.Errorf("--start with a number or an offset needs its partition, such as %q", "p2 #512")
	}
	switch {
	case o.RecordFiles < 0 || o.RecordFiles == 1 && o.RecordBytes > 0:
		return fmt.Errorf("--record-files %d: give 2 or more", o.RecordFiles)
	case o.RecordFiles > 0 && o.RecordBytes == 0:
		return fmt.Errorf("--record-files needs --record-max-bytes, the size from which another file is begun")
	}
	o.addQueues()
	return nil
}

// partitionsFlag is a list of numbers, such as 0,2,5.
type partitionsFlag []string

func (l *partitionsFlag) String() string { return "" }
func (l *partitionsFlag) Type() string   { return "ids" }

func (l *partitionsFlag) Set(text string) error {
	for id := range strings.SplitSeq(text, ",") {
		id = strings.TrimPrefix(strings.TrimSpace(id), "p")
		n, err := strconv.ParseUint(id, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is not a list of partitions such as 0,2", text)
		}
		*l = append(*l, strconv.FormatUint(n, 10))
	}
	return nil
}

// startFlag is where to begin, seen from the moment that the program starts.
type startFlag startpos.Start

func (s *startFlag) String() string { return "" }
func (s *startFlag) Type() string   { return "time" }

func (s *startFlag) Set(text string) error {
	start, err := startpos.Parse(text, time.Now())
	*s = startFlag(start)
	return err
}

// countFlag is a number of 1 or more.
type countFlag int

func (c *countFlag) String() string { return "" }
func (c *countFlag) Type() string   { return "number" }

func (c *countFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return fmt.Errorf("%q is not a number of events of 1 or more", text)
	}
	*c = countFlag(n)
	return nil
}
