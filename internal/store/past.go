package store

import "maps"

// Past is a node or edge as it was at a revision, as far as the changes since
// then tell: what they changed is known, the rest is as it is now. It starts
// with NewPast and the first effect after the revision; each effect, that one
// included, is then given to Follow, in the log's order.
type Past struct {
	Existed bool // at the revision
	Whole   bool // removed since: Props are all that it had
	Kind    string
	Version int64
	Times
	Props Props // those that changed since; nil values: absent
}

// NewPast begins with the first effect after the revision.
func NewPast(e *Effect) *Past {
	p := &Past{Kind: e.Kind, Existed: e.Verb() != Created, Version: e.Version, Times: Times{e.CreatedAt, e.UpdatedAt}}
	if e.Verb() == Updated {
		p.Version--
	}
	return p
}

// Follow takes in an effect: it keeps what the effect took away, unless an
// earlier one had changed it. It lists the properties that were not known yet.
func (p *Past) Follow(e *Effect) (learnt []string) {
	if !p.Existed || p.Whole {
		return nil
	}
	if p.Props == nil {
		p.Props = make(Props, max(len(e.Before), len(e.After)))
	}
	learn := func(name string, v any) {
		if _, known := p.Props[name]; !known {
			p.Props[name] = v
			learnt = append(learnt, name)
		}
	}
	for name, v := range e.Before {
		learn(name, v)
	}
	for name := range e.After {
		learn(name, nil)
	}
	p.Whole = e.Verb() == Removed
	return learnt
}

// Over gives the properties at the revision, of one that has these now, or had
// them at any time since. What it is given stays as it is.
func (p *Past) Over(now Props) Props {
	was := Props{}
	if !p.Whole {
		maps.Copy(was, now)
	}
	for name, v := range p.Props {
		if v == nil {
			delete(was, name)
		} else {
			was[name] = v
		}
	}
	return was
}

// Node is the node at the revision.
func (p *Past) Node(id ID, now Props) Node {
	return Node{ID: id, Kind: p.Kind, Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Props: p.Over(now)}
}

// Edge is the edge at the revision.
func (p *Past) Edge(k EdgeKey, now Props) Edge {
	return Edge{EdgeKey: k, Version: p.Version, Props: p.Over(now)}
}
