package device

import (
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"hubscope/hub"
	"hubscope/hub/connstr"
	"hubscope/hub/secret"
)

// TestErrorsInWords: what people read has a sentence and, where somebody must act, a next step.
func TestErrorsInWords(t *testing.T) {
	cases := []struct {
		name      string
		code      byte
		cs        connstr.Device
		want      string
		wantsNext bool
	}{
		{"wrong key", 5, testDevice(), "the device is disabled or unknown", true},
		{"bad user name", 4, testDevice(), "not authorized", true},
		{"identifier", 2, testDevice(), "refused the connection", true},
		{
			"token that ended", 5,
			connstr.Device{HostName: "h", DeviceID: "d", Token: secret.New("SharedAccessSignature sr=h%2Fdevices%2Fd&sig=c2ln&se=1")},
			"the SAS token ended at 1970-01-01T00:00:01Z", true,
		},
		{
			"malformed token", 5,
			connstr.Device{HostName: "h", DeviceID: "d", Token: secret.New("c2lnbmF0dXJl")},
			"the SAS token is malformed", true,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &peer{t: t, script: func(_ int, s *peerSide) { s.answer(tc.code) }}
				c, err := New(tc.cs, Options{Dial: p.dial})
				if err != nil {
					t.Fatal(err)
				}
				defer closeNow(c)
				err = c.Connect(t.Context())
				sentence, next := hub.Explain(err)
				if !strings.Contains(sentence, tc.want) || (next != "") != tc.wantsNext {
					t.Errorf("%q, next %q; from %v", sentence, next, err)
				}
				for _, text := range []string{sentence, next, err.Error()} {
					if strings.Contains(text, "c2ln") {
						t.Errorf("%q shows a token", text)
					}
				}
			})
		})
	}
}

func TestClassify(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	err := classify(refused)
	if !errors.Is(err, ErrNetwork) || !errors.Is(err, refused) || err.Error() != refused.Error() {
		t.Errorf("%v", err)
	}
	if again := classify(err); again != err {
		t.Errorf("classified twice: %v", again)
	}
	if classify(nil) != nil {
		t.Error("nil is an error")
	}
}
