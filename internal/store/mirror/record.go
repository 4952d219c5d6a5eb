package mirror

import (
	"encoding/binary"

	"releasegraph/internal/store"
)

// record is a packed node; "" stands for none. It begins with what every node
// has:
//
//	kind 2 | version 8 | created 8 | updated 8 | length of the id 1 | id | properties
type record string

const (
	versionAt = 2
	createdAt = 10
	updatedAt = 18
	idAt      = 26
)

func (r record) kind() int { return int(r[0]) | int(r[1])<<8 }

func (r record) id() string { return string(r[idAt+1 : idAt+1+int(r[idAt])]) }

func (r record) version() int64 { return int64(number64(string(r[versionAt:]))) }

func (r record) props() string { return string(r[idAt+1+int(r[idAt]):]) }

// kind is a kind of nodes.
type kind struct {
	*shape
	number int
	name   string
}

// layout is how all kinds and relationships are packed.
type layout struct {
	declared *store.Declared
	words    *words
	kinds    []*kind
	kindOf   map[string]*kind
	rels     []*shape
	relOf    map[string]int
}

func newLayout(d *store.Declared) *layout {
	l := &layout{declared: d, words: newWords(), kindOf: map[string]*kind{}, relOf: map[string]int{}}
	for i, k := range d.Schema().Kinds {
		one := &kind{newShape(k.Properties, k.OpenPrefix, l.words), i, k.Name}
		l.kinds, l.kindOf[k.Name] = append(l.kinds, one), one
	}
	together := map[string][]store.Property{}
	var names []string
	for _, r := range d.Schema().Rels {
		if _, known := together[r.Name]; !known {
			names = append(names, r.Name)
		}
		for _, p := range r.Properties {
			if !declares(together[r.Name], p.Name) {
				together[r.Name] = append(together[r.Name], p)
			}
		}
		if together[r.Name] == nil {
			together[r.Name] = []store.Property{}
		}
	}
	for i, name := range names {
		l.rels, l.relOf[name] = append(l.rels, newShape(together[name], "", l.words)), i
	}
	return l
}

func declares(list []store.Property, name string) bool {
	for _, p := range list {
		if p.Name == name {
			return true
		}
	}
	return false
}

// pack appends a node.
func (l *layout) pack(b []byte, n *store.Node) ([]byte, error) {
	k := l.kindOf[n.Kind]
	b = binary.LittleEndian.AppendUint16(b, uint16(k.number))
	b = binary.LittleEndian.AppendUint64(b, uint64(n.Version))
	b = binary.LittleEndian.AppendUint64(b, uint64(n.CreatedAt.UnixMicro()))
	b = binary.LittleEndian.AppendUint64(b, uint64(n.UpdatedAt.UnixMicro()))
	b = append(append(b, byte(len(n.ID))), n.ID...)
	return k.shape.pack(b, n.Props)
}

// node unpacks a record.
func (l *layout) node(r record) store.Node { return l.part(r, nil) }

// part unpacks a record with some of its properties.
func (l *layout) part(r record, keep map[string]bool) store.Node {
	k := l.kinds[r.kind()]
	return store.Node{
		ID: store.ID(r.id()), Kind: k.name, Version: r.version(),
		CreatedAt: moment(string(r[createdAt:])), UpdatedAt: moment(string(r[updatedAt:])),
		Props: k.props(r.props(), keep),
	}
}

// property reads one property of the records of a kind.
type property struct {
	name   string
	kind   *kind
	number int // of a declared one, -1 for others
	is     store.Type
	known  bool // the kind has it
}

func (l *layout) property(k *kind, name string) property {
	p := property{name: name, kind: k, number: -1}
	if n, ok := k.numbers[name]; ok {
		p.number = n
	}
	declared, ok := l.declared.Property(k.name, name)
	p.is, p.known = declared.Type, ok
	return p
}

// of returns the property of a record of the kind, nil where it is absent.
func (p *property) of(r record) any {
	switch {
	case p.number >= 0:
		return p.kind.value(r.props(), p.number)
	case !p.known:
		return nil
	}
	switch p.name {
	case "id":
		return r.id()
	case "version":
		return r.version()
	case "createdAt":
		return moment(string(r[createdAt:]))
	case "updatedAt":
		return moment(string(r[updatedAt:]))
	}
	return p.kind.openValue(r.props(), p.name)
}

// text returns the property of a record where that is a text.
func (p *property) text(r record) (string, bool) {
	if p.number >= 0 && p.is == store.String {
		return p.kind.text(r.props(), p.number)
	}
	text, ok := p.of(r).(string)
	return text, ok
}
