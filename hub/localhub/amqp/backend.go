package amqp

import (
	"context"
	"crypto/x509"
	"time"

	"hubscope/hub/localhub/core"
)

// backend is what the endpoint needs of a hub.
type backend interface {
	Authenticate(token string) (core.Principal, error)
	Ask(ctx context.Context, a core.Act) error
	Lifetime(a core.Act) time.Duration
	PolicyKeyCheck(policy, key string) (core.Principal, error)
	HasName(host string) bool
	Names() []string
	EventHub() string
	Partitions() int
	ConsumerGroups() []string
	Partition(p int) (core.PartitionInfo, error)
	openReader(p int, from core.Position) (eventReader, error)
	deviceBackend
	serviceBackend
}

// deviceBackend is what devices need.
type deviceBackend interface {
	AuthenticateCertificate(chain []*x509.Certificate, id core.ID) (core.Principal, error)
	Connect(ctx context.Context, info core.SessionInfo, kick func(error)) (*core.Session, error)
	LockC2D(id core.ID) (core.Delivery, bool, error)
	SettleC2D(ctx context.Context, id core.ID, lockToken string, o core.Outcome) error
	DeviceTwin(id core.ID) ([]byte, error)
	ReportTwin(ctx context.Context, id core.ID, patch []byte, version *int64) (int64, error)
}

// serviceBackend is what services need besides the event hub.
type serviceBackend interface {
	SendC2D(ctx context.Context, id core.ID, m core.C2DMessage) error
	LockFeedback(max int) (core.FeedbackBatch, bool, error)
	SettleFeedback(ctx context.Context, lockToken string, o core.Outcome) error
	OnFeedback(fn func()) (stop func())
	LockFileNotification() (core.FileDelivery, bool, error)
	SettleFileNotification(ctx context.Context, lockToken string, o core.Outcome) error
	OnFileNotification(fn func()) (stop func())
}

// eventReader is core.Reader.
type eventReader interface {
	Next(ctx context.Context, max int) ([]core.Record, error)
	Close()
}

// coreHub makes a core.Hub a backend.
type coreHub struct{ *core.Hub }

func (h coreHub) openReader(p int, from core.Position) (eventReader, error) {
	r, err := h.OpenReader(p, from)
	if err != nil {
		return nil, err
	}
	return r, nil
}
