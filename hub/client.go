package hub

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"hubscope/hub/wire"
)

// Options say which hub a [Client] talks to, and how.
type Options struct {
	Target
	// HTTPClient replaces the client's own transport; Target's address and TLS
	// settings are then not used.
	HTTPClient *http.Client
	// UserAgent is "hubscope" when empty.
	UserAgent string
	// Logger gets a line for each retry. Nil: no log.
	Logger *slog.Logger
}

// Client is the service side of a hub over REST.
type Client struct{ o Options }

// Page is one page of a query's result.
type Page struct {
	Items    []json.RawMessage
	ItemType string
	// Continuation asks for the next page; empty on the last one.
	Continuation string
}

// RegistryStatistics counts device identities; ServiceStatistics connected devices.
type (
	RegistryStatistics = wire.RegistryStatistics
	ServiceStatistics  = wire.ServiceStatistics
)

var errSoon = errors.New("not yet there")

func New(o Options) (*Client, error) { return &Client{o}, nil }
func (c *Client) CreateDevice(ctx context.Context, d Device) (Device, error) {
	return Device{}, errSoon
}
func (c *Client) Device(ctx context.Context, id string) (Device, error) { return Device{}, errSoon }
func (c *Client) UpdateDevice(ctx context.Context, d Device) (Device, error) {
	return Device{}, errSoon
}
func (c *Client) DeleteDevice(ctx context.Context, id, etag string) error { return errSoon }
func (c *Client) Query(ctx context.Context, text string, page int, continuation string) (Page, error) {
	return Page{}, errSoon
}
func (c *Client) Devices(ctx context.Context, page int, continuation string) ([]Device, string, error) {
	return nil, "", errSoon
}
func (c *Client) RegistryStatistics(ctx context.Context) (RegistryStatistics, error) {
	return RegistryStatistics{}, errSoon
}
func (c *Client) ServiceStatistics(ctx context.Context) (ServiceStatistics, error) {
	return ServiceStatistics{}, errSoon
}
func (c *Client) Close() {}
