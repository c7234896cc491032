package amqp

import (
	"context"
	"errors"
	"testing"
	"time"

	goamqp "github.com/Azure/go-amqp"

	"hubscope/hub/localhub/core"
)

// dropTelemetry is a gate at which each message costs its device the connection.
type dropTelemetry struct{}

func (dropTelemetry) Ask(_ context.Context, a core.Act) error {
	if a.Operation == core.OpTelemetry {
		return core.NewError(core.CodeDropped, "Dropped on demand.")
	}
	return nil
}

func (dropTelemetry) Lifetime(core.Act) time.Duration { return 0 }

// A connection that is dropped on demand ends without a word.
func TestDropped(t *testing.T) {
	h := openCore(t, core.Options{Names: []string{"localhost"}, Gate: dropTelemetry{}})
	_, addr := serve(t, coreHub{h}, Options{})
	b := &station{t, h, addr}
	err := b.sender(b.device("d1"), "devices/d1/messages/events", nil).Send(testContext(t), goamqp.NewMessage([]byte("x")), nil)
	var gone *goamqp.ConnError
	if !errors.As(err, &gone) || gone.RemoteErr != nil {
		t.Errorf("got %v", err)
	}
}
