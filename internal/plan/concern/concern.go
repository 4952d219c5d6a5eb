// Package concern finds what bears on items: problems, known errors and
// requests for change, by the relationship that leads from these to an item
// (I7, and the view of a service).
package concern

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rank"
)

// Graph is the estate, or a part of it that holds the items and what concerns
// them.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Item is one of the items asked about. Node is -1 where the graph does not
// hold it.
type Item struct {
	Node     Node
	Strength domain.Strength
}

// Subject is a record that concerns some of the items.
type Subject struct {
	Node Node
	Key  string
	// Items are those that it concerns, by their places among all, in their
	// order; Full counts those that stop.
	Items []int
	Full  int
}

// About lists the records that a relationship leads from to the items: those
// of most items first, then by key. Only records whose status counts are
// listed. The cost follows the items and what leads to them.
func About(ctx context.Context, g *Graph, items []Item, rel string, counts func(status string) bool) ([]*Subject, error) {
	wanted := labels(g, rel)
	if len(wanted) == 0 {
		return nil, nil
	}
	p := pace.Of(ctx)
	found := map[Node]*Subject{}
	var list []*Subject
	for i, item := range items {
		if item.Node < 0 {
			continue
		}
		if err := p.Steps(1 + len(g.In(item.Node))); err != nil {
			return nil, err
		}
		for _, a := range g.In(item.Node) {
			if !slices.Contains(wanted, a.Label) || !counts(g.Facts(a.Node).State()) {
				continue
			}
			s := found[a.Node]
			if s == nil {
				s = &Subject{Node: a.Node, Key: g.Key(a.Node)}
				found[a.Node] = s
				list = append(list, s)
			}
			s.add(i, item.Strength)
		}
	}
	rank.Sort(list)
	return list, nil
}

// labels numbers the labels of a relationship.
func labels(g *Graph, rel string) (list []int32) {
	for i, l := range g.Labels() {
		if l.Rel == rel {
			list = append(list, int32(i))
		}
	}
	return list
}

func (s *Subject) add(item int, strength domain.Strength) {
	if n := len(s.Items); n > 0 && s.Items[n-1] == item {
		return
	}
	s.Items = append(s.Items, item)
	if strength == domain.StrengthFull {
		s.Full++
	}
}

// Place is where the subject stands.
func (s *Subject) Place() rank.Place { return rank.Place{Count: len(s.Items), Key: s.Key} }
