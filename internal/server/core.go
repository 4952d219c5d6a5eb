package server

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/store"
)

// Core is what the server serves, once the store can be reached.
type Core struct {
	Schema graphql.ExecutableSchema
	// Calendar answers at /calendar.ics.
	Calendar Calendar
	// Exporter answers at /export.ndjson.
	Exporter Exporter
	// Switches answers at /ofrep/v1/evaluate/flags.
	Switches Switches
	// Pipelines answers at /deployments.
	Pipelines Pipelines
	// Devices answers devices that speak DDI, where Config.DevicePoll says so.
	Devices Devices
	// Media, when not nil, answers below /media/.
	Media *Media
	// Revoked, when not nil, gives what is closed when the next API token is
	// revoked.
	Revoked func() <-chan struct{}
	// Await, when not nil, waits for a revision, and returns the head, also where that
	// has not come.
	Await func(ctx context.Context, revision int64) (head int64, err error)
	// Checks say why the server is not ready, by name; nil: it is.
	Checks map[string]func(context.Context) error
}

// Open opens the store and builds the core over it. Errors other than
// store.ErrUnavailable are taken as ones that trying again does not cure.
type Open func(context.Context) (*Core, error)

func lasting(err error) bool { return !errors.Is(err, store.ErrUnavailable) }
