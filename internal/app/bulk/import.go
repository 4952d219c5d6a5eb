package bulk

import (
	"context"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// ImportOptions say how to import.
type ImportOptions struct {
	Reason string
	DryRun bool
	// Source names where the records come from; empty: "import". What people
	// set is kept, unless Overwrite is set (C6).
	Source    string
	Overwrite bool
	// Show is how many changes, and how many kept fields, each Write tells; 0:
	// the first 20.
	Show int
	// Assume names records that a dry run takes for existing, because another
	// call would create them first.
	Assume []interchange.End
	// Whole are the keys of requests for change that earlier calls of the same
	// import brought whole: Imported.Whole.
	Whole []string
}

// Import writes records in bulk. It keeps in mind which records it met, so
// that relationships find their ends without asking the store for each. It is
// for one goroutine.
type Import struct {
	app     *Area
	options ImportOptions
	actor   domain.Actor
	asked   map[string]error // what may be done with all records of a kind
	source  string           // by what means, of the change sets
	key     string           // that makes them idempotent, empty: none
	settled map[string]bool  // keys of the requests for change that the import brings whole
	// young and old keep records in mind in two generations, so that memory stays
	// bounded: when young is full it becomes old, and old is forgotten.
	young, old map[interchange.End]met
	memory     map[string]any // of the rules
	revisions  renumbered     // of a history
	// fresh holds what a dry run would have created.
	fresh map[interchange.End]bool
}

// met is a record that the import met.
type met struct {
	id store.ID
	// made says that the import made it, and that no link from it was removed by
	// anyone: what is between it and others is what the import has put there.
	made bool
}

// generation is how many ids are kept in mind, at least.
const generation = 1_000_000

// Importer begins an import. FORBIDDEN when the actor may not import.
func (a *Area) Importer(ctx context.Context, o ImportOptions) (*Import, error) {
	actor := acting.Actor(ctx)
	if actor.Name == "" {
		actor.Name = acting.Local.Name
	}
	if err := a.estate.May(ctx, authz.Import, authz.KindRecords); err != nil {
		return nil, err
	}
	if err := a.estate.Admits(ctx, o.DryRun); err != nil {
		return nil, err
	}
	if o.Source == "" {
		o.Source = domain.SourceImport
	}
	if err := domain.CheckSource(o.Source); err != nil {
		return nil, refusal.Wrong("source", "%s", err)
	}
	if o.Show == 0 {
		o.Show = maxImportChanges
	}
	im := &Import{
		app: a, options: o, actor: actor, source: source.Signed(ctx, source.Import),
		young: map[interchange.End]met{}, fresh: map[interchange.End]bool{}, settled: map[string]bool{}, memory: map[string]any{},
	}
	for _, key := range o.Whole {
		im.settled[key] = true
	}
	if o.DryRun {
		for _, end := range o.Assume {
			im.fresh[end] = true
		}
	}
	return im, nil
}

// Unknown returns those of the keys that no record of the kind has.
func (im *Import) Unknown(ctx context.Context, kind string, keys []string) ([]string, error) {
	return im.app.UnknownKeys(ctx, kind, keys)
}

// maxUnknown is how many keys may be asked for at once.
const maxUnknown = 5_000

// UnknownKeys returns those of the keys that no record of the kind has, in the
// order asked.
func (a *Area) UnknownKeys(ctx context.Context, kind string, keys []string) ([]string, error) {
	if err := a.estate.May(ctx, authz.Read, kind); err != nil {
		return nil, err
	}
	if entity.KindNamed(kind) == nil {
		return nil, refusal.Wrong("kind", "there is no kind of record %q, there are %s", kind, entity.KindNames())
	}
	if len(keys) > maxUnknown {
		return nil, &domain.Error{Code: domain.Limit, Field: "keys", Message: fmt.Sprintf("at most %d keys can be asked for at once, not %d", maxUnknown, len(keys))}
	}
	found, err := a.estate.Today(ctx).Lookup(ctx, kind, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	unknown := []string{}
	for _, key := range keys {
		if _, ok := found[key]; !ok {
			unknown = append(unknown, key)
		}
	}
	return unknown, nil
}

// Falls tells which numbers do not rise, of the releases of all units that the
// import has touched so far (R3). A dry run wrote none: Foresee tells of those.
func (im *Import) Falls(ctx context.Context) ([]ImportFall, error) {
	if im.options.DryRun {
		return nil, nil
	}
	return fallsOf(im.app.rising.Falls(ctx, im.memory))
}

// remember keeps a record in mind.
func (im *Import) remember(end interchange.End, r met) {
	if len(im.young) >= generation {
		im.young, im.old = map[interchange.End]met{}, im.young
	}
	im.young[end] = r
}

// recall finds a record, if it is in mind.
func (im *Import) recall(end interchange.End) (met, bool) {
	if r, ok := im.young[end]; ok {
		return r, true
	}
	r, ok := im.old[end]
	return r, ok
}

// unlearn forgets one record, which has gone.
func (im *Import) unlearn(end interchange.End) {
	delete(im.young, end)
	delete(im.old, end)
}

// forget drops all ids, when it turned out that others change the graph.
func (im *Import) forget() {
	im.young, im.old = map[interchange.End]met{}, nil
}
