package core

import (
	"testing"
	"testing/synctest"
	"time"
)

// Protocol 4.1.12.
func TestTokenExpiryEndsSession(t *testing.T) {
	for _, c := range []struct {
		name             string
		lifetime, allows time.Duration
	}{
		{"valid at connect", time.Hour, time.Hour},
		{"within the skew at connect", -time.Minute, 4 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, ended := bareSession()
				s.startExpiry(time.Now().Add(c.lifetime))
				time.Sleep(c.allows - time.Millisecond)
				wantAlive(t, ended)
				time.Sleep(2 * time.Millisecond)
				wantCode(t, <-ended, CodeUnauthorized)
			})
		})
	}
}

func TestRenewMovesTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ended := bareSession()
		s.startExpiry(time.Now().Add(time.Hour))
		time.Sleep(30 * time.Minute)
		s.Renew(Principal{Expiry: time.Now().Add(time.Hour)})
		time.Sleep(59 * time.Minute)
		wantAlive(t, ended)
		time.Sleep(2 * time.Minute)
		wantCode(t, <-ended, CodeUnauthorized)
	})
}

// bareSession is a session of a hub that has no state, only a clock.
func bareSession() (*Session, <-chan error) {
	ended := make(chan error, 1)
	return &Session{hub: &Hub{o: Options{}.withDefaults()}, kick: func(err error) { ended <- err }}, ended
}

func wantAlive(t *testing.T, ended <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-ended:
		t.Fatalf("ended early: %v", err)
	default:
	}
}
