package entity

import (
	"math"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// TopologyCodec says what the topology keeps of the graph: domain.Facts of a
// record and domain.Link of a relationship. It is the topology's Codec.
type TopologyCodec struct{}

// Scan names everything that is kept: all records and relationships, with the
// properties that traversals look at.
func (TopologyCodec) Scan() store.Scan {
	s := store.Scan{Keep: []string{
		"key", "class", "environment", "status", "criticality", "users",
		"kind", "impact", "redundancyGroup", "minimum", "minimumPercent",
	}}
	for _, k := range kinds {
		s.Kinds = append(s.Kinds, k.Name)
	}
	for _, r := range relationships {
		s.Rels = append(s.Rels, r.Name)
	}
	return s
}

// Node gives what is kept of a record.
func (TopologyCodec) Node(kind string, p store.Props) (key string, facts domain.Facts) {
	return text[string](p, "key"), domain.NewFacts(kind,
		text[domain.Class](p, "class"), text[domain.Environment](p, "environment"), text[string](p, "status"),
		uint8(number(p, "criticality", math.MaxUint8)), number(p, "users", math.MaxInt32))
}

// NodeProps gives back the properties that Node has read.
func (TopologyCodec) NodeProps(key string, f domain.Facts) store.Props {
	p := store.Props{"key": key}
	putText(p, "class", f.Class())
	putText(p, "environment", f.Environment())
	putText(p, "status", f.State())
	putNumber(p, "criticality", int32(f.Criticality))
	putNumber(p, "users", f.Users)
	return p
}

// Edge gives what is kept of a relationship.
func (TopologyCodec) Edge(rel, _ string, p store.Props) domain.Link {
	if rel != domain.RelDependsOn {
		return domain.Link{Rel: rel}
	}
	return domain.Link{
		Rel: rel, Kind: text[domain.DependencyKind](p, "kind"), Impact: text[domain.Impact](p, "impact"),
		Group:   text[string](p, "redundancyGroup"),
		Minimum: number(p, "minimum", math.MaxInt32), MinimumPercent: number(p, "minimumPercent", math.MaxInt32),
	}
}

// EdgeID gives back the relationship and the tag.
func (TopologyCodec) EdgeID(l domain.Link) (rel, tag string) {
	return l.Rel, makeTag(string(l.Kind), l.Group)
}

// EdgeProps gives back the properties that Edge has read.
func (TopologyCodec) EdgeProps(l domain.Link) store.Props {
	p := store.Props{}
	putText(p, "kind", l.Kind)
	putText(p, "impact", l.Impact)
	putText(p, "redundancyGroup", l.Group)
	putNumber(p, "minimum", l.Minimum)
	putNumber(p, "minimumPercent", l.MinimumPercent)
	return p
}

func text[T ~string](p store.Props, name string) T {
	s, _ := p[name].(string)
	return T(s)
}

func number(p store.Props, name string, most int64) int32 {
	n, _ := p[name].(int64)
	return int32(min(max(n, 0), most))
}

func putText[T ~string](p store.Props, name string, v T) {
	if v != "" {
		p[name] = string(v)
	}
}

func putNumber(p store.Props, name string, v int32) {
	if v != 0 {
		p[name] = int64(v)
	}
}
