// Package rest is the service REST API of the local hub (protocol 2), and what
// devices do over HTTPS (protocol 5.2).
//
// It turns requests into calls of package core and core's answers and refusals
// into documents of package wire. Each area of the API (devices, twins, query,
// telemetry) is a file with a table of routes; [server.routes] joins the tables.
package rest

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"hubscope/hub/localhub/adm"
	"hubscope/hub/localhub/core"
	"hubscope/hub/localhub/jobs"
	"hubscope/hub/localhub/query"
	"hubscope/hub/localhub/selection"
	"hubscope/hub/localhub/transfer"
	"hubscope/hub/localhub/upload"
)

// Options of [Handler].
type Options struct {
	// Query runs the query language. Nil: that of the hub and Jobs.
	Query Querier
	// BodyTimeout bounds the time that a client may take to send a body. Default 30 s.
	BodyTimeout time.Duration
	// Uploads is the file upload. Nil: it is refused as not configured.
	Uploads *upload.Service
	// Jobs are the scheduled jobs. Nil: there are no routes for them.
	Jobs *jobs.Service
	// Transfers are the import and export jobs, and Containers where their blobs are.
	// Nil: there are no routes for them.
	Transfers  *transfer.Service
	Containers *upload.Containers
	// Configurations are automatic device management. Nil: there are no routes for
	// them.
	Configurations *adm.Service
	// Logger gets a line for each request, at level debug, and for each failure of
	// the hub itself. Nil: no log. No header and no body is logged.
	Logger *slog.Logger
}

// Querier runs texts of the query language.
type Querier interface {
	// Query gives at most max items that follow continuation, which is empty for
	// the first page. A refusal is a *core.Error.
	Query(ctx context.Context, text string, max int, continuation string) (query.Page, error)
}

// Handler serves the service REST API of h. It may be used by any number of
// listeners.
func Handler(h *core.Hub, o Options) http.Handler {
	s := &server{hub: h, query: o.Query, bodyTimeout: o.BodyTimeout, log: o.Logger, uploads: o.Uploads, jobs: o.Jobs, transfers: o.Transfers, containers: o.Containers, configurations: o.Configurations}
	if s.query == nil {
		var rows query.Source
		if o.Jobs != nil {
			rows = o.Jobs.Rows()
		}
		s.query = selection.New(h, rows)
	}
	if s.bodyTimeout <= 0 {
		s.bodyTimeout = 30 * time.Second
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.table = s.routes()
	return s
}

type server struct {
	hub         *core.Hub
	query       Querier
	bodyTimeout time.Duration
	log         *slog.Logger
	uploads     *upload.Service
	jobs        *jobs.Service
	transfers   *transfer.Service
	containers  *upload.Containers

	configurations *adm.Service

	table []route
}

func (s *server) routes() []route {
	return slices.Concat(
		s.deviceRoutes(), s.moduleRoutes(), s.edgeRoutes(), s.bulkRoutes(), s.queryRoutes(), s.statisticsRoutes(),
		s.twinRoutes(), s.methodRoutes(), s.purgeRoutes(),
		s.telemetryRoutes(), s.deviceboundRoutes(), s.feedbackRoutes(),
		s.fileRoutes(), s.jobRoutes(), s.transferRoutes(), s.configurationRoutes(), s.digitalTwinRoutes(),
	)
}
