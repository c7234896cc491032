package cli_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run hubscope profile as people do. The configuration folder is $WORK/config.
func TestProfile(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/profile",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			return nil
		},
	})
}
