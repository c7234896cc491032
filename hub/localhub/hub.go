package localhub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"

	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/fault"
	"hubscope/hub/localhub/store"
	"hubscope/hub/localhub/tlsca"
)

// Hub is a running local hub. Its methods may be called concurrently.
type Hub struct {
	o     Options
	db    *store.DB
	core  *core.Hub
	gate  *fault.Gate
	ca    *tlsca.Authority
	ports *ports
	features

	serving []serving
	running sync.WaitGroup // of Serve

	closeOnce sync.Once
	closeErr  error

	failOnce sync.Once
	err      error
	done     chan struct{}
}

// ErrInUse says that another hub runs on the same state folder; Join reaches it.
var ErrInUse = store.ErrLocked

// Start starts a hub; every listener is up when it returns. Ctx bounds the
// start; Close ends the hub. Errors: ErrInUse, store.ErrDamaged, *PortError and
// those of the file system, each as one sentence.
func Start(ctx context.Context, o Options) (*Hub, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	h := &Hub{o: o, ports: newPorts(o), done: make(chan struct{})}
	if err := h.start(ctx); err != nil {
		_ = h.release() // nothing was changed that could be lost
		return nil, roomHint(err)
	}
	return h, nil
}

// roomHint tells what to do on a full disk.
func roomHint(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("start the local hub: %w: make room there, or choose another state folder", err)
	}
	return err
}

func (h *Hub) start(ctx context.Context) error {
	if err := h.openState(); err != nil {
		return err
	}
	if err := h.ports.open(h.o.Listen); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start the local hub: %w", err)
	}
	h.serving = endpoints(h.core, h.gate, h.features, h.ports, h.ca.ServerConfig(), h.o.Logger)
	for _, s := range h.serving {
		if s.port.occupied {
			h.o.Logger.Warn("another program has this port on ::1: clients that try localhost there first reach that one",
				"endpoint", s.port.endpoint, "port", s.port.number)
		}
		for _, l := range s.port.listeners {
			h.serve(s, l)
		}
	}
	return h.leaveNote()
}

// serve runs an endpoint on a listener.
func (h *Hub) serve(s serving, l net.Listener) {
	l = h.gate.Listener(l, s.port.faultPort())
	if s.tls != nil {
		l = tls.NewListener(l, s.tls)
	}
	h.running.Go(func() {
		err := s.endpoint.Serve(l)
		// After Close this has no effect.
		h.fail(fmt.Errorf("serve %s on %s: %w", s.port.endpoint, l.Addr(), err))
	})
}

// fail ends Done; the first reason counts, nil for Close.
func (h *Hub) fail(err error) {
	h.failOnce.Do(func() {
		h.err = err
		close(h.done)
		if err != nil {
			h.o.Logger.Error("the local hub stopped", "error", err)
		}
	})
}

// Done is closed when the hub no longer serves: after Close, or when a listener
// failed, which Err tells. Close must be called in both cases.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Err is why the hub no longer serves; nil while it does, and after Close.
func (h *Hub) Err() error {
	select {
	case <-h.done:
		return h.err
	default:
		return nil
	}
}

// Core is the hub without its listeners.
func (h *Hub) Core() *core.Hub { return h.core }

// Close ends listeners, connections and sessions, makes what was accepted
// durable and closes the state. It waits until ctx ends for connections, and
// then cuts them. It may be called more than once.
func (h *Hub) Close(ctx context.Context) error {
	h.closeOnce.Do(func() {
		h.fail(nil)
		h.gate.Close()
		h.closeErr = errors.Join(h.takeNote(), h.closeEndpoints(ctx), h.release())
	})
	return h.closeErr
}

// closeEndpoints closes all of them at the same time.
func (h *Hub) closeEndpoints(ctx context.Context) error {
	errs := make([]error, len(h.serving))
	var closing sync.WaitGroup
	for i, s := range h.serving {
		closing.Go(func() { errs[i] = s.endpoint.Close(ctx) })
	}
	closing.Wait()
	h.running.Wait()
	return errors.Join(errs...)
}

// release gives back what start has taken.
func (h *Hub) release() error {
	h.ports.close()
	errs := []error{h.features.close()}
	if h.core != nil {
		errs = append(errs, h.core.Close())
	}
	if h.db != nil {
		errs = append(errs, h.db.Close())
	}
	return errors.Join(errs...)
}
