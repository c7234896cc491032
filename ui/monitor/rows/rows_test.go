package rows

import (
	"testing"

	"hubscope/ui/monitor/monitortest"
)

func TestPropertiesLine(t *testing.T) {
	e := monitortest.Wind(4)
	e.Properties = map[string]any{"Property": "PropMsg_4", "level": int32(2), "hubscope-run": "x", "hubscope-seq": "4"}
	kept := monitortest.Kept(e)
	if got, want := propertiesLine(&kept, 40), "Property=PropMsg_4 level=2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
