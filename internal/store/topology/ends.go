package topology

import (
	"unsafe"

	"releasegraph/internal/adjacency"
)

// ends finds nodes by where the text of their id lies in memory. A Scan that
// hands over for an edge's end the very string that it handed over for the node
// spares a loading that the text is read, hashed and compared for each of
// millions of ends. What is remembered is kept from being freed, so two ids
// never lie in the same place. The zero value is empty.
type ends struct {
	slots []slot // a power of two of them, at most half of them taken
	shift uint   // leaves the bits of a hash that number a slot
	taken int
}

type slot struct {
	at   *byte // nil: free
	node adjacency.Node
}

func (e *ends) add(id string, n adjacency.Node) {
	if 2*e.taken >= len(e.slots) {
		e.grow()
	}
	e.taken++
	*e.slot(unsafe.StringData(id)) = slot{unsafe.StringData(id), n}
}

func (e *ends) find(id string) (adjacency.Node, bool) {
	if e.taken == 0 || id == "" {
		return 0, false
	}
	s := e.slot(unsafe.StringData(id))
	return s.node, s.at != nil
}

// slot is where a place is, or would be put.
func (e *ends) slot(at *byte) *slot {
	const golden = 0x9e3779b97f4a7c15
	i := uint64(uintptr(unsafe.Pointer(at))) * golden >> e.shift
	for e.slots[i].at != nil && e.slots[i].at != at {
		i = (i + 1) & uint64(len(e.slots)-1)
	}
	return &e.slots[i]
}

func (e *ends) grow() {
	const first = 10 // bits
	old := e.slots
	e.shift--
	if old == nil {
		e.shift = 64 - first
	}
	e.slots = make([]slot, 1<<(64-e.shift))
	for _, s := range old {
		if s.at != nil {
			*e.slot(s.at) = s
		}
	}
}
