package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hubscope/device/pattern"
)

// ordinal is the number at the end of the host name of a Kubernetes StatefulSet's pod.
var ordinal = regexp.MustCompile(`-([0-9]{1,5})$`)

// envShard chooses a shard where no flag does: in containers of which all have one command line.
const envShard = "HUBSCOPE_SHARD"

// chosenShard is that of the flag, else that of the environment, else the whole.
func chosenShard(flag string, getenv func(string) string) (pattern.Shard, error) {
	text, from := flag, "--shard"
	if text == "" {
		text, from = getenv(envShard), envShard
	}
	if text == "" {
		return pattern.Shard{}, nil
	}
	part, err := parseShard(text, getenv)
	if err != nil {
		return part, fmt.Errorf("%s %w", from, err)
	}
	return part, nil
}

// parseShard reads "2/8", the second of eight, and "/8", whose number is what the
// container platform gives the process.
func parseShard(text string, getenv func(string) string) (pattern.Shard, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "/") {
		return pattern.ParseShard(text)
	}
	index, err := platformIndex(getenv)
	if err != nil {
		return pattern.Shard{}, fmt.Errorf("%q: %w", text, err)
	}
	return pattern.ParseShard(strconv.Itoa(index+1) + text)
}

// platformIndex is which of its like the process is, from 0: that of an indexed job, or
// of a pod with a stable name.
func platformIndex(getenv func(string) string) (int, error) {
	if text := getenv("JOB_COMPLETION_INDEX"); text != "" {
		index, err := strconv.Atoi(text)
		if err != nil || index < 0 {
			return 0, fmt.Errorf("JOB_COMPLETION_INDEX is %q, which is no number from 0", text)
		}
		return index, nil
	}
	if m := ordinal.FindStringSubmatch(getenv("HOSTNAME")); m != nil {
		return strconv.Atoi(m[1])
	}
	return 0, fmt.Errorf("neither JOB_COMPLETION_INDEX nor a number at the end of HOSTNAME tells which one this is: write it as 2/8")
}
