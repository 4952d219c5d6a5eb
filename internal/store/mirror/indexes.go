package mirror

import (
	"fmt"
	"strings"
	"sync"
)

// indexes are those of one loaded graph. Each is made when it is first asked
// for, and brought up to a snapshot by who reads that.
type indexes struct {
	few    uint64 // records are sooner looked through than found by an index
	mu     sync.Mutex
	sorted map[string]*sorted
	valued map[string]*valued
	asked  map[string]int
	clock  int64 // counts what is asked for
}

func newIndexes(few int) *indexes {
	return &indexes{few: uint64(few), sorted: map[string]*sorted{}, valued: map[string]*valued{}, asked: map[string]int{}}
}

const (
	// mostAsked is of how many orders it is counted how often they are asked for.
	mostAsked = 1024
	// again is how often an order that was let go is asked for until it is made
	// anew.
	again = 8
	// mostSorted is how many records all orders may have together, or a few times
	// those of the kind where that is more.
	mostSorted = 500_000
	// mostValued is how many properties' values are kept.
	mostValued = 128
)

// sortedBy returns the index of a kind's records by some keys, false while it is
// not worth its making: until it is asked for again.
func (x *indexes) sortedBy(s *snapshot, k *kind, keys []sortKey) (*sorted, bool) {
	var b strings.Builder
	b.WriteString(k.name)
	for i := range keys {
		fmt.Fprintf(&b, "\n%s %t %d", keys[i].name, keys[i].descending, keys[i].as)
	}
	name := b.String()
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.sorted[name]
	if one == nil {
		if len(x.asked) >= mostAsked {
			clear(x.asked)
		}
		if x.asked[name]++; x.asked[name] < 2 && x.few > 0 {
			return nil, false
		}
		x.makeRoom(int(s.nodes[k.number].rows.GetCardinality()))
		one = &sorted{kind: k, sorter: newSorter(keys)}
		x.sorted[name] = one
	}
	x.clock++
	one.last.Store(x.clock)
	return one, true
}

// makeRoom lets orders go, those first that nobody has asked for the longest,
// until another of so many records has room.
func (x *indexes) makeRoom(size int) {
	for most := max(mostSorted, 3*size); ; {
		total, oldest := size, ""
		for name, one := range x.sorted {
			if v := one.view.Load(); v != nil {
				total += v.tree.Len()
			}
			if oldest == "" || one.last.Load() < x.sorted[oldest].last.Load() {
				oldest = name
			}
		}
		if total <= most || oldest == "" {
			return
		}
		delete(x.sorted, oldest)
		x.asked[oldest] = -again
	}
}

// valuesOf returns the index of the values of a property.
func (x *indexes) valuesOf(p property) *valued {
	name := p.kind.name + "\n" + p.name
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.valued[name]
	if one == nil {
		if len(x.valued) >= mostValued {
			x.forgetValues()
		}
		one = &valued{property: p}
		x.valued[name] = one
	}
	x.clock++
	one.last.Store(x.clock)
	return one
}

// forgetValues lets the values go that nobody has asked for the longest.
func (x *indexes) forgetValues() {
	oldest := ""
	for name, one := range x.valued {
		if oldest == "" || one.last.Load() < x.valued[oldest].last.Load() {
			oldest = name
		}
	}
	delete(x.valued, oldest)
}

// refresh brings all indexes up to a snapshot, so that they keep no old records
// from being freed. Those that were not asked for since the last time are let go.
func (x *indexes) refresh(s *snapshot) {
	x.mu.Lock()
	var sortedOnes []*sorted
	var valuedOnes []*valued
	for name, one := range x.sorted {
		if one.idle.Swap(true) {
			delete(x.sorted, name)
		} else {
			sortedOnes = append(sortedOnes, one)
		}
	}
	for name, one := range x.valued {
		if one.idle.Swap(true) {
			delete(x.valued, name)
		} else {
			valuedOnes = append(valuedOnes, one)
		}
	}
	x.mu.Unlock()
	for _, one := range sortedOnes {
		one.reach(s)
	}
	for _, one := range valuedOnes {
		one.reach(s)
	}
}

// table is the records of one kind at a revision.
type table struct {
	rows  rows
	nodes *nodes
}

func (s *snapshot) table(k *kind) table { return table{s.rows, s.nodes[k.number]} }

// difference is what a row held, and holds: "" for nothing of the kind.
type difference struct {
	row     uint32
	was, is record
}

// differences lists the rows of a kind that differ between two tables.
func (k *kind) differences(a, b table) []difference {
	var list []difference
	of := func(r record) record {
		if r != "" && r.kind() != k.number {
			return ""
		}
		return r
	}
	for p := range max(len(a.rows), len(b.rows)) {
		var from, to *recordPage
		if p < len(a.rows) {
			from = a.rows[p]
		}
		if p < len(b.rows) {
			to = b.rows[p]
		}
		if from == to {
			continue
		}
		for i := range pageRows {
			var was, is record
			if from != nil {
				was = of(from[i])
			}
			if to != nil {
				is = of(to[i])
			}
			if was != is {
				list = append(list, difference{uint32(p*pageRows + i), was, is})
			}
		}
	}
	return list
}
