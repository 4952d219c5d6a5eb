package problem

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/match"
	"releasegraph/internal/store"
)

// Limits of the search for candidates (docs/problem.md).
const (
	// shortWord is the length below which a word tells nothing, unless it has a
	// digit.
	shortWord = 3
	// maxWords is how many words of the symptoms are compared: the longest.
	maxWords = 32
	// widespread is how many known errors may share a word for it to tell them
	// from the others. Words of more lead to none by themselves: two that
	// follow one another do.
	widespread = 100
)

// candidates are the known errors that may fit what a problem shows.
type candidates struct {
	view  estate.View
	shown *shown
	words []string

	places  []match.Item // the items, and what these depend on
	present map[store.ID][]match.Presence
	found   map[store.ID]store.Node
}

// tellingWords lists the words of a text by which known errors are compared,
// in their order, each once.
func tellingWords(symptoms string) []string {
	var list []string
	seen := map[string]bool{}
	for _, w := range store.Words(symptoms) {
		short := utf8.RuneCountInString(w.Text) < shortWord && !strings.ContainsFunc(w.Text, unicode.IsDigit)
		if !short && !seen[w.Text] {
			seen[w.Text] = true
			list = append(list, w.Text)
		}
	}
	if len(list) <= maxWords {
		return list
	}
	longest := slices.Clone(list)
	slices.SortStableFunc(longest, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	kept := map[string]bool{}
	for _, w := range longest[:maxWords] {
		kept[w] = true
	}
	return slices.DeleteFunc(list, func(w string) bool { return !kept[w] })
}

func (c *candidates) find(ctx context.Context) error {
	c.present, c.found = map[store.ID][]match.Presence{}, map[store.ID]store.Node{}
	if len(c.shown.items) > 0 {
		if err := c.byItem(ctx); err != nil {
			return refusal.OfStore(err)
		}
	}
	if err := c.byWord(ctx); err != nil {
		return refusal.OfStore(err)
	}
	return nil
}

// compared says whether a known error is compared at all: retired ones are of
// no use any more.
var compared = store.Compare{Property: "status", Op: store.OneOf, Value: []any{
	string(domain.KnownErrorDraft), string(domain.KnownErrorPublished),
}}

// byItem finds what is present in the items or in what they depend on.
func (c *candidates) byItem(ctx context.Context) error {
	reached, err := c.view.Walk(ctx, store.Walk{
		Roots: c.shown.items, Rels: []string{domain.RelDependsOn}, Direction: store.Out, Depth: match.MaxSteps,
	})
	if err != nil {
		return err
	}
	steps := map[store.ID]int{}
	for chunk := range slices.Chunk(needed(reached), listing.MaxPage) {
		ids := make([]store.ID, len(chunk))
		for i, h := range chunk {
			ids[i] = h.ID
		}
		pages, err := c.view.Edges(ctx, store.EdgeQuery{
			Nodes: ids, Rel: domain.RelPresentIn, Direction: store.In, Kind: domain.KindKnownError, Filter: compared,
		})
		if err != nil {
			return err
		}
		for i, page := range pages {
			for n, node := range page.Nodes {
				steps[ids[i]], c.found[node.ID] = chunk[i].Depth, node
				versions, _ := page.Edges[n].Props["versions"].([]string)
				c.present[node.ID] = append(c.present[node.ID], match.Presence{Item: string(ids[i]), Versions: versions})
			}
		}
	}
	return c.readVersions(ctx, steps)
}

// needed lists, of what a walk along dependencies found, the roots and what they
// need, nearest first: links that only document lead nowhere (I11).
func needed(reached store.Subgraph) []store.Hit {
	needs := map[store.ID][]store.ID{}
	for _, e := range reached.Edges {
		if e.Props["impact"] != string(domain.ImpactNone) {
			needs[e.From] = append(needs[e.From], e.To)
		}
	}
	var roots []store.ID
	for _, h := range reached.Hits {
		if h.Depth == 0 {
			roots = append(roots, h.ID)
		}
	}
	var list []store.Hit
	seen := map[store.ID]bool{}
	reach := func(ids []store.ID, depth int) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				list = append(list, store.Hit{ID: id, Depth: depth})
			}
		}
	}
	reach(roots, 0)
	for i := 0; i < len(list); i++ {
		reach(needs[list[i].ID], list[i].Depth+1)
	}
	return list
}

// readVersions finds which versions run of the items in which known errors
// are: the one that was asked about, or those of the item and of its first
// thousand installations.
func (c *candidates) readVersions(ctx context.Context, steps map[store.ID]int) error {
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(steps)), listing.MaxPage) {
		nodes, err := c.view.Nodes(ctx, chunk...)
		if err != nil {
			return err
		}
		pages, err := c.view.Edges(ctx, store.EdgeQuery{
			Nodes: chunk, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, First: listing.MaxPage,
		})
		if err != nil {
			return err
		}
		for i, id := range chunk {
			item := match.Item{ID: string(id), Key: nodes[id].Props.Text("key"), Steps: steps[id]}
			if item.Versions = versionsOf(nodes[id], pages[i].Edges); item.Steps == 0 && c.shown.version != nil {
				item.Versions = []string{*c.shown.version}
			}
			c.places = append(c.places, item)
		}
	}
	return nil
}

// versionsOf lists the versions of an item that run, each once: what is
// installed tells more than what the item itself says.
func versionsOf(item store.Node, installed []store.Edge) []string {
	seen := map[string]bool{}
	for _, e := range installed {
		version := e.Props.Text("activeVersion")
		if version == "" {
			version = e.Props.Text("version")
		}
		if version != "" {
			seen[version] = true
		}
	}
	if version := item.Props.Text("productVersion"); len(seen) == 0 && version != "" {
		seen[version] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// byWord finds known errors that share a telling word, or two that follow one
// another; where there is one widespread word only, the first that have it.
func (c *candidates) byWord(ctx context.Context) error {
	var common []string
	var cut store.SearchPage
	for _, word := range c.words {
		page, err := c.search(ctx, word)
		if err != nil {
			return err
		}
		if page.HasNext {
			common, cut = append(common, word), page
		} else {
			c.addHits(page)
		}
	}
	if len(common) == 1 {
		c.addHits(cut)
	}
	for i := 1; i < len(common); i++ {
		page, err := c.search(ctx, common[i-1]+" "+common[i])
		if err != nil {
			return err
		}
		c.addHits(page)
	}
	return nil
}

func (c *candidates) search(ctx context.Context, words string) (store.SearchPage, error) {
	return c.view.Search(ctx, store.Search{Text: words, Kinds: []string{domain.KindKnownError}, First: widespread})
}

func (c *candidates) addHits(page store.SearchPage) {
	for _, h := range page.Hits {
		if h.Node.Props.Text("status") != string(domain.KnownErrorRetired) {
			c.found[h.Node.ID] = h.Node
		}
	}
}

// list returns the candidates, by id.
func (c *candidates) list() []match.Candidate {
	var list []match.Candidate
	for _, id := range slices.Sorted(maps.Keys(c.found)) {
		n := c.found[id]
		list = append(list, match.Candidate{
			ID: string(id), Key: n.Props.Text("key"), Present: c.present[id],
			Words: tellingWords(n.Props.Text("name") + "\n" + n.Props.Text("symptoms")),
		})
	}
	return list
}
