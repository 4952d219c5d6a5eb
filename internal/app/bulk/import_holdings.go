package bulk

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// HoldingsQuery asks what the graph holds of a kind: a page by key, with the
// relationships of some names that start at these records.
type HoldingsQuery struct {
	Kind          string
	Relationships []string
	Attributes    []string // names of those to tell
	After         string   // Holdings.After of the page before
	First         int      // 0: as many as one page has
}

// Holdings is a page of what the graph holds. After is empty at the end.
type Holdings struct {
	Records []Held
	After   string
}

// Held is a record as an import sees it that looks for what its source no
// longer has.
type Held struct {
	Key        string
	Source     string   // that brought it
	ListedBy   []string // the sources that list it
	Withdrawn  bool
	Attributes map[string]string
	Links      []HeldLink
}

// Alone reports whether a source is the only one to list the record.
func (h *Held) Alone(source string) bool { return len(h.ListedBy) == 1 && h.ListedBy[0] == source }

// Alone reports whether a source is the only one to list the relationship.
func (l *HeldLink) Alone(source string) bool { return len(l.ListedBy) == 1 && l.ListedBy[0] == source }

// HeldLink is a relationship: the item that would remove it.
type HeldLink struct {
	Source   string   // that set it
	ListedBy []string // the sources that list it
	Item     *interchange.Item
}

// maxHeld is how many records a page of holdings has.
const maxHeld = 500

// Holdings tells what the graph holds of a kind.
func (a *Area) Holdings(ctx context.Context, q HoldingsQuery) (*Holdings, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, q.Kind)
	if err != nil {
		return nil, err
	}
	if q.First < 0 || q.First > maxHeld {
		return nil, refusal.Wrong("input.first", "must be from 1 to %d, not %d", maxHeld, q.First)
	}
	if q.First == 0 {
		q.First = maxHeld
	}
	page, err := a.estate.Today(ctx).Find(ctx, store.Query{
		Kind: k.Name, Order: []store.Order{{Property: "key"}}, After: store.Cursor(q.After), First: q.First,
	})
	if err != nil {
		return nil, refusal.About((&listing.Selection{After: store.Cursor(q.After)}).Explain(err), "input.after")
	}
	out := &Holdings{Records: make([]Held, len(page.Nodes))}
	for i, n := range page.Nodes {
		out.Records[i] = newHeld(n, q.Attributes)
	}
	if page.HasNext {
		out.After = string(page.Cursors[len(page.Cursors)-1])
	}
	return out, a.heldLinks(ctx, out, page.Nodes, q.Relationships)
}

func newHeld(n store.Node, attributes []string) Held {
	owner := domain.OwnerOf(entity.DecodeSources(n.Props), domain.WholeRecord, true)
	h := Held{
		Key: n.Props.Text("key"), Source: owner, ListedBy: entity.DecodeListings(n.Props).Of(domain.WholeRecord, owner),
		Withdrawn: OutOfUse(n.Kind, n.Props.Text("status")), Attributes: map[string]string{},
	}
	for _, name := range attributes {
		if value := n.Props.Text(entity.AttributePrefix + name); value != "" {
			h.Attributes[name] = value
		}
	}
	return h
}

// OutOfUse reports whether a status says that records of the kind are not in
// use any more.
func OutOfUse(kind, status string) bool {
	return slices.Contains(entity.KindNamed(kind).OutOfUse, status)
}

// CanBeWithdrawn reports whether records of the kind are taken out of use by a
// status (C3); others are removed.
func CanBeWithdrawn(kind string) bool { return entity.KindNamed(kind).OutOfUse != nil }

func (a *Area) heldLinks(ctx context.Context, h *Holdings, nodes []store.Node, rels []string) error {
	if len(nodes) == 0 {
		return nil
	}
	ids := make([]store.ID, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	for _, r := range entity.Relationships() {
		if r.From != nodes[0].Kind || !slices.Contains(rels, r.Name) {
			continue
		}
		pages, err := a.estate.Today(ctx).Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: r.Name, Direction: store.Out, Kind: r.To})
		if err != nil {
			return refusal.OfStore(err)
		}
		for i, page := range pages {
			for n, edge := range page.Edges {
				if page.Nodes[n].Kind != r.To {
					continue // of another relationship of the name
				}
				end := interchange.End{Kind: r.To, Key: page.Nodes[n].Props.Text("key")}
				h.Records[i].Links = append(h.Records[i].Links, newHeldLink(r, interchange.End{Kind: r.From, Key: h.Records[i].Key}, end, edge.Props))
			}
		}
	}
	return nil
}

func newHeldLink(r *entity.Relationship, from, to interchange.End, props store.Props) HeldLink {
	i := &interchange.Item{Rel: r, From: from, To: to, Remove: true, Values: map[string]any{}, Props: store.Props{}}
	for _, f := range r.Properties {
		if v, ok := props[f.Name]; ok && f.Identity {
			i.Values[f.Name], i.Props[f.Name] = v, v
		}
	}
	source := entity.SourceOf(props)
	return HeldLink{Source: source, ListedBy: entity.DecodeListings(props).Of(domain.WholeRecord, source), Item: i}
}

// Pointers are what points at a record: at most maxPointers of each
// relationship, and how many there are.
type Pointers struct {
	Key   string
	Count int
	Links []HeldLink
}

const maxPointers = 100

// Pointing tells what points at some records of a kind. Those that do not
// exist are left out.
func (a *Area) Pointing(ctx context.Context, kind string, keys []string) ([]Pointers, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	if len(keys) > maxHeld {
		return nil, &domain.Error{Code: domain.Limit, Field: "keys", Message: fmt.Sprintf("at most %d keys can be asked for at once, not %d", maxHeld, len(keys))}
	}
	found, err := a.estate.Today(ctx).Lookup(ctx, k.Name, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var list []Pointers
	var ids []store.ID
	for _, key := range keys {
		if n, ok := found[key]; ok {
			list, ids = append(list, Pointers{Key: key}), append(ids, n.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	for _, r := range entity.Relationships() {
		if r.To == k.Name {
			if err := a.addPointers(ctx, r, ids, list); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func (a *Area) addPointers(ctx context.Context, r *entity.Relationship, ids []store.ID, list []Pointers) error {
	q := store.EdgeQuery{Nodes: ids, Rel: r.Name, Direction: store.In, Kind: r.From, First: maxPointers}
	pages, err := a.estate.Today(ctx).Edges(ctx, q)
	if err != nil {
		return refusal.OfStore(err)
	}
	counts, err := a.estate.Today(ctx).CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: r.Name, Direction: store.In, Kind: r.From})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, page := range pages {
		list[i].Count += int(counts[i])
		for n, edge := range page.Edges {
			from := interchange.End{Kind: r.From, Key: page.Nodes[n].Props.Text("key")}
			list[i].Links = append(list[i].Links, newHeldLink(r, from, interchange.End{Kind: r.To, Key: list[i].Key}, edge.Props))
		}
	}
	return nil
}

// Holdings tells what the graph holds of a kind.
func (im *Import) Holdings(ctx context.Context, q HoldingsQuery) (*Holdings, error) {
	return im.app.Holdings(ctx, q)
}

// Pointing tells what points at some records of a kind.
func (im *Import) Pointing(ctx context.Context, kind string, keys []string) ([]Pointers, error) {
	return im.app.Pointing(ctx, kind, keys)
}
