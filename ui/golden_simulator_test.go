package ui

import (
	"errors"
	"fmt"
	"time"

	"hubscope/device/sim"
	"hubscope/hub"
)

// simulatorScenes are the dialogs around simulated devices.
var simulatorScenes = []scene{
	{
		name: "simulator-mixed", devices: fourDevices(), before: func(s *stage) { mixed(s.fleet) },
		play: func(s *stage) { s.Press("2") }, see: []string{"twelve-02", "retrying"},
	},
	{
		name: "simulator-worst", devices: fourDevices(), before: func(s *stage) { mixed(s.fleet) },
		play: func(s *stage) { s.Press("2").See("twelve-01").Press("o") }, see: []string{"▸ twelve-10"}, gone: "twelve-01",
	},
	{
		name: "simulator-throttled", devices: fourDevices(), before: func(s *stage) { mixed(s.fleet); s.fleet.slow(45.7) },
		play: func(s *stage) { s.Press("2") }, see: []string{"twelve-02", "throttled to 46/s"},
	},
	{
		name: "start-many", devices: fourDevices(),
		play: func(s *stage) { s.Press("2").See("No simulated").Press("n") }, see: []string{"Start many devices", "100 devices: sim-001 to sim-100"},
	},
	{
		name: "start-many-wrong", devices: fourDevices(),
		play: func(s *stage) {
			s.Press("2").See("No simulated").Press("n").See("Start many").Press("ctrl+u").Type("sim-{001..")
		},
		see: []string{"sim-{001..", "✗"},
	},
	{
		name: "start-marked", devices: fourDevices(),
		play: func(s *stage) { selectWind1(s); s.Press("space", "space", "s") }, see: []string{"2 marked devices", "wind-1, wind-2"},
	},
	{
		name: "marks", devices: fourDevices(),
		play: func(s *stage) {
			selectWind1(s)
			if s.Press("space", "space").See("2 marked"); s.guarded.app.width >= 100 {
				s.See("│ wind-2", "637194", "version ")
			}
		},
		see: []string{"2 marked"},
	},
	{
		name: "behaviour", devices: fourDevices(), before: func(s *stage) { simulated(s.fleet) },
		play: func(s *stage) { s.Press("2").See("pump-7").Press("e") }, see: []string{"Behaviour of", "Transport"},
	},
	{
		name: "device-faults", devices: fourDevices(), before: func(s *stage) { simulated(s.fleet) },
		play: func(s *stage) { s.Press("2").See("pump-7").Press("F") }, see: []string{"Faults of", "empty the battery"},
	},
	{
		name: "device-fault", devices: fourDevices(), before: func(s *stage) { simulated(s.fleet) },
		play: func(s *stage) { s.Press("2").See("pump-7").Press("F").See("Faults of").Press("o") }, see: []string{"Begins after"},
	},
	{
		name: "device-clock", devices: fourDevices(), before: func(s *stage) { simulated(s.fleet) },
		play: func(s *stage) {
			s.Press("2").See("pump-7").Press("F").See("Faults of").Press("o").See("Begins after")
			s.Press("right", "right", "right", "right", "right").See("Ahead by").Press("tab", "tab", "ctrl+u").Type("-2 h")
		},
		see: []string{"Ahead by      -2 h"},
	},
	{
		name: "certificate", devices: []hub.Device{certified()},
		play: func(s *stage) {
			if s.See("gate-1"); s.guarded.app.width >= 100 {
				s.See("637194", "version ")
			}
			s.Press("s")
		},
		see: []string{"Certificate"},
	},
}

// certified is an identity that proves itself by a certificate.
func certified() hub.Device {
	d := identityOf("gate-1")
	d.Auth = hub.Authentication{Type: hub.AuthSelfSigned, PrimaryThumbprint: "0123456789ABCDEF0123456789ABCDEF01234567", SecondaryThumbprint: "89ABCDEF0123456789ABCDEF0123456789ABCDEF"}
	return d
}

// mixed are twelve simulated devices in every state.
func mixed(f *fleet) {
	states := []sim.State{sim.Sending, sim.Retrying, sim.Failed, sim.Stopped, sim.Starting, sim.Stopping}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range 12 {
		st := &sim.Status{
			DeviceID: fmt.Sprintf("twelve-%02d", i+1), Profile: "pump", State: states[i%len(states)], Interval: time.Duration(i+1) * time.Second,
			Accepted: uint64(1200 * (i + 1)), Confirmed: uint64(1200*(i+1) - i/3), Failed: uint64(i / 3),
			RTTp50: 3 * time.Millisecond, RTTp99: 11 * time.Millisecond,
		}
		switch st.State {
		case sim.Retrying:
			st.RetryIn, st.Err = 4*time.Second, errors.New("connection reset by peer")
		case sim.Failed:
			st.Err = &hub.Error{Status: 403, Code: 403012, Name: "DeviceDisabled"}
		}
		f.devices[st.DeviceID] = st
	}
}
