package entries

import (
	"context"
	"slices"
	"sync"

	"releasegraph/internal/store"
)

// Effects are those of some change sets of a log. The same part of all is read
// together, once, when it is asked for of one. All methods may be called
// concurrently.
type Effects struct {
	log       Log
	revisions []store.Revision
	told      func([]store.Effect)

	mu    sync.Mutex
	parts map[[2]int]*part
}

type part struct {
	once sync.Once
	of   map[store.Revision]store.EffectPage
	err  error
}

// EffectsOf prepares to read the effects of change sets. Told hears of each
// part that was read, before it is handed out.
func (l Log) EffectsOf(revisions []store.Revision, told func([]store.Effect)) *Effects {
	return &Effects{log: l, revisions: revisions, told: told, parts: map[[2]int]*part{}}
}

// Of returns a part of what is seen of the effects of one of the change sets.
func (e *Effects) Of(ctx context.Context, r store.Revision, from, first int) (store.EffectPage, error) {
	p := e.part(from, first)
	p.once.Do(func() { p.of, p.err = e.read(ctx, from, first) })
	return p.of[r], p.err
}

func (e *Effects) part(from, first int) *part {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := [2]int{from, first}
	if e.parts[key] == nil {
		e.parts[key] = &part{}
	}
	return e.parts[key]
}

func (e *Effects) read(ctx context.Context, from, first int) (map[store.Revision]store.EffectPage, error) {
	pages, err := e.pages(ctx, from, first)
	if err != nil {
		return nil, err
	}
	of := make(map[store.Revision]store.EffectPage, len(pages))
	for i, p := range pages {
		e.told(p.Effects)
		of[e.revisions[i]] = p
	}
	return of, nil
}

func (e *Effects) pages(ctx context.Context, from, first int) ([]store.EffectPage, error) {
	if e.log.Seen == nil {
		return e.log.Effects(ctx, e.queries(from, first)...)
	}
	pages := make([]store.EffectPage, len(e.revisions))
	for i, r := range e.revisions {
		seen, err := e.seen(ctx, r)
		if err != nil {
			return nil, err
		}
		some := slices.Clone(seen[min(from, len(seen)):min(from+first, len(seen))]) // the rest is not kept
		pages[i] = store.EffectPage{Effects: some, Total: len(seen)}
	}
	return pages, nil
}

func (e *Effects) queries(from, first int) []store.EffectQuery {
	places := make([]int, first)
	for i := range places {
		places[i] = from + i
	}
	queries := make([]store.EffectQuery, len(e.revisions))
	for i, r := range e.revisions {
		queries[i] = store.EffectQuery{Revision: r, Places: places}
	}
	return queries
}

// seen is all that is seen of the effects of a change set.
func (e *Effects) seen(ctx context.Context, r store.Revision) ([]store.Effect, error) {
	changes, err := e.log.Changes(ctx, r-1, 1)
	if err == nil {
		changes, err = e.log.Seen(ctx, changes)
	}
	if err != nil || len(changes) == 0 || changes[0].Revision != r {
		return nil, err
	}
	return changes[0].Effects, nil
}
