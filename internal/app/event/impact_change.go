package event

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// maxDifferences is how many differences of an answer are told.
const maxDifferences = 1000

// ImpactChange is what a change set made of the answer to an impact question.
type ImpactChange struct {
	Revision int64
	At       time.Time
	Actor    string
	Reason   *string
	Total    int // hits from now on
	Omitted  int // differences that are not told, of very many

	app  *Area
	keys []string
	of   map[string]ImpactDifference
}

// ImpactDifference is an item that is hit otherwise than before.
type ImpactDifference struct {
	Item          *domain.ConfigurationItem // nil: one that is assumed
	Before, After *domain.Strength          // nil: not hit
}

// Differences lists the items that are hit otherwise, by key.
func (c *ImpactChange) Differences(ctx context.Context) ([]*ImpactDifference, error) {
	items := map[string]*domain.ConfigurationItem{}
	for _, at := range []int64{c.Revision - 1, c.Revision} {
		v := c.app.estate.At(ctx, store.Revision(at))
		found, err := v.Lookup(ctx, domain.KindConfigurationItem, "key", c.keys...)
		if err != nil {
			return nil, refusal.Compacted(err, "after")
		}
		for _, item := range estate.Decoded[*domain.ConfigurationItem](ctx, v, slices.Collect(maps.Values(found))) {
			items[item.Key] = item
		}
	}
	list := make([]*ImpactDifference, len(c.keys))
	for i, key := range c.keys {
		d := c.of[key]
		d.Item = items[key]
		list[i] = &d
	}
	return list, nil
}

// answers are the hits of questions that are followed, by key. What many ask is worked
// out once.
type answers struct {
	works singleflight.Group
	mu    sync.Mutex
	kept  map[string]map[string]domain.Strength
	order []string
	hits  int // in all that are kept
}

// keptAnswers is how many answers are kept, those before and behind the last change set
// of many questions; keptHits how many hits they have together, at some 50 bytes each.
const keptAnswers, keptHits = 256, 1_000_000

func (a *answers) get(key string, work func() (map[string]domain.Strength, error)) (map[string]domain.Strength, error) {
	a.mu.Lock()
	known, ok := a.kept[key]
	a.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err, _ := a.works.Do(key, func() (any, error) {
		hits, err := work()
		if err != nil {
			return nil, err
		}
		a.keep(key, hits)
		return hits, nil
	})
	if err != nil {
		return nil, err
	}
	return found.(map[string]domain.Strength), nil
}

// keep keeps an answer, and lets the oldest ones go.
func (a *answers) keep(key string, hits map[string]domain.Strength) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.kept[key]; known {
		return
	}
	if a.kept == nil {
		a.kept = map[string]map[string]domain.Strength{}
	}
	a.kept[key], a.order, a.hits = hits, append(a.order, key), a.hits+len(hits)
	for len(a.order) > 1 && (len(a.order) > keptAnswers || a.hits > keptHits) {
		a.hits -= len(a.kept[a.order[0]])
		delete(a.kept, a.order[0])
		a.order = a.order[1:]
	}
}

// ImpactChanged begins to tell when the answer to an impact question changes, after a
// revision; from now on when it is nil.
func (a *Area) ImpactChanged(ctx context.Context, in domain.ImpactInput, after *int64) (*Stream[*ImpactChange], error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	q := &standing{app: a, in: in, key: string(text) + a.estate.Audience(ctx), since: reader.At()}
	if _, err := q.answer(ctx, q.since); err != nil { // which says what is wrong with the question
		reader.Close()
		return nil, err
	}
	return newStream[*ImpactChange](a, reader, q), nil
}

// standing is an impact question that is asked anew as the estate changes.
type standing struct {
	app *Area
	in  domain.ImpactInput
	key string
	// since is the last change set by which the answer may have changed, before the one
	// before that.
	since, before store.Revision
}

func (*standing) state() string { return "" }

func (q *standing) pass(_ context.Context, c *store.Change) (bool, error) {
	if !slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return q.minds(&e) }) {
		return false, nil
	}
	q.before, q.since = q.since, c.Revision
	return true, nil
}

// minds reports whether an effect may change the answer: one of what the graph for
// traversals keeps, or, where the question begins with them, of requests and releases.
func (q *standing) minds(e *store.Effect) bool {
	s := q.in.Sources
	if len(s.ChangeRequests)+len(s.Releases) > 0 || q.in.During != nil {
		return true
	}
	if e.Node == "" {
		return slices.Contains(spreading, e.Edge.Rel)
	}
	if e.Kind != domain.KindConfigurationItem && e.Kind != domain.KindSite {
		return false
	}
	if e.Verb() != store.Updated {
		return true
	}
	return slices.ContainsFunc(entity.TopologyCodec{}.Scan().Keep, func(name string) bool {
		_, was := e.Before[name]
		_, is := e.After[name]
		return was || is
	})
}

// spreading are the relationships along which failures spread, and by which it is known
// where items are.
var spreading = []string{domain.RelDependsOn, domain.RelInstalledAt, domain.RelPartOf, domain.RelSiteNeeds, domain.RelSuppliedBy}

func (q *standing) of(ctx context.Context, c *store.Change) ([]*ImpactChange, error) {
	was, err := q.answer(ctx, q.before)
	if err != nil {
		return nil, err
	}
	is, err := q.answer(ctx, c.Revision)
	if err != nil {
		return nil, err
	}
	told := &ImpactChange{
		Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: history.NotEmpty(c.Reason), Total: len(is), app: q.app, of: differences(was, is),
	}
	if len(told.of) == 0 {
		return nil, nil
	}
	told.keys = slices.Sorted(maps.Keys(told.of))
	if len(told.keys) > maxDifferences {
		told.Omitted = len(told.keys) - maxDifferences
		told.keys = told.keys[:maxDifferences]
	}
	return []*ImpactChange{told}, nil
}

// differences are the items that are hit otherwise.
func differences(was, is map[string]domain.Strength) map[string]ImpactDifference {
	of := map[string]ImpactDifference{}
	for key, before := range was {
		after, still := is[key]
		switch {
		case !still:
			of[key] = ImpactDifference{Before: &before}
		case after != before:
			of[key] = ImpactDifference{Before: &before, After: &after}
		}
	}
	for key, after := range is {
		if _, known := was[key]; !known {
			of[key] = ImpactDifference{After: &after}
		}
	}
	return of
}

// answer returns the hits as of a revision.
func (q *standing) answer(ctx context.Context, at store.Revision) (map[string]domain.Strength, error) {
	return q.app.answers.get(fmt.Sprintf("%d %s", at, q.key), func() (map[string]domain.Strength, error) {
		revision := int64(at)
		r, err := q.app.impact.Impact(ctx, q.in, &domain.AsOf{Revision: &revision})
		if err != nil {
			return nil, refusal.Compacted(err, "after")
		}
		page, _, err := r.Found.Page(ctx, impact.Place{}, 0)
		hits := make(map[string]domain.Strength, len(page))
		for _, h := range page {
			hits[h.Key] = h.Strength
		}
		return hits, err
	})
}
