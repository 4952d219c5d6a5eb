package importer

import (
	"context"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// Target is where an import goes: a store through the use cases (Local), or a
// server through its API (Remote). Errors are those of the use cases; one that
// may pass (refusal.MayPass) is tried again.
type Target interface {
	// Unknown returns those of the keys that no record of the kind has.
	Unknown(ctx context.Context, kind string, keys []string) ([]string, error)
	// Holdings tells what the graph holds of a kind, a page at a time.
	Holdings(ctx context.Context, q bulk.HoldingsQuery) (*bulk.Holdings, error)
	// Pointing tells what points at some records of a kind, at most maxAsked.
	Pointing(ctx context.Context, kind string, keys []string) ([]bulk.Pointers, error)
	// Permits says what of an item the actor may not import.
	Permits(i *interchange.Item) domain.Errors
	// Write creates and changes what the items say, all of them or none, and
	// may be repeated.
	Write(ctx context.Context, items []*interchange.Item) (bulk.Imported, error)
	// Falls tells which numbers of releases do not rise, of the units that the import
	// has touched.
	Falls(ctx context.Context) ([]bulk.ImportFall, error)
	// Foresee tells which would not, were some items written. It writes nothing.
	Foresee(ctx context.Context, items []*interchange.Item) ([]bulk.ImportFall, error)
	// Together tells how many items, and how long ones, go into one Foresee.
	Together() (items, bytes int)
	// Batch tells how many records and how many relationships go well in one
	// Write.
	Batch() (nodes, edges int)
}

// Opener begins an import at a target. It fails when the actor may not import.
type Opener interface {
	Open(ctx context.Context, o bulk.ImportOptions) (Target, error)
}

// Local imports through the use cases.
func Local(a *app.App) Opener { return localOpener{a} }

type localOpener struct{ app *app.App }

// Open begins an import into the store.
func (l localOpener) Open(ctx context.Context, o bulk.ImportOptions) (Target, error) {
	im, err := l.app.Bulk.Importer(ctx, o)
	if err != nil {
		return nil, err
	}
	return local{im, l.app}, nil
}

// local writes change sets of a size at which their fixed cost no longer
// counts, and no lock is held for long.
type local struct {
	*bulk.Import
	app *app.App
}

// Definitions are what attributes may hold before the import.
func (l local) Definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	return l.app.Configuration.Definitions(ctx)
}

// Breaches tells, for each item, what the definitions find wrong with it as it
// will be.
func (l local) Breaches(ctx context.Context, by []*domain.AttributeDefinition, items []*interchange.Item) ([]domain.Errors, error) {
	return l.app.Configuration.Breaches(ctx, by, items)
}

// Classes finds the classes of stored items by key.
func (l local) Classes(ctx context.Context, keys []string) (map[string]domain.Class, error) {
	return l.app.Configuration.Classes(ctx, keys)
}

// Serving hands over the keys of the stored items that serve customers.
func (l local) Serving(ctx context.Context, yield func(key string)) error {
	return l.app.Configuration.Serving(ctx, yield)
}

// Batch is what the stores take best at once.
func (local) Batch() (nodes, edges int) { return 5_000, 10_000 }
