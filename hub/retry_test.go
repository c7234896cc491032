package hub_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hubscope/hub"
)

func TestThrottledCallWaitsAsAsked(t *testing.T) {
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			began, tries := time.Now(), 0
			var notices []hub.RetryNotice
			c := clientOf(t, func(*http.Request) (*http.Response, error) {
				if tries++; tries < 3 {
					return reply(status, http.Header{"Retry-After": {"8"}}, `{"Message":"ErrorCode:ThrottlingException;slow down"}`), nil
				}
				return reply(200, nil, `{"deviceId":"d"}`), nil
			}, hub.Retry{Notify: func(_ context.Context, n hub.RetryNotice) { notices = append(notices, n) }})
			if _, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: "d"}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < 16*time.Second || took > 18*time.Second {
				t.Errorf("two waits of 8 s took %v", took)
			}
			if len(notices) != 2 || notices[0].Try != 1 || notices[1].Try != 2 || notices[0].In < 8*time.Second || notices[0].Op != `create device "d"` {
				t.Errorf("notices %+v", notices)
			}
		})
	}
}

func TestThrottledCallGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			tries++
			return reply(429, nil, ""), nil
		}, hub.Retry{Tries: 4})
		_, err := c.RegistryStatistics(t.Context())
		if !errors.Is(err, hub.ErrThrottled) || tries != 4 {
			t.Errorf("%d tries, %v", tries, err)
		}
		began := time.Now()
		c = clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(429, http.Header{"Retry-After": {"3600"}}, ""), nil
		}, hub.Retry{})
		_, err = c.RegistryStatistics(t.Context())
		var e *hub.Error
		if !errors.As(err, &e) || e.RetryAfter != time.Hour || time.Since(began) > time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestTryOnce(t *testing.T) {
	tries := 0
	c := clientOf(t, func(*http.Request) (*http.Response, error) {
		tries++
		return reply(429, http.Header{"Retry-After": {"8"}}, ""), nil
	}, hub.Retry{})
	_, err := c.RegistryStatistics(hub.TryOnce(t.Context()))
	var e *hub.Error
	if !errors.As(err, &e) || e.RetryAfter != 8*time.Second || tries != 1 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestWaitCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(503, http.Header{"Retry-After": {"60"}}, ""), nil
		}, hub.Retry{Notify: func(context.Context, hub.RetryNotice) { cancel() }})
		began := time.Now()
		_, err := c.RegistryStatistics(ctx)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, hub.ErrUnavailable) || time.Since(began) > 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

func TestConnectionFailures(t *testing.T) {
	reset := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })}
	for _, c := range []struct {
		name  string
		call  func(*hub.Client) error
		tries int
	}{
		{"read", func(c *hub.Client) error { _, err := c.Device(t.Context(), "d"); return err }, 3},
		{"query", func(c *hub.Client) error { _, _, err := c.Devices(t.Context(), 0, ""); return err }, 3},
		{"unconditional update", func(c *hub.Client) error {
			_, err := c.UpdateDevice(t.Context(), hub.Device{DeviceID: "d"})
			return err
		}, 3},
		{"conditional update", func(c *hub.Client) error {
			_, err := c.UpdateDevice(t.Context(), hub.Device{DeviceID: "d", ETag: "e"})
			return err
		}, 1},
		{"create", func(c *hub.Client) error {
			_, err := c.CreateDevice(t.Context(), hub.Device{DeviceID: "d"})
			return err
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tries := 0
			counted := roundTrip(func(r *http.Request) (*http.Response, error) {
				tries++
				return reset.Transport.RoundTrip(r)
			})
			client := clientOf(t, counted, hub.Retry{Initial: time.Millisecond})
			if err := c.call(client); !errors.Is(err, io.ErrUnexpectedEOF) || tries != c.tries {
				t.Errorf("%d tries, want %d; %v", tries, c.tries, err)
			}
		})
	}
}

func TestDeleteAfterLostAnswer(t *testing.T) {
	tries := 0
	c := clientOf(t, func(*http.Request) (*http.Response, error) {
		if tries++; tries == 1 {
			return nil, io.ErrUnexpectedEOF // deleted, but the answer is lost
		}
		return reply(404, nil, ""), nil
	}, hub.Retry{Initial: time.Millisecond})
	if err := c.DeleteDevice(t.Context(), "d", ""); err != nil {
		t.Error(err)
	}
	if err := c.DeleteDevice(t.Context(), "d", ""); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("err = %v, want not found", err)
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	release := make(chan struct{})
	var calls atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(release)
	c := overTLS(t, s, hub.Options{CallTimeout: 50 * time.Millisecond})
	_, err := c.RegistryStatistics(t.Context())
	if !errors.Is(err, context.DeadlineExceeded) || calls.Load() != 1 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
	sentence, next := hub.Explain(err)
	if sentence != "could not count devices: the host did not answer in time" || next == "" {
		t.Errorf("%q, %q", sentence, next)
	}
}

func TestRetriesAreLoggedWithoutSecrets(t *testing.T) {
	var logged bytes.Buffer
	tries := 0
	c, err := hub.New(hub.Options{
		Target: hub.Target{Service: service}, Retry: hub.Retry{Initial: time.Millisecond},
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
		HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				return reply(503, nil, `{"Message":"you sent `+r.Header.Get("Authorization")+`"}`), nil
			}
			return reply(200, nil, `{}`), nil
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RegistryStatistics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := logged.String(); !strings.Contains(text, "trying again") || !strings.Contains(text, "sig=***") || strings.Contains(text, key) {
		t.Errorf("log: %s", text)
	}
}

func TestThrottledCallThatCannotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(t, func(*http.Request) (*http.Response, error) {
			return reply(429, http.Header{"Retry-After": {"45"}}, ""), nil
		}, hub.Retry{})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.RegistryStatistics(ctx)
		var e *hub.Error
		if !errors.As(err, &e) || e.RetryAfter != 45*time.Second || time.Since(began) > time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}
