package neo4j

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// The store's own properties, which no declared one can be called.
const (
	idProp      = "id"
	createdProp = "createdAt"
	updatedProp = "updatedAt"
	versionProp = "_version"
	tagProp     = "_tag"
)

// catalog is the schema by name. Only names found here get into the text of a
// query.
type catalog struct {
	kinds map[string]*kind
	rels  map[string]*relationship
	order []string // kinds as declared
	names []string // relationships as declared
}

type kind struct {
	store.KindSchema
	props map[string]store.Property
}

// relationship is what the RelSchemas of one name say together.
type relationship struct {
	name  string
	props map[string]store.Property
	ends  [][2]string // kinds, from and to
}

var name = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func newCatalog(schema store.Schema) (*catalog, error) {
	c := &catalog{kinds: map[string]*kind{}, rels: map[string]*relationship{}}
	for _, k := range schema.Kinds {
		if err := checkNames(k.Name, k.Properties, idProp, createdProp, updatedProp, versionProp); err != nil {
			return nil, err
		}
		c.kinds[k.Name] = &kind{k, byName(map[string]store.Property{}, k.Properties)}
		c.order = append(c.order, k.Name)
	}
	for _, r := range schema.Rels {
		if err := checkNames(r.Name, r.Properties, versionProp, tagProp); err != nil {
			return nil, err
		}
		if c.kinds[r.From] == nil || c.kinds[r.To] == nil {
			return nil, fmt.Errorf("%w: relationship %s joins undeclared kinds %s and %s", store.ErrInvalid, r.Name, r.From, r.To)
		}
		c.addRelationship(r)
	}
	return c, nil
}

func (c *catalog) addRelationship(r store.RelSchema) {
	rel := c.rels[r.Name]
	if rel == nil {
		rel = &relationship{name: r.Name, props: map[string]store.Property{}}
		c.rels[r.Name] = rel
		c.names = append(c.names, r.Name)
	}
	byName(rel.props, r.Properties)
	rel.ends = append(rel.ends, [2]string{r.From, r.To})
}

func byName(into map[string]store.Property, list []store.Property) map[string]store.Property {
	for _, p := range list {
		into[p.Name] = p
	}
	return into
}

func checkNames(owner string, props []store.Property, reserved ...string) error {
	if !name.MatchString(owner) || slices.Contains([]string{"Node", "Changeset", "LogHead"}, owner) {
		return fmt.Errorf("%w: %q cannot name a kind or relationship", store.ErrInvalid, owner)
	}
	for _, p := range props {
		if !name.MatchString(p.Name) || slices.Contains(reserved, p.Name) {
			return fmt.Errorf("%w: %q cannot name a property of %s", store.ErrInvalid, p.Name, owner)
		}
	}
	return nil
}

func (c *catalog) kind(name string) (*kind, error) {
	if k := c.kinds[name]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("%w: no kind %q", store.ErrInvalid, name)
}

func (c *catalog) relationship(name string) (*relationship, error) {
	if r := c.rels[name]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("%w: no relationship %q", store.ErrInvalid, name)
}

// far lists the kinds that can be at the other end of the relationship.
func (c *catalog) far(r *relationship, d store.Direction) []*kind {
	var list []*kind
	for _, ends := range r.ends {
		k := c.kinds[ends[1]]
		if d == store.In {
			k = c.kinds[ends[0]]
		}
		if !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list
}

// froms lists the kinds that the relationship starts from.
func (r *relationship) froms() []string {
	var list []string
	for _, ends := range r.ends {
		if !slices.Contains(list, ends[0]) {
			list = append(list, ends[0])
		}
	}
	return list
}

// field is a property as a query may name it: declared, within the open
// prefix, or one of the store's own.
type field struct {
	name   string // as stored
	typ    store.Type
	schema store.Property // zero for the store's own and open ones
	open   bool
}

func (k *kind) field(name string) (field, bool) {
	switch name {
	case idProp:
		return field{name: name, typ: store.String}, true
	case createdProp, updatedProp:
		return field{name: name, typ: store.Time}, true
	}
	if p, ok := k.props[name]; ok {
		return field{name: name, typ: p.Type, schema: p}, true
	}
	if name == "version" {
		return field{name: versionProp, typ: store.Int}, true
	}
	if k.OpenPrefix != "" && strings.HasPrefix(name, k.OpenPrefix) {
		return field{name: name, typ: store.String, open: true}, true
	}
	return field{}, false
}

// indexed tells whether an index (property, id) serves the order.
func (f field) indexed() bool { return f.schema.Indexed || f.schema.Unique }

// quote makes a name from the schema part of a query's text.
func quote(name string) string { return "`" + name + "`" }
