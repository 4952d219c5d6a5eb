package mirror

import (
	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// pageRows is how many rows are copied together when one of them changes.
const pageRows = 256

// rows are the records by their numbers. A row stands for one id for good, also
// while there is no node of that id.
type rows []*recordPage

type recordPage [pageRows]record

func (r rows) at(row uint32) record {
	if page := int(row / pageRows); page < len(r) {
		return r[page][row%pageRows]
	}
	return ""
}

// nodes are the rows of one kind. A snapshot's are never changed.
type nodes struct {
	rows  *roaring.Bitmap
	stamp store.Revision // of the last change
}

// snapshot is the graph at one revision. Nothing changes it.
type snapshot struct {
	*layout
	revision  store.Revision
	rows      rows
	nodes     []*nodes    // by number of the kind
	relations []*relation // by number of the relationship
	finder    *finder
	indexes   *indexes
	kept      *kept
	// without names the kinds and relationships that are left out, nil: none.
	without map[string]bool
	bytes   int64 // about how much memory all takes, without the indexes
}

// row finds the row of the node with an id.
func (s *snapshot) row(id string) (row uint32, found bool) {
	if id == "" {
		return 0, false
	}
	s.finder.rows(s.finder.hash(idText, id), func(r uint32) bool {
		if one := s.rows.at(r); one != "" && one.id() == id {
			row, found = r, true
		}
		return !found
	})
	return row, found
}

// holder finds the row of the node of a kind that holds a unique value.
func (s *snapshot) holder(p *property, value string) (row uint32, found bool) {
	s.finder.rows(s.finder.hash(p.kind.ofProperty(p.number), value), func(r uint32) bool {
		if one := s.rows.at(r); one != "" && one.kind() == p.kind.number {
			if is, ok := p.text(one); ok && is == value {
				row, found = r, true
			}
		}
		return !found
	})
	return row, found
}

// covers reports whether all of the kinds and relationships are held.
func (s *snapshot) covers(names ...string) bool {
	for _, name := range names {
		if s.without[name] {
			return false
		}
	}
	return true
}
