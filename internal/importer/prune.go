package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// DefaultPruneLimit is how many percent of a kind, or of a relationship, a
// prune takes away unless told otherwise.
const DefaultPruneLimit = 20

// Pruned tells what went because the files no longer have it.
type Pruned struct {
	Withdrawn     int `json:"withdrawn"`     // items
	Removed       int `json:"removed"`       // other records
	Relationships int `json:"relationships"` // removed
	// Unlisted counts records and relationships that stay, since other sources
	// list them.
	Unlisted int `json:"unlisted"`
	// StillUsed are withdrawn items at which something still points (C3); Kept
	// are records that are not removed since something does. Each lists the
	// first ones, unless all are asked for; the counts are of all.
	StillUsed      []InUse `json:"stillUsed,omitempty"`
	StillUsedCount int     `json:"stillUsedCount"`
	Kept           []InUse `json:"kept,omitempty"`
	KeptCount      int     `json:"keptCount"`
}

// InUse is a record at which something still points.
type InUse struct {
	Kind  string   `json:"kind"`
	Key   string   `json:"key"`
	Count int      `json:"count"`
	By    []string `json:"by"` // the first few: "DEPENDS_ON from ConfigurationItem:shop"
}

// pruning takes away what the files no longer have: of the kinds and
// relationships that occur in them, what no other source lists (C6). It walks the
// graph by pages and keeps no more in mind than the run does: short names of
// what has gone.
type pruning struct {
	run   *run
	kinds []string
	rels  map[relationship]bool
	gone  map[interchange.Fingerprint]bool // removed records
	left  map[interchange.Fingerprint]bool // records that stay, since others list them
	sum   *Pruned
}

// relationship is a name with the kinds of its ends.
type relationship struct{ name, from, to string }

func relationshipOf(i *interchange.Item) relationship {
	return relationship{i.Name(), i.From.Kind, i.To.Kind}
}

// newPruning finds the scope: what occurs in the files, or of that what lies
// within the kinds that were named.
func newPruning(r *run) (*pruning, error) {
	p := &pruning{run: r, rels: map[relationship]bool{}, gone: map[interchange.Fingerprint]bool{}, left: map[interchange.Fingerprint]bool{}, sum: &Pruned{}}
	named := r.options.PruneKinds
	for _, kind := range named {
		if _, err := interchange.Fields(kind, ""); err != nil {
			return nil, fmt.Errorf("--prune-kinds: %w", err)
		}
	}
	if p.kinds = named; named == nil {
		for kind := range r.scope.kinds {
			p.kinds = append(p.kinds, kind)
		}
	}
	slices.Sort(p.kinds)
	for rel := range r.scope.rels {
		if named == nil || slices.Contains(named, rel.from) && slices.Contains(named, rel.to) {
			p.rels[rel] = true
		}
	}
	return p, nil
}

// starts lists the kinds to walk over.
func (p *pruning) starts() []string {
	list := slices.Clone(p.kinds)
	for rel := range p.rels {
		list = append(list, rel.from)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// goes tells whether a relationship has gone from the files, and no other source
// lists it.
func (p *pruning) goes(l bulk.HeldLink) bool { return l.Alone(p.run.source()) && p.dropped(l) }

// dropped tells whether a relationship has gone from the files of the source.
func (p *pruning) dropped(l bulk.HeldLink) bool {
	if !slices.Contains(l.ListedBy, p.run.source()) || !p.rels[relationshipOf(l.Item)] {
		return false
	}
	named := *l.Item // as the files name it
	named.Rewire(p.run.matched.renamed(l.Item.From), p.run.matched.renamed(l.Item.To))
	_, given := p.run.links[named.Fingerprint().Short()]
	return !given
}

// lost tells whether a record has gone from the files of the source, while it is
// in use.
func (p *pruning) lost(kind string, h bulk.Held) bool {
	end := interchange.End{Kind: kind, Key: h.Key}
	_, given := p.run.seen[end.Fingerprint()]
	return p.ours(kind, h) && !given && !p.run.matched.renames(end)
}

// ours tells whether a record can be pruned at all: it is of the scope, the
// source lists it, and it is in use.
func (p *pruning) ours(kind string, h bulk.Held) bool {
	return slices.Contains(p.kinds, kind) && slices.Contains(h.ListedBy, p.run.source()) && !h.Withdrawn
}

// walk goes through all records of a kind, by pages.
func (p *pruning) walk(ctx context.Context, kind string, use func([]bulk.Held) error) error {
	q := bulk.HoldingsQuery{Kind: kind, Relationships: []string{}, Attributes: []string{}}
	for rel := range p.rels {
		if rel.from == kind {
			q.Relationships = append(q.Relationships, rel.name)
		}
	}
	for {
		page, err := retry(ctx, p.run, func() (*bulk.Holdings, error) { return p.run.target.Holdings(ctx, q) })
		if err != nil {
			return err
		}
		if err := use(page.Records); err != nil {
			return err
		}
		if q.After = page.After; q.After == "" {
			return nil
		}
	}
}

// share is how many of some would go.
type share struct {
	name       string
	going, all int
}

// check counts what would go before anything is written, and refuses when it
// is too much: a mistake must not empty an estate.
func (p *pruning) check(ctx context.Context) error {
	shares := map[string]*share{}
	count := func(name string, goes bool) {
		if shares[name] == nil {
			shares[name] = &share{name: name}
		}
		shares[name].all++
		if goes {
			shares[name].going++
		}
	}
	for _, kind := range p.starts() {
		err := p.walk(ctx, kind, func(list []bulk.Held) error {
			for _, h := range list {
				if p.ours(kind, h) {
					count(kind, p.lost(kind, h) && h.Alone(p.run.source()))
				}
				for _, l := range h.Links {
					if slices.Contains(l.ListedBy, p.run.source()) {
						count(l.Item.Name(), p.goes(l))
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return p.refuse(shares)
}

func (p *pruning) refuse(shares map[string]*share) error {
	limit := p.run.options.PruneLimit
	var much []string
	need := 0
	for _, s := range shares {
		if s.going*100 > s.all*limit {
			percent := (s.going*100 + s.all - 1) / s.all
			much = append(much, fmt.Sprintf("%d of %d %s (%d %%)", s.going, s.all, s.name, percent))
			need = max(need, percent)
		}
	}
	if len(much) == 0 {
		return nil
	}
	slices.Sort(much)
	return &domain.Error{Code: domain.Limit, Field: "prune", Message: fmt.Sprintf(
		"would take away %s, and the limit is %d %%: nothing was written. Look at it with --dry-run --prune-limit %d; when it is right, go on with --prune-limit %d",
		strings.Join(much, ", "), limit, need, need)}
}
