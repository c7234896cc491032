package topic

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeliveriesAreBuiltAndRead(t *testing.T) {
	c2d := Bag{value(To, "/devices/d/messages/devicebound"), value("iothub-ack", "full")}
	cases := []struct {
		name, topic, want string
		parsed            Delivery
	}{
		{
			"cloud-to-device", DeviceBound("d", c2d), "devices/d/messages/devicebound/%24.to=%2Fdevices%2Fd%2Fmessages%2Fdevicebound&iothub-ack=full",
			Delivery{Kind: CloudToDevice, DeviceID: "d", Bag: c2d},
		},
		{
			"cloud-to-device without properties", DeviceBound("d", nil), "devices/d/messages/devicebound/",
			Delivery{Kind: CloudToDevice, DeviceID: "d"},
		},
		{
			"module input", ModuleInput("d", "m", "in", Bag{value("a", "1")}), "devices/d/modules/m/inputs/in/a=1",
			Delivery{Kind: InputMessage, DeviceID: "d", ModuleID: "m", Name: "in", Bag: Bag{value("a", "1")}},
		},
		{
			"twin", TwinResponse(200, "1", nil), "$iothub/twin/res/200/?$rid=1",
			Delivery{Kind: TwinAnswer, Status: 200, RequestID: "1", Bag: Bag{value(RequestID, "1")}},
		},
		{
			"reported accepted", TwinResponse(204, "1", number(5)), "$iothub/twin/res/204/?$rid=1&$version=5",
			Delivery{Kind: TwinAnswer, Status: 204, RequestID: "1", Version: number(5), Bag: Bag{value(RequestID, "1"), value(Version, "5")}},
		},
		{
			"desired", DesiredPatch(9), "$iothub/twin/PATCH/properties/desired/?$version=9",
			Delivery{Kind: DesiredChanged, Version: number(9), Bag: Bag{value(Version, "9")}},
		},
		{
			"method", MethodCall("reboot", "3"), "$iothub/methods/POST/reboot/?$rid=3",
			Delivery{Kind: MethodRequested, Name: "reboot", RequestID: "3", Bag: Bag{value(RequestID, "3")}},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.topic != c.want {
				t.Errorf("built %s, want %s", c.topic, c.want)
			}
			got, err := ParseDelivery(c.topic)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.parsed, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseDeliveryRefuses(t *testing.T) {
	for _, topic := range []string{
		"", "foreign", "devices/d/messages/events/", "devices/d/messages/deviceboundx", "devices/d/modules/m/inputs/",
		"$iothub/twin/res/ok/?$rid=1", "$iothub/methods/POST/", "$iothub/methods/POST/reboot",
		"$iothub/twin/PATCH/properties/desired/?$version=x",
	} {
		if d, err := ParseDelivery(topic); !errors.Is(err, ErrTopic) {
			t.Errorf("%q: %+v, %v; want ErrTopic", topic, d, err)
		}
	}
	if _, err := ParseDelivery("devices/d/messages/devicebound/%"); !errors.Is(err, ErrBag) {
		t.Errorf("error = %v, want ErrBag", err)
	}
}

func FuzzParseDelivery(f *testing.F) {
	for _, seed := range []string{
		"devices/d/messages/devicebound/a=b", "devices/d/modules/m/inputs/i/", "$iothub/twin/res/204/?$rid=1&$version=5",
		"$iothub/twin/PATCH/properties/desired/?$version=9", "$iothub/methods/POST/reboot/?$rid=3",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, topic string) {
		_, err := ParseDelivery(topic)
		if err != nil && !errors.Is(err, ErrTopic) && !errors.Is(err, ErrBag) {
			t.Fatalf("untyped error %v", err)
		}
	})
}
