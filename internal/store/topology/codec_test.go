package topology_test

import (
	"slices"

	"releasegraph/internal/store"
)

// schema has what a topology keeps and what it does not: of an Item all but the
// remark, no Memo, all LINKS and HAS, no SKIPS.
var schema = store.Schema{
	Kinds: []store.KindSchema{
		{Name: "Item", Properties: []store.Property{
			{Name: "key", Type: store.String, Unique: true}, {Name: "size", Type: store.Int}, {Name: "remark", Type: store.String},
		}},
		{Name: "Memo"},
	},
	Rels: []store.RelSchema{
		{Name: "LINKS", From: "Item", To: "Item", Properties: []store.Property{{Name: "size", Type: store.Int}, {Name: "remark", Type: store.String}}},
		{Name: "HAS", From: "Item", To: "Memo"},
		{Name: "SKIPS", From: "Item", To: "Item"},
	},
}

// codec keeps properties as they are. It is right for any schema.
type codec struct{ scan store.Scan }

var itemCodec = codec{store.Scan{Kinds: []string{"Item"}, Rels: []string{"LINKS", "HAS"}, Keep: []string{"key", "size"}}}

// codecOf keeps all kinds and relationships of a schema, with every second
// property. A name that is anywhere a list's is left out, since lists cannot be
// compared.
func codecOf(schema store.Schema) codec {
	scan := store.Scan{Kinds: []string{}, Rels: []string{}, Keep: []string{}}
	var lists []string
	keep := func(properties []store.Property) {
		for i, p := range properties {
			if p.Type == store.Strings {
				lists = append(lists, p.Name)
			} else if i%2 == 0 {
				scan.Keep = append(scan.Keep, p.Name)
			}
		}
	}
	for _, k := range schema.Kinds {
		scan.Kinds = append(scan.Kinds, k.Name)
		keep(k.Properties)
	}
	for _, r := range schema.Rels {
		scan.Rels = append(scan.Rels, r.Name)
		keep(r.Properties)
	}
	scan.Keep = slices.DeleteFunc(scan.Keep, func(name string) bool { return slices.Contains(lists, name) })
	slices.Sort(scan.Keep)
	slices.Sort(scan.Rels)
	scan.Keep, scan.Rels = slices.Compact(scan.Keep), slices.Compact(scan.Rels)
	return codec{scan}
}

// label is what is kept of an edge. Of its properties it has the first few,
// each with its name, so that it can be compared.
type label struct {
	rel, tag string
	props    [8]struct {
		name  string
		value any
	}
}

func (c codec) Scan() store.Scan { return c.scan }

func (codec) Node(kind string, p store.Props) (string, store.Props) {
	key, _ := p["key"].(string)
	return key, p.Clone()
}

func (codec) NodeProps(_ string, p store.Props) store.Props { return p }

func (c codec) Edge(rel, tag string, p store.Props) label {
	l := label{rel: rel, tag: tag}
	i := 0
	for _, name := range c.scan.Keep {
		if v, ok := p[name]; ok && i < len(l.props) {
			l.props[i].name, l.props[i].value = name, v
			i++
		}
	}
	return l
}

func (codec) EdgeID(l label) (rel, tag string) { return l.rel, l.tag }

func (codec) EdgeProps(l label) store.Props {
	p := store.Props{}
	for _, kept := range l.props {
		if kept.name != "" {
			p[kept.name] = kept.value
		}
	}
	return p
}
