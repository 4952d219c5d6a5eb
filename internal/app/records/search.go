package records

import (
	"context"
	"errors"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// SearchQuery is the arguments of a search.
type SearchQuery struct {
	Text  string
	Kinds []string // as entity.Kind.EnumName says; nil: all that the actor may read
	First *int
	After *string
}

// SearchPage is a page of what a search found.
type SearchPage struct {
	Hits                 []*SearchHit
	HasNext, HasPrevious bool
	// Total counts what the pages hold together, when it is called.
	Total func(context.Context) (int, error)
}

// SearchHit is a record that was found.
type SearchHit struct {
	Record any // *domain.Site, …
	Cursor string
	Rank   SearchRank

	kind  *entity.Kind
	props store.Props
	words []string
}

// SearchRank tells where the words were found.
type SearchRank string

// The ranks, the best first.
const (
	RankKey       SearchRank = "KEY"
	RankKeyBegins SearchRank = "KEY_BEGINS"
	RankName      SearchRank = "NAME"
	RankAnywhere  SearchRank = "ANYWHERE"
)

var ranks = map[store.SearchRank]SearchRank{
	store.KeyEqual: RankKey, store.KeyBegin: RankKeyBegins, store.InNames: RankName, store.Anywhere: RankAnywhere,
}

// Search finds records of any kind by words, best first. Those found are a
// cohort for each kind.
func (a *Area) Search(ctx context.Context, q SearchQuery) (*SearchPage, error) {
	words, textErr := store.SearchWords(q.Text)
	kinds, kindsErr := a.searchedKinds(ctx, q.Kinds)
	s, pageErr := listing.ParsePage(listing.List{First: q.First, After: q.After})
	if err := refusal.Both(searchError(textErr), kindsErr, pageErr); err != nil {
		return nil, err
	}
	asked := store.Search{Text: q.Text, Kinds: kinds, First: s.First, After: s.After}
	found, err := a.estate.Today(ctx).Search(ctx, asked)
	if err != nil {
		return nil, searchError(err)
	}
	page := &SearchPage{HasNext: found.HasNext, HasPrevious: found.HasPrevious, Hits: hitsOf(ctx, a.estate.Today(ctx), words, found.Hits)}
	if s.None {
		page.HasNext, page.Hits = len(page.Hits) > 0, nil
	}
	page.Total = func(ctx context.Context) (int, error) {
		n, err := a.estate.Today(ctx).CountSearch(ctx, asked)
		return int(n), refusal.OfStore(err)
	}
	return page, nil
}

func hitsOf(ctx context.Context, v estate.View, words []string, found []store.SearchHit) []*SearchHit {
	nodes, list := make([]store.Node, len(found)), make([]*SearchHit, len(found))
	for i, h := range found {
		nodes[i] = h.Node
	}
	for i, r := range estate.Decoded[entity.Record](ctx, v, nodes) {
		h := &found[i]
		list[i] = &SearchHit{
			Record: r, Cursor: string(h.Cursor), Rank: ranks[h.Rank], kind: entity.KindOf(r), props: h.Node.Props, words: words,
		}
	}
	return list
}

// searchedKinds returns the kinds to search: those named, all of which the
// actor must be allowed to read, or else all that the actor may read.
func (a *Area) searchedKinds(ctx context.Context, asked []string) ([]string, error) {
	var names []string
	var refused error
	for _, k := range entity.Kinds() {
		switch err := a.estate.May(ctx, authz.Read, k.Name); {
		case err == nil:
			names = append(names, k.Name)
		case refused == nil:
			refused = err
		}
	}
	if asked == nil {
		if names == nil {
			return nil, refused
		}
		return names, nil
	}
	names = []string{}
	for i, name := range asked {
		k := entity.KindNamed(name)
		if k == nil {
			return nil, refusal.Wrong(refusal.Element("kinds", i), "there is no kind of record named %q", name)
		}
		if err := a.estate.May(ctx, authz.Read, k.Name); err != nil {
			return nil, err
		}
		names = append(names, k.Name)
	}
	return names, nil
}

// searchError tells the caller of a search what the store found wrong with it.
func searchError(err error) error {
	var bad *store.SearchError
	if errors.As(err, &bad) {
		return refusal.Wrong(bad.Field, "%s", bad.Problem)
	}
	return refusal.OfStore(err)
}
