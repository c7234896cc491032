package amqp

import (
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub/localhub/amqp/frame"
	"hubscope/hub/localhub/core"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// Protocol 10, 6.1: a session lasts as long as its token is renewed on $cbs, and
// ends with the last one.
func TestDeviceTokenIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := openCore(t, core.Options{Names: []string{"localhost"}})
		d, err := h.Device("d1")
		if err != nil {
			t.Fatal(err)
		}
		token := func() string {
			token, err := sas.IoTHub("localhost/devices/d1", secret.New(d.Authentication.SymmetricKey.PrimaryKey), "", time.Now().Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return token.Reveal()
		}
		p := dialOpen(t, newServer(coreHub{h}, Options{IdleTimeout: 10 * time.Hour}))
		p.claim(token())
		p.send(0, &frame.Attach{Name: "d2c", Handle: 0, Source: &frame.Source{}, Target: &frame.Target{Address: "/devices/d1/messages/events"}})
		if a := only[*frame.Attach](t, p.take()); a.Target == nil {
			t.Fatal("refused")
		}
		time.Sleep(45 * time.Minute)
		p.putToken(token(), 2)
		time.Sleep(55 * time.Minute)
		if got := every[*frame.Detach](p.take()); len(got) != 0 {
			t.Fatalf("got %+v although the token was renewed", got[0].Error)
		}
		time.Sleep(6 * time.Minute)
		detach := only[*frame.Detach](t, p.take())
		wantCondition(t, detach.Error, condUnauthorized)
		p.nc.Close()
		<-p.gone
	})
}
