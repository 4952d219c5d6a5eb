// Package app wires the use cases: each reads, decides by the pure packages, and
// commits one change set with guards. It knows nothing of GraphQL.
package app

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/announce"
	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/actionplan"
	"releasegraph/internal/app/advice"
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/audit"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/closing"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/device"
	"releasegraph/internal/app/drift"
	"releasegraph/internal/app/effectiveness"
	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/event"
	"releasegraph/internal/app/export"
	"releasegraph/internal/app/exposure"
	"releasegraph/internal/app/feed"
	"releasegraph/internal/app/figures"
	"releasegraph/internal/app/forecast"
	"releasegraph/internal/app/gating"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/material"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/occasion"
	"releasegraph/internal/app/outage"
	"releasegraph/internal/app/overview"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/pipeline"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/preparation"
	"releasegraph/internal/app/problem"
	"releasegraph/internal/app/progress"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/rising"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/app/running"
	"releasegraph/internal/app/stock"
	"releasegraph/internal/app/stream"
	"releasegraph/internal/app/support"
	"releasegraph/internal/app/token"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/app/variant"
	"releasegraph/internal/app/webhook"
	"releasegraph/internal/app/work"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/sheet"
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
	Webhooks      *webhook.Area
	Streams       *stream.Area
	Tokens        *token.Area
	Impact        *impact.Area
	Configuration *configuration.Area
	Rollouts      *rollout.Area
	Problems      *problem.Area
	Policies      *policy.Area
	Media         *media.Area
	Drifts        *drift.Area
	Stock         *stock.Area
	Support       *support.Area
	Advice        *advice.Area
	Audits        *audit.Area
	Variants      *variant.Area
	Releases      *release.Area
	Closing       *closing.Area
	Effectiveness *effectiveness.Area
	Environments  *environment.Area
	Acceptance    *acceptance.Area
	Forecast      *forecast.Area
	Rising        *rising.Area
	Materials     *material.Area
	Preparation   *preparation.Area
	Announcements *announcement.Area
	Changes       *change.Area
	Calendar      *calendar.Area
	Planning      *planning.Area
	Overview      *overview.Area
	ActionPlans   *actionplan.Area
	Occasions     *occasion.Area
	Readiness     *readiness.Area
	Progress      *progress.Area
	Running       *running.Area
	Gates         *gating.Area
	Exposures     *exposure.Area
	Outages       *outage.Area
	Pipelines     *pipeline.Area
	Devices       *device.Area
	Figures       *figures.Area
	Feeds         *feed.Area
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

// New returns the use cases over a store. An area stands behind those that it uses,
// and behind those from whose consequences its own may follow.
func New(c Config) *App {
	e := estateOf(c)
	a := &App{estate: e}
	a.Parties = with(e, party.New(e))
	a.Records = with(e, records.New(e))
	a.Traversal = with(e, traversal.New(e))
	a.History = with(e, history.New(e))
	a.Tokens = with(e, token.New(e))
	a.Impact = with(e, impact.New(e, a.Traversal))
	a.Events = with(e, event.New(e, a.Impact))
	a.Webhooks = with(e, webhook.New(e, a.Events))
	a.Streams = with(e, stream.New(e, a.Events))
	a.Configuration = with(e, configuration.New(e, a.Records, a.Traversal))
	a.Rollouts = with(e, rollout.New(e))
	a.Problems = with(e, problem.New(e, a.Records, a.Rollouts))
	a.Policies = with(e, policy.New(e, a.Traversal))
	a.Media = with(e, media.New(e, a.Policies, a.Rollouts))
	a.Drifts = with(e, drift.New(e, a.Policies, a.Rollouts))
	a.Stock = with(e, stock.New(e))
	a.Support = with(e, support.New(e))
	a.Releases = with(e, release.New(e, a.Traversal, a.Configuration, a.Policies))
	a.Variants = with(e, variant.New(e, a.Policies, a.Rollouts, a.Releases))
	a.Closing = with(e, closing.New(e, a.Releases))
	a.Effectiveness = with(e, effectiveness.New(e, a.Records))
	a.Environments = with(e, environment.New(e, a.Records, a.Traversal, a.Releases))
	a.Advice = with(e, advice.New(e, a.Records))
	a.Audits = with(e, audit.New(e, a.Records))
	a.Acceptance = with(e, acceptance.New(e, a.Records, a.Releases, a.Environments, a.Advice, a.Audits))
	a.Acceptance.Measuring = c.Measuring
	a.Forecast = with(e, forecast.New(e, a.Media, a.Releases))
	a.Rising = with(e, rising.New(e, a.Policies))
	a.Materials = with(e, material.New(e, a.Releases))
	a.Preparation = with(e, preparation.New(e, a.Records, a.Releases))
	a.Announcements = with(e, announcement.New(e, a.Impact, a.Releases, announce.NewWriter()))
	a.Changes = with(e, change.New(e, a.Records, a.Impact))
	a.Calendar = with(e, calendar.New(e, a.Traversal))
	a.Planning = with(e, planning.New(e, a.Records, a.Traversal, a.Policies))
	a.Overview = with(e, overview.New(e, a.Planning))
	a.ActionPlans = with(e, actionplan.New(e, a.Releases, sheet.NewWriter()))
	a.Readiness = with(e, readiness.New(e, a.Releases, a.Preparation, a.Announcements))
	a.Progress = with(e, progress.New(e))
	a.Occasions = with(e, occasion.New(e, a.Traversal))
	a.Running = with(e, running.New(e, a.Releases, a.Readiness, a.Traversal, a.Audits, a.Occasions))
	a.Gates = with(e, gating.New(e, a.Running))
	if c.Measuring != nil {
		a.Gates.Measuring = c.Measuring
	}
	a.Exposures = with(e, exposure.New(e, a.Records))
	a.Outages = with(e, outage.New(e, a.Records))
	a.Devices = with(e, device.New(e, a.Running))
	a.Pipelines = with(e, pipeline.New(e, a.Running))
	a.Figures = with(e, figures.New(e, a.Preparation, a.Media))
	a.Feeds = with(e, feed.New(e, a.Calendar))
	a.Work = with(e, work.New(e, a.Records, a.Traversal, a.Changes))
	a.Export = with(e, export.New(e))
	a.Bulk = with(e, bulk.New(e, a.Records, a.Calendar, a.Rising))
	wire(e, a)
	return a
}

// estateOf returns the estate that the areas share.
func estateOf(c Config) *estate.Estate {
	e := estate.New(c.Store, c.Now, c.NewID)
	if e.Shelf = c.Shelf; c.Graphs != nil {
		e.Graphs = noting{c.Graphs}
	}
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

// Await waits until what another server over the same store committed has come here, up to
// a revision: reads after it see that. It returns the head, also where that is below the
// revision when the context ends.
func (a *App) Await(ctx context.Context, revision int64) (int64, error) {
	head, err := a.estate.Head(ctx)
	for err == nil && head < revision {
		var risen store.Revision
		if risen, err = a.estate.Store.Await(ctx, store.Revision(head)); err == nil {
			head = int64(risen)
		}
	}
	return head, err
}

// Rules lists the rules of all areas.
func (a *App) Rules() []estate.Rule { return slices.Clone(a.estate.Rules) }

// Consequences lists the consequences of all areas, in their order.
func (a *App) Consequences() []estate.Consequence { return slices.Clone(a.estate.Consequences) }

// wire hands the areas to each other where one is asked by another below it.
func wire(e *estate.Estate, a *App) {
	e.Filters, e.Baselines = a.Configuration.ParseFilter, a.History.Baselined
	a.Impact.Held, a.Releases.Acceptance = a.Releases.Held, a.Acceptance
	a.Acceptance.Ask(a.Readiness)
	a.Running.Measures = a.Gates.Measure
	e.Admits, e.Committed = a.Tokens.Bind, a.Configuration.IndexDefined
}

// with lets an area have its say in what is written, where it has one.
func with[A any](e *estate.Estate, area A) A {
	if has, ok := any(area).(interface{ Rules() []estate.Rule }); ok {
		e.Rules = append(e.Rules, has.Rules()...)
	}
	if has, ok := any(area).(interface{ Consequences() []estate.Consequence }); ok {
		e.Consequences = append(e.Consequences, has.Consequences()...)
	}
	return area
}
