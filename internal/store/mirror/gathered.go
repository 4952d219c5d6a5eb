package mirror

import "github.com/RoaringBitmap/roaring/v2"

// gathered is rows that are found in no order, which a bitmap would have to be
// searched for: a few are listed, more are marked.
type gathered struct {
	few    []uint32
	marked []uint64
	pages  int // how many there are
}

// fewGathered is how many rows are listed.
const fewGathered = 64

func (s *snapshot) gather() *gathered { return &gathered{pages: len(s.rows)} }

func (g *gathered) add(row uint32) {
	switch {
	case g.marked != nil:
		g.marked[row/64] |= 1 << (row % 64)
	case len(g.few) < fewGathered:
		g.few = append(g.few, row)
	default:
		g.marked = make([]uint64, g.pages*pageRows/64)
		for _, r := range g.few {
			g.add(r)
		}
		g.add(row)
	}
}

// rows returns what was gathered, which nothing is added to any more.
func (g *gathered) rows() *roaring.Bitmap {
	if g.marked == nil {
		return roaring.BitmapOf(g.few...)
	}
	return roaring.FromDense(g.marked, false)
}
