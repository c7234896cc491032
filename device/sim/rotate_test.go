package sim

import (
	"testing"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

func TestSetKeyOfAnUnknownDevice(t *testing.T) {
	f := NewFleet(FleetOptions{})
	if err := f.SetKey("nobody", secret.New("b3RoZXI=")); err == nil {
		t.Error("nobody has a new key")
	}
}

// TestSetKeyIsKept: a device that is started again has the new key.
func TestSetKeyIsKept(t *testing.T) {
	o := Options{}.withDefaults()
	s := newSimulated(connstr.Device{DeviceID: "d", Key: secret.New("b25l")}, &o, newScheduler(), &logRoom{})
	if err := s.SetKey(secret.New("dHdv")); err != nil {
		t.Fatal(err)
	}
	if got := s.credentials().Key.Reveal(); got != "dHdv" {
		t.Errorf("the key is %q", got)
	}
}
