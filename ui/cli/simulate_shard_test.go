package cli

import (
	"strings"
	"testing"

	"hubscope/device/pattern"
)

func TestChosenShard(t *testing.T) {
	for name, c := range map[string]struct {
		flag, env string
		want      pattern.Shard
		problem   string
	}{
		"neither":          {},
		"the environment":  {env: "3/8", want: pattern.Shard{Number: 3, Of: 8}},
		"the flag wins":    {flag: "2/8", env: "3/8", want: pattern.Shard{Number: 2, Of: 8}},
		"told by both":     {env: "/8", want: pattern.Shard{Number: 6, Of: 8}},
		"a wrong variable": {env: "8", problem: "HUBSCOPE_SHARD \"8\" is no shard"},
		"a wrong flag":     {flag: "9/8", env: "1/8", problem: "--shard \"9/8\" is none"},
	} {
		env := map[string]string{"HUBSCOPE_SHARD": c.env, "JOB_COMPLETION_INDEX": "5"}
		got, err := chosenShard(c.flag, func(n string) string { return env[n] })
		if got != c.want || (err == nil) != (c.problem == "") || (err != nil && !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseShard(t *testing.T) {
	for name, c := range map[string]struct {
		text, index, host string
		want              pattern.Shard
		problem           string
	}{
		"written":             {text: "2/8", index: "5", want: pattern.Shard{Number: 2, Of: 8}},
		"of an indexed job":   {text: "/8", index: "5", host: "sim-1", want: pattern.Shard{Number: 6, Of: 8}},
		"of a stateful set":   {text: "/8", host: "sim-0", want: pattern.Shard{Number: 1, Of: 8}},
		"more than there are": {text: "/8", host: "sim-8", problem: "none of the 8 shards"},
		"nobody tells":        {text: "/8", host: "build", problem: "write it as 2/8"},
		"no number":           {text: "/8", index: "x", problem: "JOB_COMPLETION_INDEX"},
	} {
		env := map[string]string{"JOB_COMPLETION_INDEX": c.index, "HOSTNAME": c.host}
		got, err := parseShard(c.text, func(n string) string { return env[n] })
		if got != c.want || (err == nil) != (c.problem == "") || (err != nil && !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
