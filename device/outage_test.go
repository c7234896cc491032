package device

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

func TestInterruptIsLikeALostNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{t: t, script: good}
		c := newClient(t, p, Options{MessageTimeout: time.Minute})
		mustConnect(t, c)
		if err := wait(t, mustSend(t, c, "before")); err != nil {
			t.Fatal(err)
		}
		c.Interrupt(time.Now().Add(20*time.Second), "for a test")
		r := mustSend(t, c, "meanwhile")
		time.Sleep(19 * time.Second)
		if st := c.State(); st.Phase != Reconnecting || !errors.Is(st.Err, ErrNetwork) || !strings.Contains(st.Err.Error(), "for a test") {
			t.Errorf("state %+v", st)
		}
		if n := p.count(); n != 1 {
			t.Errorf("%d connections during the outage", n)
		}
		if err := wait(t, r); err != nil {
			t.Errorf("a message of the outage: %v", err)
		}
		c.Interrupt(time.Now().Add(time.Hour), "for a test")
		time.Sleep(time.Second)
		c.Interrupt(time.Time{}, "")
		time.Sleep(15 * time.Second)
		if st := c.State(); st.Phase != Connected {
			t.Errorf("after the end of the outage: %+v", st)
		}
		closeNow(c)
	})
}

func TestSetKey(t *testing.T) {
	c, err := New(testDevice(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.proof(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetKey(secret.New("not base64!")); err == nil {
		t.Error("a key that is none was taken")
	}
	if err := c.SetKey(secret.New("b3RoZXI=")); err != nil {
		t.Error(err)
	}
	after, err := c.proof(time.Now())
	if err != nil || after.key == before.key || after.resource != before.resource {
		t.Errorf("%v, the key is as before: %v", err, after.key == before.key)
	}
	closeNow(c)
	x, err := New(connstr.Device{HostName: "h", DeviceID: "d", X509: true}, Options{Dial: (&peer{}).dial})
	if err != nil {
		t.Fatal(err)
	}
	if x.SetKey(secret.New("b3RoZXI=")) == nil {
		t.Error("a device with a certificate was given a key")
	}
	closeNow(x)
}
