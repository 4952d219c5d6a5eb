package care

import (
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

func (c *checker) checkEdge(e *store.Edge) {
	g, subject := c.graphs, c.edge(e.EdgeKey)
	from, to := g.kinds[g.hash(string(e.From))], g.kinds[g.hash(string(e.To))]
	if from == 0 || to == 0 {
		c.find(CheckRelationships, subject, "has no record at an end")
		return
	}
	rel := relationship(e.Rel, entity.Kinds()[from-1].Name, entity.Kinds()[to-1].Name)
	if rel == nil {
		c.find(CheckRelationships, subject, "%s does not lead from %s to %s", e.Rel, entity.Kinds()[from-1].Name, entity.Kinds()[to-1].Name)
		return
	}
	if e.Version < 1 {
		c.find(CheckRelationships, subject, "has version %d", e.Version)
	}
	if c.checkFields(CheckRelationships, subject, rel.Properties, e.Props) {
		if link, ok := rel.DecodeLink(e.Props).(domain.Checked); ok {
			c.breaches(CheckRelationships, subject, link.Check())
		}
	}
	if tag := rel.Tag(e.Props); tag != e.Tag {
		c.find(CheckRelationships, subject, "is filed under %q, but its fields say %q", e.Tag, tag)
	}
	c.checkRules(rel, e, subject)
}

func relationship(name, from, to string) *entity.Relationship {
	for _, r := range entity.RelationshipsNamed(name) {
		if r.From == from && r.To == to {
			return r
		}
	}
	return nil
}

// checkRules holds a relationship to the rules about its ends: none with
// itself, customers of services only, one parent at most.
func (c *checker) checkRules(rel *entity.Relationship, e *store.Edge, subject func() string) {
	g := c.graphs
	if e.From == e.To {
		if err := domain.CheckEnds(rel.Name, string(e.From), string(e.To)); err != nil {
			c.find(CheckRelationships, subject, "leads from a record to itself")
		}
	}
	if rel.Name == domain.RelServes && !g.services[g.hash(string(e.From))] {
		c.find(CheckRelationships, subject, "leads from an item that is no service")
	}
	if !rel.ToOne {
		return
	}
	start := g.hash(rel.Name, rel.To, string(e.From))
	if g.single[start] {
		c.find(CheckRelationships, subject, "is the second of which there can be one only")
	}
	g.single[start] = true
	if rel.From == rel.To {
		if g.parents[rel.Name] == nil {
			g.parents[rel.Name] = map[store.ID]store.ID{}
		}
		g.parents[rel.Name][e.From] = e.To
	}
}

// circles finds records that are their own ancestors. Each circle is told once.
func (c *checker) circles() {
	for _, rel := range slices.Sorted(maps.Keys(c.graphs.parents)) {
		parents := c.graphs.parents[rel]
		done := map[store.ID]bool{}
		for _, start := range slices.Sorted(maps.Keys(parents)) {
			path := []store.ID{}
			seen := map[store.ID]int{}
			for at := start; !done[at]; at = parents[at] {
				if first, again := seen[at]; again {
					c.find(CheckRelationships, c.chain(rel, append(path[first:], at)), "must be a tree, and is a circle here")
					break
				}
				seen[at] = len(path)
				path = append(path, at)
				if _, more := parents[at]; !more {
					break
				}
			}
			for _, id := range path {
				done[id] = true
			}
		}
	}
}

func (c *checker) chain(rel string, ids []store.ID) func() string {
	return func() string {
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = c.node(id)()
		}
		return rel + " " + strings.Join(names, " → ")
	}
}

// unique looks for values that two records hold. Where hashes meet, the values
// themselves are looked at.
func (c *checker) unique() error {
	for _, kind := range slices.Sorted(maps.Keys(c.graphs.values)) {
		for _, property := range slices.Sorted(maps.Keys(c.graphs.values[kind])) {
			hashes := c.graphs.values[kind][property]
			slices.Sort(hashes)
			twice := map[uint64]bool{}
			for i := range hashes {
				if i > 0 && hashes[i] == hashes[i-1] {
					twice[hashes[i]] = true
				}
			}
			if len(twice) > 0 {
				if err := c.doubles(kind, property, twice); err != nil {
					return err
				}
			}
		}
	}
	c.graphs.values = nil
	return nil
}

func (c *checker) doubles(kind, property string, twice map[uint64]bool) error {
	holders := map[string][]string{}
	_, err := c.Scan(c.ctx, store.Scan{Kinds: []string{kind}, Rels: []string{}, Keep: []string{property}}, func(b store.Batch) error {
		for i := range b.Nodes {
			if v, ok := b.Nodes[i].Props[property].(string); ok && twice[c.graphs.hash(v)] {
				holders[v] = append(holders[v], string(b.Nodes[i].ID))
			}
		}
		return nil
	})
	for _, v := range slices.Sorted(maps.Keys(holders)) {
		if ids := holders[v]; len(ids) > 1 {
			c.find(CheckUnique, plain(kind+":"+v), "%s %q is held by %d records: %s", property, v, len(ids), strings.Join(ids, ", "))
		}
	}
	return err
}
