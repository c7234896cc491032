package device

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

func TestConnectSendsWhatIoTHubWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got *packets.ConnectPacket
		p := &peer{script: func(_ int, s *peerSide) {
			s.accept()
			got = s.connect
			s.serve()
		}}
		c := newClient(t, p, Options{ClientType: "test/1"})
		mustConnect(t, c)
		synctest.Wait()
		if got.ProtocolName != "MQTT" || got.ProtocolVersion != 4 || got.CleanSession || got.Keepalive != 180 || got.ClientIdentifier != "dev1" {
			t.Errorf("CONNECT = %v", got)
		}
		u, err := topic.ParseUsername(got.Username)
		want := topic.User{Host: "hub.example", DeviceID: "dev1", APIVersion: "2021-04-12", ClientType: "test/1"}
		if err != nil || u != want {
			t.Errorf("user name %q: %+v, %v", got.Username, u, err)
		}
		token, err := sas.Parse(string(got.Password))
		if err != nil {
			t.Fatal(err)
		}
		if !token.Verify(secret.New(testKey)) || !token.Covers("hub.example", "devices/dev1") || token.Policy != "" {
			t.Errorf("token %+v", token)
		}
		if left := time.Until(token.Expiry); left < time.Hour-2*time.Second || left > time.Hour {
			t.Errorf("the token lasts %v, want an hour", left)
		}
	})
}

func TestCredentials(t *testing.T) {
	ready := secret.New("SharedAccessSignature sr=hub.example%2Fdevices%2Fdev1&sig=x&se=1")
	cases := []struct {
		name     string
		cs       connstr.Device
		clientID string
		user     string
		check    func(t *testing.T, password string)
	}{
		{
			"policy key",
			connstr.Device{HostName: "hub.example:8884", DeviceID: "d", PolicyName: "device", Key: secret.New(testKey)},
			"d", "hub.example/d/",
			func(t *testing.T, password string) {
				token, err := sas.Parse(password)
				if err != nil || token.Policy != "device" || !token.Verify(secret.New(testKey)) || token.Resource != "hub.example/devices/d" {
					t.Errorf("token %+v, %v", token, err)
				}
			},
		},
		{
			"ready token",
			connstr.Device{HostName: "hub.example", DeviceID: "dev1", Token: ready},
			"dev1", "hub.example/dev1/",
			func(t *testing.T, password string) {
				if password != ready.Reveal() {
					t.Error("another token was sent")
				}
			},
		},
		{
			"module",
			connstr.Device{HostName: "hub.example", DeviceID: "d", ModuleID: "m", Key: secret.New(testKey)},
			"d/m", "hub.example/d/m/",
			func(t *testing.T, password string) {
				if token, err := sas.Parse(password); err != nil || token.Resource != "hub.example/devices/d/modules/m" {
					t.Errorf("token %+v, %v", token, err)
				}
			},
		},
		{
			"certificate",
			connstr.Device{HostName: "hub.example", DeviceID: "d", X509: true},
			"d", "hub.example/d/",
			func(t *testing.T, password string) {
				if password != "" {
					t.Error("a password was sent")
				}
			},
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got *packets.ConnectPacket
				p := &peer{t: t, script: func(_ int, s *peerSide) {
					s.accept()
					got = s.connect
					s.serve()
				}}
				c, err := New(tc.cs, Options{Dial: p.dial})
				if err != nil {
					t.Fatal(err)
				}
				defer closeNow(c)
				mustConnect(t, c)
				synctest.Wait()
				if got.ClientIdentifier != tc.clientID || !strings.HasPrefix(got.Username, tc.user) {
					t.Errorf("client id %q, user name %q", got.ClientIdentifier, got.Username)
				}
				tc.check(t, string(got.Password))
			})
		})
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(connstr.Device{HostName: "h", DeviceID: "d"}, Options{}); err == nil {
		t.Error("no credential was accepted")
	}
	const notBase64 = "%%%not-base64"
	_, err := New(connstr.Device{HostName: "h", DeviceID: "d", Key: secret.New(notBase64)}, Options{})
	if !errors.Is(err, sas.ErrKey) || strings.Contains(err.Error(), notBase64) {
		t.Errorf("error = %v", err)
	}
}

func TestRefusals(t *testing.T) {
	cases := []struct {
		code    byte
		want    error
		lasting bool
	}{
		{1, ErrRefused, true},
		{2, ErrRefused, true},
		{3, ErrUnavailable, false},
		{4, ErrUnauthorized, true},
		{5, ErrUnauthorized, true},
		{6, ErrRefused, true},
		{77, ErrRefused, true},
	}
	for _, tc := range cases {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, &peer{script: func(_ int, s *peerSide) { s.answer(tc.code) }}, Options{})
			err := c.Connect(t.Context())
			if !errors.Is(err, tc.want) || Lasting(err) != tc.lasting {
				t.Errorf("CONNACK %d: %v (lasting %v), want %v", tc.code, err, Lasting(err), tc.want)
			}
			if st := c.State(); st.Phase != Disconnected || !errors.Is(st.Err, tc.want) {
				t.Errorf("CONNACK %d: state %+v", tc.code, st)
			}
		})
	}
}

func TestConnectFailures(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	cases := []struct {
		name   string
		script func(n int, s *peerSide)
		dial   dialFunc
		want   string
	}{
		{"dial", nil, func(context.Context) (net.Conn, error) { return nil, refused }, "connection refused"},
		{"closed at once", func(int, *peerSide) {}, nil, "closed"},
		{"closed instead of CONNACK", func(_ int, s *peerSide) { _, _ = packets.ReadPacket(s) }, nil, "instead of answering"},
		{"silent", func(_ int, s *peerSide) { s.swallow() }, nil, "did not answer in time"},
		{"half a CONNACK", func(_ int, s *peerSide) {
			_, _ = packets.ReadPacket(s)
			_, _ = s.Write([]byte{0x20, 2, 0})
		}, nil, "unexpected EOF"},
		{"another packet", func(_ int, s *peerSide) {
			_, _ = packets.ReadPacket(s)
			s.ack(1)
		}, nil, "CONNACK"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, &peer{script: tc.script}, Options{Dial: tc.dial})
				err := c.Connect(t.Context())
				if !errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), tc.want) || Lasting(err) {
					t.Errorf("error = %v, want ErrNetwork with %q", err, tc.want)
				}
				if strings.Contains(err.Error(), "SharedAccess") {
					t.Errorf("the error shows a token: %v", err)
				}
			})
		})
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: func(_ int, s *peerSide) { s.swallow() }}, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := c.Connect(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestConnectAgainAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, &peer{script: func(n int, s *peerSide) {
			if n == 0 {
				s.answer(5)
				return
			}
			good(n, s)
		}}, Options{})
		if err := c.Connect(t.Context()); !errors.Is(err, ErrUnauthorized) {
			t.Fatal(err)
		}
		r := mustSend(t, c, "m")
		mustConnect(t, c)
		if err := wait(t, r); err != nil {
			t.Error(err)
		}
		if err := c.Connect(t.Context()); !errors.Is(err, ErrRunning) {
			t.Errorf("a second Connect: %v", err)
		}
	})
}

func TestReadyTokenThatEndedIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &peer{t: t, script: func(_ int, s *peerSide) { s.answer(5) }}
		cs := connstr.Device{HostName: "h", DeviceID: "d", Token: secret.New("SharedAccessSignature sr=h%2Fdevices%2Fd&sig=c2ln&se=1")}
		c, err := New(cs, Options{Dial: p.dial})
		if err != nil {
			t.Fatal(err)
		}
		defer closeNow(c)
		err = c.Connect(t.Context())
		if !errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), "ended at 1970-01-01T00:00:01Z") || strings.Contains(err.Error(), "c2ln") {
			t.Errorf("error = %v", err)
		}
	})
}
