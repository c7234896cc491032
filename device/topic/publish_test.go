package topic

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func number(n int64) *int64 { return &n }

func TestParsePublish(t *testing.T) {
	cases := []struct {
		name, topic string
		want        Publish
		err         error
	}{
		{name: "telemetry without a bag", topic: "devices/d/messages/events/", want: Publish{Kind: TelemetryKind, DeviceID: "d"}},
		{name: "telemetry without a slash", topic: "devices/d/messages/events", want: Publish{Kind: TelemetryKind, DeviceID: "d"}},
		{name: "telemetry", topic: "devices/d/messages/events/a=b&c", want: Publish{Kind: TelemetryKind, DeviceID: "d", Bag: Bag{value("a", "b"), {Key: "c"}}}},
		{name: "telemetry as C# ends it", topic: "devices/d/messages/events/a=b/", want: Publish{Kind: TelemetryKind, DeviceID: "d", Bag: Bag{value("a", "b")}}},
		{name: "telemetry with a bare slash", topic: "devices/d/messages/events/$.ct=application/json", want: Publish{Kind: TelemetryKind, DeviceID: "d", Bag: Bag{value(ContentType, "application/json")}}},
		{name: "telemetry of an odd id", topic: "devices/d-.%_*?!(),:=@$'/messages/events/", want: Publish{Kind: TelemetryKind, DeviceID: "d-.%_*?!(),:=@$'"}},
		{name: "a device called modules", topic: "devices/modules/messages/events/", want: Publish{Kind: TelemetryKind, DeviceID: "modules"}},
		{name: "module telemetry", topic: "devices/d/modules/m/messages/events/%24.on=out", want: Publish{Kind: TelemetryKind, DeviceID: "d", ModuleID: "m", Bag: Bag{value(OutputName, "out")}}},
		{name: "system module", topic: "devices/d/modules/$edgeAgent/messages/events", want: Publish{Kind: TelemetryKind, DeviceID: "d", ModuleID: "$edgeAgent"}},
		{name: "twin get", topic: "$iothub/twin/GET/?$rid=1f", want: Publish{Kind: TwinGet, RequestID: "1f", Bag: Bag{value(RequestID, "1f")}}},
		{name: "reported", topic: "$iothub/twin/PATCH/properties/reported/?$rid=2", want: Publish{Kind: TwinPatch, RequestID: "2", Bag: Bag{value(RequestID, "2")}}},
		{name: "reported with a version", topic: "$iothub/twin/PATCH/properties/reported/?$rid=2&$version=7", want: Publish{Kind: TwinPatch, RequestID: "2", Version: number(7), Bag: Bag{value(RequestID, "2"), value(Version, "7")}}},
		{name: "method response", topic: "$iothub/methods/res/200/?$rid=a", want: Publish{Kind: MethodResponse, RequestID: "a", Status: 200, Bag: Bag{value(RequestID, "a")}}},
		{name: "negative status", topic: "$iothub/methods/res/-1/?$rid=a", want: Publish{Kind: MethodResponse, RequestID: "a", Status: -1, Bag: Bag{value(RequestID, "a")}}},
		{name: "status not a number", topic: "$iothub/methods/res/ok/?$rid=a", want: Publish{Kind: MethodResponse, RequestID: "a", Status: NoStatus, Bag: Bag{value(RequestID, "a")}}},

		{name: "empty", topic: "", err: ErrTopic},
		{name: "foreign", topic: "home/kitchen/light", err: ErrTopic},
		{name: "no device", topic: "devices//messages/events/", err: ErrTopic},
		{name: "no module", topic: "devices/d/modules//messages/events/", err: ErrTopic},
		{name: "longer word", topic: "devices/d/messages/eventsx", err: ErrTopic},
		{name: "not for devices to publish", topic: "devices/d/messages/devicebound/", err: ErrTopic},
		{name: "case matters", topic: "Devices/d/messages/events/", err: ErrTopic},
		{name: "bad bag", topic: "devices/d/messages/events/a=%", err: ErrBag},
		{name: "twin get without rid", topic: "$iothub/twin/GET/", err: ErrTopic},
		{name: "twin get with another key", topic: "$iothub/twin/GET/?rid=1", err: ErrTopic},
		{name: "version not a number", topic: "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=x", err: ErrTopic},
		{name: "desired is not the device's", topic: "$iothub/twin/PATCH/properties/desired/?$rid=1", err: ErrTopic},
		{name: "method response without query", topic: "$iothub/methods/res/200", err: ErrTopic},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParsePublish(c.topic)
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Fatalf("error = %v, want %v", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuiltPublishTopicsAreRead(t *testing.T) {
	bag := Bag{value(MessageID, "m/1"), {Key: "null"}, value("empty", "")}
	cases := []struct {
		name, topic, want string
		parsed            Publish
	}{
		{
			"telemetry", Telemetry("d", "", bag), "devices/d/messages/events/%24.mid=m%2F1&null&empty=",
			Publish{Kind: TelemetryKind, DeviceID: "d", Bag: bag},
		},
		{
			"module telemetry", Telemetry("d", "m", nil), "devices/d/modules/m/messages/events/",
			Publish{Kind: TelemetryKind, DeviceID: "d", ModuleID: "m"},
		},
		{
			"twin get", ReadTwin("r 1"), "$iothub/twin/GET/?$rid=r%201",
			Publish{Kind: TwinGet, RequestID: "r 1", Bag: Bag{value(RequestID, "r 1")}},
		},
		{
			"reported", ReportedPatch("1", number(3)), "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=3",
			Publish{Kind: TwinPatch, RequestID: "1", Version: number(3), Bag: Bag{value(RequestID, "1"), value(Version, "3")}},
		},
		{
			"method answer", MethodAnswer(404, "7"), "$iothub/methods/res/404/?$rid=7",
			Publish{Kind: MethodResponse, Status: 404, RequestID: "7", Bag: Bag{value(RequestID, "7")}},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.topic != c.want {
				t.Errorf("built %s, want %s", c.topic, c.want)
			}
			got, err := ParsePublish(c.topic)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.parsed, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParsePublish(f *testing.F) {
	for _, seed := range []string{
		"devices/d/messages/events/a=b/", "devices/d/modules/m/messages/events/%24.on=o", "$iothub/twin/GET/?$rid=1",
		"$iothub/twin/PATCH/properties/reported/?$rid=2&$version=7", "$iothub/methods/res/200/?$rid=a", "devices/modules/x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, topic string) {
		p, err := ParsePublish(topic)
		if err != nil {
			if !errors.Is(err, ErrTopic) && !errors.Is(err, ErrBag) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		again, err := ParsePublish(rebuild(p))
		if err != nil {
			t.Fatalf("%q built from %q: %v", rebuild(p), topic, err)
		}
		if again.Kind != p.Kind || again.DeviceID != p.DeviceID || again.ModuleID != p.ModuleID || again.RequestID != p.RequestID {
			t.Fatal(cmp.Diff(p, again))
		}
	})
}

func rebuild(p Publish) string {
	switch p.Kind {
	case TwinGet:
		return ReadTwin(p.RequestID)
	case TwinPatch:
		return ReportedPatch(p.RequestID, p.Version)
	case MethodResponse:
		return MethodAnswer(p.Status, p.RequestID)
	default:
		return Telemetry(p.DeviceID, p.ModuleID, p.Bag)
	}
}
