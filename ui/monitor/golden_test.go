package monitor

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hubscope/hub/events"
	"hubscope/ui/monitor/filter"
	"hubscope/ui/monitor/monitortest"
	"hubscope/ui/stream"
	"hubscope/ui/theme"
	"hubscope/ui/uitest"
)

var modes = map[string]theme.Mode{"dark": theme.Dark, "light": theme.Light, "mono": theme.Mono}

var errLost = &events.Error{Kind: events.ErrConnectionLost, Subject: "localhost", Detail: "EOF"}

var tricky = monitortest.Tricky

var scenes = []struct {
	name string
	play func(f *fixture)
}{
	{"connecting", func(f *fixture) {}},
	{"empty", func(f *fixture) { f.live(4) }},
	{"live", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.second()
	}},
	{"paused", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.second()
		f.press("up", "up", "up")
		f.take(winds(200, 512)...)
	}},
	{"filtered", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("/")
		f.typed("wind-2 15")
		f.press("enter")
	}},
	{"filter-hides-all", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("/")
		f.typed("nosuchthing")
	}},
	{"filters-named", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.named(filter.Named{Name: "storms", Text: "body.windSpeed > 15", On: true}, filter.Named{Name: "third turbine", Text: "wind-3", On: true, Hide: true}, filter.Named{Name: "calm", Text: "body.windSpeed < 12"})
		f.press("/")
		f.typed("/propmsg_1/i")
		f.press("enter")
	}},
	{"filter-begun", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("/")
	}},
	{"filter-mistake", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("/")
		f.typed("body.windSpeed > 14 and devise startsWith \"wind\"")
	}},
	{"search", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("ctrl+f")
		f.typed("windspeed\":15")
		f.press("enter", "N", "N")
	}},
	{"search-typed", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("/")
		f.typed("wind-1")
		f.press("enter", "ctrl+f")
		f.typed("/1[45].2/")
	}},
	{"search-open", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("enter", "ctrl+f")
		f.typed("wind-2")
		f.press("enter", "n", "n")
	}},
	{"catching-up", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.Update(statesMsg{[]events.PartitionState{
			{Partition: "1", Phase: events.CatchingUp, Behind: 12_400, BehindTime: 3 * time.Minute, Total: 4},
			{Partition: "2", Phase: events.CatchingUp, Behind: 90, BehindTime: 2 * time.Second, Total: 4},
		}})
	}},
	{"retrying", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.Update(statesMsg{[]events.PartitionState{{Partition: "3", Phase: events.Retrying, RetryIn: 2 * time.Second, Attempt: 3, Err: errLost, Total: 4}}})
	}},
	{"retrying-empty", func(f *fixture) {
		f.Update(statesMsg{[]events.PartitionState{{Phase: events.Retrying, RetryIn: 8 * time.Second, Attempt: 5, Err: &events.Error{Kind: events.ErrUnreachable, Subject: "my-hub.azure-devices.net"}}}})
	}},
	{"stopped", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.Update(endedMsg{&events.Error{Kind: events.ErrUnauthorized, Subject: "localhost", Detail: "invalid signature"}})
	}},
	{"stopped-empty", func(f *fixture) {
		f.Update(endedMsg{errors.New("no such consumer group")})
	}},
	{"json", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		e := wind(200)
		e.Body = []byte(`{"deviceId":"wind-3","readings":[{"windSpeed":13.41,"gust":null},{"windSpeed":1e3,"calm":true}],"note":"a longer text that has to go over more than one line when there is not much room for it, with \"quotes\" in it","nested":{"a":{"b":{"c":[1,2,3]}}}}`)
		f.take(e)
		f.second()
		f.press("enter")
	}},
	{"system", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.press("enter", ">", ">", ">")
	}},
	{"binary", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		e := wind(200)
		e.Body = make([]byte, 300)
		for i := range e.Body {
			e.Body[i] = byte(i * 7)
		}
		f.take(e)
		f.press("enter")
	}},
	{"escapes", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		e := wind(200)
		e.Body = tricky[:len(tricky)-1]
		e.DeviceID = "wind-3\x1b[7m"
		e.Properties = map[string]any{"evil\x1b[31m": "\x1b]8;;http://x\x07link\n\u202e", "number": int64(7)}
		f.take(e)
		f.press("enter")
	}},
	{"sources", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 10)...)
		for i, e := range []events.Event{
			{DeviceID: "a-device-with-a-long-name-0123456789", ModuleID: "edgeAgent", Source: "twinChangeEvents", Body: []byte("{\n  \"version\": 4,\n  \"properties\": {\n    \"desired\": { \"interval\": 2, \"$version\": 4 }\n  }\n}\n")},
			{DeviceID: "wind-4", Source: "deviceLifecycleEvents", Properties: map[string]any{"opType": "createDeviceIdentity"}, Body: []byte(`{"deviceId":"wind-4"}`)},
			{DeviceID: "wind-4", Source: "deviceConnectionStateEvents", Properties: map[string]any{"opType": "deviceConnected"}, Body: []byte(`{"sequenceNumber":"00"}`)},
			{DeviceID: "wind-4", Source: "digitalTwinChangeEvents", Body: []byte(`[{"op":"replace","path":"/targetTemperature","value":42}]`)},
			{DeviceID: "wind-4", Source: "feedback", Body: []byte(`{"originalMessageId":"m-17","statusCode":"Success"}`)},
			{DeviceID: "wind-4", Source: "upload", Body: []byte(`{"blobName":"wind-4/log.txt","blobSizeInBytes":12345}`)},
			{DeviceID: "wind-4", ModuleID: "filter", Source: "Telemetry", System: map[string]any{"x-opt-output-name": "alerts"}, Body: []byte(`{"alert":true}`)},
			{DeviceID: "wind-4", Source: "someOtherEvents", Body: []byte(`{"a":1}`)},
		} {
			e.Enqueued = wind(10 + i).Enqueued
			e.Received = e.Enqueued
			if e.Source != "feedback" && e.Source != "upload" {
				e.Partition, e.Sequence = "1", int64(600+i)
			}
			f.take(e)
		}
	}},
	{"catching-up-empty", func(f *fixture) {
		f.Update(statesMsg{[]events.PartitionState{
			{Partition: "0", Phase: events.CatchingUp, Behind: 12_400, BehindTime: 3 * time.Minute, Total: 2},
			{Partition: "1", Phase: events.Live, Total: 2},
		}})
	}},
	{"paused-empty", func(f *fixture) {
		f.live(4)
		f.press("space")
		f.take(winds(0, 3)...)
	}},
	{"stolen", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.Update(endedMsg{&events.Error{Kind: events.ErrStolen, Subject: "2", Partition: "2"}})
	}},
	{"one-stopped", func(f *fixture) {
		f.live(4)
		f.take(winds(0, 200)...)
		f.Update(statesMsg{[]events.PartitionState{{Partition: "2", Phase: events.Stopped, Err: &events.Error{Kind: events.ErrTooManyReceivers, Subject: "2", Partition: "2"}, Total: 4}}})
	}},
	{"recording", func(f *fixture) {
		f.live(4)
		f.record.run = &recordRun{waiting: stream.NewBuffer[events.Event](toRecord, nil), done: make(chan struct{})}
		f.record.run.written.Store(12_408)
		f.export = &export{next: 45, end: 100}
		f.take(winds(0, 200)...)
		f.second()
	}},
	{"recording-held", func(f *fixture) {
		f.live(4)
		f.record.run = &recordRun{waiting: stream.NewBuffer[events.Event](toRecord, nil), done: make(chan struct{})}
		f.record.run.written.Store(12_408)
		f.record.failed = errors.New("no space left on device")
		f.take(winds(0, 200)...)
		f.second()
	}},
	{"offline", func(f *fixture) {
		f.offline.files = []string{"/home/me/wind.jsonl", "b.jsonl"}
		f.take(winds(0, 200)...)
		f.Update(endedMsg{})
		f.second()
	}},
	{"offline-empty", func(f *fixture) {
		f.offline.files = []string{"/home/me/wind.jsonl"}
		f.Update(endedMsg{})
	}},
	{"group-empty", func(f *fixture) {
		f.Update(endedMsg{&events.Error{Kind: events.ErrConsumerGroup, Subject: "analytics"}})
	}},
}

func TestTab(t *testing.T) {
	for _, scene := range scenes {
		for _, size := range uitest.Sizes {
			for name, mode := range modes {
				if name != "dark" && size != uitest.Sizes[1] {
					continue // one size tells how a theme looks
				}
				t.Run(fmt.Sprintf("%s-%dx%d-%s", scene.name, size.Width, size.Height, name), func(t *testing.T) {
					room := uitest.Size{Width: size.Width, Height: size.Height - 4} // what the root leaves
					f := newFixture(t, mode, room)
					scene.play(f)
					f.finish()
					uitest.Golden(t, f.View(), room)
				})
			}
		}
	}
}

func TestPane(t *testing.T) {
	for _, scene := range scenes {
		for _, size := range []uitest.Size{{Width: 80, Height: 6}, {Width: 120, Height: 10}, {Width: 200, Height: 18}} {
			t.Run(fmt.Sprintf("%s-%dx%d", scene.name, size.Width, size.Height), func(t *testing.T) {
				f := newFixture(t, theme.Dark, size)
				f.SetDocked(true)
				f.SetFocused(false)
				scene.play(f)
				f.finish()
				uitest.Golden(t, f.View(), size)
			})
		}
	}
}

// TestEverySize draws all scenes in sizes that nobody looks at: nothing may panic, and each line must fit.
func TestEverySize(t *testing.T) {
	for _, scene := range scenes {
		for _, docked := range []bool{false, true} {
			f := newFixture(t, theme.Dark, uitest.Size{Width: 80, Height: 24})
			f.SetDocked(docked)
			scene.play(f)
			for width := 1; width < 150; width += 11 {
				for height := 1; height < 40; height += 5 {
					f.SetSize(width, height)
					frame := f.View()
					uitest.CheckSize(t, frame, uitest.Size{Width: width, Height: height})
					if strings.ContainsAny(frame, "\x07\u202e\u200b") {
						t.Fatalf("%s at %dx%d lets outside text through", scene.name, width, height)
					}
				}
			}
		}
	}
}
