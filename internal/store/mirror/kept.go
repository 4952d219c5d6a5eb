package mirror

import (
	"sync/atomic"

	"releasegraph/internal/store"
)

// kept remembers some of the nodes that were unpacked of late: what many read is
// unpacked once, and so is what is made of it. Each row has one place, which it
// shares with others.
type kept [keptNodes]atomic.Pointer[keptNode]

// keptNodes is how many nodes are remembered, a power of two: with what is made
// of them they take some 25 MB.
const keptNodes = 1 << 14

type keptNode struct {
	record record
	node   store.Node
}

// node returns the node of a row. Its properties may be shared.
func (s *snapshot) node(row uint32) store.Node {
	r, place := s.rows.at(row), &s.kept[row%keptNodes]
	if k := place.Load(); k != nil && k.record == r {
		return k.node
	}
	n := s.layout.node(r)
	n.Memo = &store.Memo{}
	place.Store(&keptNode{r, n})
	return n
}

// keptLabels are the properties of the first labels of a relationship, unpacked:
// where there are few labels, they recur.
type keptLabels [mostLabels]atomic.Pointer[keptLabel]

const mostLabels = 1 << 10

type keptLabel struct {
	props store.Props
	memo  store.Memo
}

// props returns the properties of a label. They may be shared.
func (r *relation) props(number uint32) (store.Props, *store.Memo) {
	if number >= mostLabels {
		return r.shape.props(r.labels[number].props, nil), nil
	}
	if k := r.kept[number].Load(); k != nil {
		return k.props, &k.memo
	}
	k := &keptLabel{props: r.shape.props(r.labels[number].props, nil)}
	r.kept[number].Store(k)
	return k.props, &k.memo
}
