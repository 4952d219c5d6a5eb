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
}

func newIndexes(few int) *indexes {
	return &indexes{few: uint64(few), sorted: map[string]*sorted{}, valued: map[string]*valued{}, asked: map[string]int{}}
}

// wanted counts that an index would have been of use; the second time it is
// worth its making.
func (x *indexes) wanted(name string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked[name]++
	return x.asked[name] > 1 || x.few == 0
}

// sortedBy returns the index of a kind's records by some keys.
func (x *indexes) sortedBy(k *kind, keys []sortKey) *sorted {
	var name strings.Builder
	name.WriteString(k.name)
	for i := range keys {
		fmt.Fprintf(&name, "\n%s %t %d", keys[i].name, keys[i].descending, keys[i].as)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.sorted[name.String()]
	if one == nil {
		one = &sorted{kind: k, sorter: newSorter(keys)}
		x.sorted[name.String()] = one
	}
	return one
}

// valuesOf returns the index of the values of a property.
func (x *indexes) valuesOf(p property) *valued {
	name := p.kind.name + "\n" + p.name
	x.mu.Lock()
	defer x.mu.Unlock()
	one := x.valued[name]
	if one == nil {
		one = &valued{property: p}
		x.valued[name] = one
	}
	return one
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
