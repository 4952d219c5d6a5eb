// Package app wires the use cases: each reads, decides by the pure packages, and
// commits one change set with guards. It knows nothing of GraphQL.
package app

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/announce"
	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/closing"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/event"
	"releasegraph/internal/app/export"
	"releasegraph/internal/app/feed"
	"releasegraph/internal/app/forecast"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/material"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/preparation"
	"releasegraph/internal/app/problem"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/rising"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/app/stock"
	"releasegraph/internal/app/support"
	"releasegraph/internal/app/token"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/app/variant"
	"releasegraph/internal/app/work"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// App gives access to all use cases, by area. Each area uses those above it.
type App struct {
	estate *estate.Estate

	Parties       *party.Area
	Records       *records.Area
	Traversal     *traversal.Area
	History       *history.Area
	Events        *event.Area
	Tokens        *token.Area
	Impact        *impact.Area
	Rollouts      *rollout.Area
	Problems      *problem.Area
	Configuration *configuration.Area
	Calendar      *calendar.Area
	Feeds         *feed.Area
	Changes       *change.Area
	Policies      *policy.Area
	Media         *media.Area
	Stock         *stock.Area
	Support       *support.Area
	Variants      *variant.Area
	Releases      *release.Area
	Environments  *environment.Area
	Acceptance    *acceptance.Area
	Closing       *closing.Area
	Forecast      *forecast.Area
	Rising        *rising.Area
	Materials     *material.Area
	Preparation   *preparation.Area
	Announcements *announcement.Area
	Work          *work.Area
	Export        *export.Area
	Bulk          *bulk.Area
}

// Config is what an App is made of. Graphs may be nil; without Policies the
// default ones hold.
type Config struct {
	Store    store.Store
	Graphs   estate.Graphs
	Policies *authz.Policies
	// Exclusive are roles that nobody may hold together; nil: those of section 9.
	Exclusive []domain.Exclusive
	// Shelf keeps API tokens; nil: there are none.
	Shelf store.Shelf
	Now   func() time.Time
	NewID func() string
	// Measuring asks servers for measurements of tests; nil: there is none.
	Measuring acceptance.Measuring
}

// New returns the use cases over a store.
func New(c Config) *App {
	e := estateOf(c)
	a := &App{estate: e}
	a.Parties = party.New(e)
	a.Records = records.New(e)
	a.Traversal = traversal.New(e)
	a.History = history.New(e)
	a.Events = event.New(e)
	a.Tokens = token.New(e)
	a.Impact = impact.New(e, a.Traversal)
	a.Rollouts = rollout.New(e)
	a.Problems = problem.New(e, a.Records, a.Rollouts)
	a.Configuration = configuration.New(e, a.Records, a.Traversal)
	a.Calendar = calendar.New(e, a.Traversal)
	a.Feeds = feed.New(e, a.Calendar)
	a.Changes = change.New(e, a.Records, a.Impact)
	a.Policies = policy.New(e, a.Traversal)
	a.Media = media.New(e, a.Policies, a.Rollouts)
	a.Stock = stock.New(e)
	a.Support = support.New(e)
	a.Variants = variant.New(e, a.Policies, a.Rollouts)
	a.Releases = release.New(e, a.Traversal, a.Configuration, a.Policies)
	a.Environments = environment.New(e, a.Records, a.Traversal, a.Releases)
	a.Acceptance = acceptance.New(e, a.Records, a.Releases, a.Environments)
	a.Acceptance.Measuring = c.Measuring
	a.Closing = closing.New(e, a.Releases)
	a.Forecast = forecast.New(e, a.Media, a.Releases)
	a.Rising = rising.New(e, a.Policies)
	a.Materials = material.New(e, a.Releases)
	a.Preparation = preparation.New(e, a.Records, a.Releases)
	a.Announcements = announcement.New(e, a.Impact, a.Releases, announce.NewWriter())
	a.Work = work.New(e, a.Records, a.Traversal, a.Changes)
	a.Export = export.New(e)
	a.Bulk = bulk.New(e, a.Records, a.Calendar, a.Rising)
	wire(e, a)
	return a
}

// estateOf returns the estate that the areas share.
func estateOf(c Config) *estate.Estate {
	e := estate.New(c.Store, c.Now, c.NewID)
	e.Graphs, e.Shelf = c.Graphs, c.Shelf
	if c.Policies != nil {
		e.Policies = c.Policies
	}
	if c.Exclusive != nil {
		e.Exclusive = c.Exclusive
	}
	return e
}

// WithLoads starts what one request loads. It is to be called once for each
// request, and for each event of a subscription.
func (a *App) WithLoads(ctx context.Context) context.Context { return a.estate.WithLoads(ctx) }

// Audience names those who may read the same as whoever asks (ADR 12).
func (a *App) Audience(ctx context.Context) string { return a.estate.Audience(ctx) }

// Head returns the revision of the last committed change.
func (a *App) Head(ctx context.Context) (int64, error) { return a.estate.Head(ctx) }

// Rules lists the rules of all areas.
func (a *App) Rules() []estate.Rule { return slices.Clone(a.estate.Rules) }

// Consequences lists the consequences of all areas, in their order.
func (a *App) Consequences() []estate.Consequence { return slices.Clone(a.estate.Consequences) }

// wire lets the areas have their say in what is written.
func wire(e *estate.Estate, a *App) {
	e.Filters, e.Baselines = a.Configuration.ParseFilter, a.History.Baselined
	a.Impact.Held, a.Releases.Acceptance = a.Releases.Held, a.Acceptance
	e.Admits, e.Committed = a.Tokens.Bind, a.Configuration.IndexDefined
	for _, has := range a.parts() {
		if area, ok := has.(interface{ Rules() []estate.Rule }); ok {
			e.Rules = append(e.Rules, area.Rules()...)
		}
		if area, ok := has.(interface{ Consequences() []estate.Consequence }); ok {
			e.Consequences = append(e.Consequences, area.Consequences()...)
		}
	}
}

// parts lists the areas that have a say in what is written, in the order in which the
// consequences of one may follow from those of another.
func (a *App) parts() []any {
	return []any{a.Configuration, a.Rollouts, a.Problems, a.Policies, a.Media, a.Stock, a.Releases, a.Closing, a.Environments, a.Acceptance, a.Rising, a.Preparation, a.Announcements, a.Changes, a.Calendar}
}
