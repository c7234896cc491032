// Package rest is the service REST API of the local hub (protocol 2).
package rest

import (
	"log/slog"
	"net/http"

	"hubscope/hub/localhub/core"
)

// Options of [Handler].
type Options struct {
	// Logger gets a line for each request, at level debug, and for each failure of
	// the hub itself. Nil: no log.
	Logger *slog.Logger
}

// Handler serves the service REST API of h.
func Handler(h *core.Hub, o Options) http.Handler { return http.NotFoundHandler() }
