package mirror

import (
	"encoding/binary"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// arc is an edge as one of its ends has it: the row at the other end, and the
// number of its label.
type arc struct{ far, label uint32 }

// label is what an edge has besides its ends. Equal ones are kept once.
type label struct {
	version int64
	tag     string
	props   string // packed
}

// relation is the edges of one relationship. A snapshot's is never changed.
type relation struct {
	*shape
	name   string
	arcs   [2]arcs // by store.Direction
	labels []label
	count  int
	stamp  store.Revision // of the last change
	near   [2]atomic.Pointer[roaring.Bitmap]
	kept   *keptLabels
}

// arcs are the edges by the row at their near end.
type arcs []*arcPage

// arcPage holds the edges of a page of rows, each list by the far end's id and
// the tag.
type arcPage [pageRows][]arc

// of lists the edges at a row.
func (a arcs) of(row uint32) []arc {
	if page := int(row / pageRows); page < len(a) && a[page] != nil {
		return a[page][row%pageRows]
	}
	return nil
}

// joined are the rows that have an edge in a direction.
func (r *relation) joined(d store.Direction) *roaring.Bitmap {
	if known := r.near[d].Load(); known != nil {
		return known
	}
	rows := roaring.New()
	for i, page := range r.arcs[d] {
		for j := 0; page != nil && j < pageRows; j++ {
			if len(page[j]) > 0 {
				rows.Add(uint32(i*pageRows + j))
			}
		}
	}
	r.near[d].Store(rows)
	return rows
}

// edge returns an edge of which one end is known by its id.
func (r *relation) edge(d store.Direction, near, far string, number uint32) store.Edge {
	l := &r.labels[number]
	from, to := near, far
	if d == store.In {
		from, to = far, near
	}
	props, memo := r.props(number)
	return store.Edge{
		EdgeKey: store.EdgeKey{Rel: r.name, From: store.ID(from), To: store.ID(to), Tag: l.tag},
		Version: l.version, Props: props, Memo: memo,
	}
}

// packLabel appends the text by which equal labels are known.
func (s *shape) packLabel(b []byte, e *store.Edge) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(e.Version))
	b = append(binary.AppendUvarint(b, uint64(len(e.Tag))), e.Tag...)
	return s.pack(b, e.Props)
}

// unpackLabel reads what packLabel wrote.
func unpackLabel(text string) label {
	version, n := uvarint(text)
	size, m := uvarint(text[n:])
	at := n + m + int(size)
	return label{int64(version), text[n+m : at], text[at:]}
}
