package care

import (
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// graphCheck is what must be kept in mind of the graph while it is read: for
// each record a hash and its kind, for each relationship of which there can be
// one only its start.
type graphCheck struct {
	seed     maphash.Seed
	kinds    map[uint64]uint8 // by hash of the id: place in entity.Kinds, from 1
	services map[uint64]bool
	single   map[uint64]bool                  // starts of to-one relationships
	parents  map[string]map[store.ID]store.ID // of relationships that must be trees
	values   map[string]map[string][]uint64   // hashes of unique values, by kind and property
}

func (c *checker) graph() error {
	g := &graphCheck{
		seed: maphash.MakeSeed(), kinds: map[uint64]uint8{}, services: map[uint64]bool{}, single: map[uint64]bool{},
		parents: map[string]map[store.ID]store.ID{}, values: map[string]map[string][]uint64{},
	}
	c.graphs, c.sums = g, newSums(g.seed)
	revision, err := c.Scan(c.ctx, store.Scan{}, func(b store.Batch) error {
		for i := range b.Nodes {
			c.checkNode(&b.Nodes[i])
			c.sums.addNode(&b.Nodes[i])
		}
		for i := range b.Edges {
			c.checkEdge(&b.Edges[i])
			c.sums.addEdge(&b.Edges[i])
		}
		c.done.Records += int64(len(b.Nodes))
		c.done.Relationships += int64(len(b.Edges))
		c.tell("reading the graph", c.done.Records+c.done.Relationships)
		return c.ctx.Err()
	})
	c.done.Revision = revision
	if err != nil {
		return err
	}
	c.circles()
	return nil
}

func (g *graphCheck) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(g.seed)
	for _, p := range parts {
		_, _ = h.WriteString(p) // a hash takes everything
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

func (c *checker) checkNode(n *store.Node) {
	subject := c.node(n.ID)
	at := slices.IndexFunc(entity.Kinds(), func(k *entity.Kind) bool { return k.Name == n.Kind })
	if at < 0 {
		c.find(CheckRecords, subject, "there is no kind %q", n.Kind)
		return
	}
	k, id := entity.Kinds()[at], c.graphs.hash(string(n.ID))
	c.graphs.kinds[id] = uint8(at + 1)
	if n.Version < 1 {
		c.find(CheckRecords, subject, "has version %d", n.Version)
	}
	if n.UpdatedAt.Before(n.CreatedAt) {
		c.find(CheckRecords, subject, "was updated %s, before it was created", n.UpdatedAt)
	}
	if !c.checkFields(CheckRecords, subject, k.Fields, n.Props) {
		return // what it decodes to would not be what is there
	}
	record := k.Decode(*n)
	if checked, ok := record.(domain.Checked); ok {
		c.breaches(CheckRecords, subject, checked.Check())
	}
	if item, ok := record.(*domain.ConfigurationItem); ok && item.Class == domain.Service {
		c.graphs.services[id] = true
	}
	for i := range k.Fields {
		if f := &k.Fields[i]; f.Unique {
			c.noteUnique(k.Name, f.Name, n.Props)
		}
	}
}

func (c *checker) noteUnique(kind, property string, props store.Props) {
	value, ok := props[property].(string)
	if !ok {
		return
	}
	if c.graphs.values[kind] == nil {
		c.graphs.values[kind] = map[string][]uint64{}
	}
	c.graphs.values[kind][property] = append(c.graphs.values[kind][property], c.graphs.hash(value))
}

// checkFields compares properties with the fields that are declared.
func (c *checker) checkFields(check string, subject func() string, fields []entity.Field, props store.Props) (fit bool) {
	fit = true
	wrong := func(format string, args ...any) {
		fit = false
		c.find(check, subject, format, args...)
	}
	for i := range fields {
		f := &fields[i]
		v, given := props[f.Name]
		text, isText := v.(string)
		switch {
		case f.Map:
		case f.Required && (!given || isText && text == ""):
			wrong("%s is missing, which is required", f.Name)
		case !given:
		case f.Enum != nil && f.Kind != store.Strings && !slices.Contains(f.Enum, text):
			wrong("%s is %q, which is none of %s", f.Name, text, strings.Join(f.Enum, ", "))
		case f.Object && !json.Valid([]byte(text)):
			wrong("%s is no JSON", f.Name)
		case store.CheckValue(v) != nil:
			wrong("%s: %v", f.Name, store.CheckValue(v))
		}
	}
	return fit
}

func (c *checker) breaches(check string, subject func() string, errs domain.Errors) {
	for _, e := range errs {
		rule := ""
		if e.Rule != "" {
			rule = " (" + e.Rule + ")"
		}
		c.find(check, subject, "%s: %s%s", e.Field, e.Message, rule)
	}
}
