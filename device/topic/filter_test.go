package topic

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFilter(t *testing.T) {
	cases := []struct {
		filter string
		want   Filter
	}{
		{DeviceBoundMessages("d"), Filter{Kind: DeviceBoundFilter, DeviceID: "d"}},
		{"devices/d/messages/devicebound/#", Filter{Kind: DeviceBoundFilter, DeviceID: "d"}},
		{ModuleInputs("d", "m"), Filter{Kind: ModuleInputFilter, DeviceID: "d", ModuleID: "m"}},
		{"devices/d/modules/m/inputs/in/#", Filter{Kind: ModuleInputFilter, DeviceID: "d", ModuleID: "m", Name: "in"}},
		{"devices/d/modules/m/#", Filter{Kind: EverythingBoundToModule, DeviceID: "d", ModuleID: "m"}},
		{"$iothub/twin/res/#", Filter{Kind: TwinResponseFilter}},
		{"$iothub/twin/PATCH/properties/desired/#", Filter{Kind: DesiredFilter}},
		{"$iothub/methods/POST/#", Filter{Kind: MethodFilter}},
		{"$iothub/methods/POST/reboot/#", Filter{Kind: MethodFilter, Name: "reboot"}},
	}
	for _, c := range cases {
		got, err := ParseFilter(c.filter)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.filter, diff)
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	for _, filter := range []string{
		"", "#", "+/+", "devices/#", "devices/d/#", "devices/+/messages/devicebound/", "devices/d/messages/devicebound/",
		"devices/d/messages/events/#", "devices/d/modules/m", "devices/d/modules//#", "devices/d/modules/m/inputs/a/b/#",
		"$iothub/#", "$iothub/methods/POST/+/#", "$iothub/methods/POST/", "$iothub/twin/res/200/#",
	} {
		if f, err := ParseFilter(filter); !errors.Is(err, ErrTopic) {
			t.Errorf("%q: %+v, %v; want ErrTopic", filter, f, err)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{"devices/d/messages/devicebound/#", "devices/d/modules/m/inputs/in/#", "$iothub/methods/POST/x/#", "#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		got, err := ParseFilter(filter)
		if err != nil {
			if !errors.Is(err, ErrTopic) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if got.Kind == 0 {
			t.Fatalf("%q has no kind", filter)
		}
	})
}
