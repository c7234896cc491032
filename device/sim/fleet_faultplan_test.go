package sim

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]Fault{
		"skip,probability=0.01":                   {Kind: Skip, Probability: 0.01},
		"kind=disconnect, every=1m, for=10s":      {Kind: Disconnect, Every: time.Minute, For: 10 * time.Second},
		"skew,amount=-1h,after=30s":               {Kind: Skew, Amount: -time.Hour, After: 30 * time.Second},
		"wrong-key":                               {Kind: WrongKey},
		"battery,amount=5m":                       {Kind: Battery, Amount: 5 * time.Minute},
		"duplicate,p=1,after=1s,amount=0s,for=0s": {Kind: Duplicate, Probability: 1, After: time.Second},
	} {
		if got, err := ParseFault(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{
		"": "the kinds are disconnect, skip", "nap": "the kinds are", "skip,often": "no name=value", "skip,p=often": "no number",
		"skip,p=2": "from 0 to 1", "delay,amount=long": "no time such as", "delay,size=3": "amount, for, after", "delay,amount=-1s": "not be negative",
	} {
		if _, err := ParseFault(text); !errors.Is(err, ErrBadFault) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hubSide{delay: 100 * time.Millisecond}
		o := h.options()
		o.Count = 7
		f := NewFleet(FleetOptions{Options: o})
		if _, err := f.StartMany(t.Context(), identities(10), StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		messages, _ := h.got()
		if s := f.Summary(); len(messages) != 70 || s.Confirmed != 70 || s.States[Stopped] != 10 || s.Failed != 0 {
			t.Errorf("%d messages, %+v", len(messages), s)
		}
		closeFleet(t, f)
	})
}
