package mirror

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
)

// finder finds rows by ids and by unique values. It tells which rows may hold
// what is looked for, in any snapshot: whoever asks looks at the rows of theirs.
// One goroutine adds; all may find. Nothing is ever taken out.
type finder struct {
	seed  maphash.Seed
	slots atomic.Pointer[[]atomic.Uint64] // a power of two of them: the upper half a part of the hash, the lower a row, counted from 1
	taken int
}

func newFinder() *finder {
	f := &finder{seed: maphash.MakeSeed()}
	f.clear(0)
	return f
}

// clear makes room for entries, and forgets those that there were.
func (f *finder) clear(entries int) {
	size := 1024
	for size < 2*entries+2 {
		size *= 2
	}
	slots := make([]atomic.Uint64, size)
	f.slots.Store(&slots)
	f.taken = 0
}

// fill notes entries for which there is room.
func (f *finder) fill(entries []uint64) {
	slots := *f.slots.Load()
	for _, e := range entries {
		put(slots, e)
	}
	f.taken += len(entries)
}

// entry says that a row holds what has the hash.
func entry(hash, row uint32) uint64 { return uint64(hash)<<32 | uint64(row+1) }

// hash returns the hash of a text that is what: an id, or a value of a property.
func (f *finder) hash(what uint64, text string) uint32 {
	const golden = 0x9e3779b97f4a7c15
	return uint32((maphash.String(f.seed, text) ^ what*golden) >> 32)
}

// idText stands for ids in a hash.
const idText = 0

// ofProperty stands for the values of a unique property in a hash.
func (k *kind) ofProperty(number int) uint64 { return uint64(k.number+1)<<16 | uint64(number) }

// rows visits the rows that may hold what has the hash, until visit returns
// false.
func (f *finder) rows(hash uint32, visit func(row uint32) bool) {
	slots := *f.slots.Load()
	for i := start(hash, len(slots)); ; i = (i + 1) & (len(slots) - 1) {
		s := slots[i].Load()
		if s == 0 || uint32(s>>32) == hash && !visit(uint32(s)-1) {
			return
		}
	}
}

// add notes that a row holds what has the hash.
func (f *finder) add(hash uint32, row uint32) {
	known := false
	f.rows(hash, func(r uint32) bool {
		known = r == row
		return !known
	})
	if known {
		return
	}
	slots := *f.slots.Load()
	if 2*f.taken >= len(slots) {
		slots = f.grow(slots)
	}
	put(slots, entry(hash, row))
	f.taken++
}

func (f *finder) grow(old []atomic.Uint64) []atomic.Uint64 {
	slots := make([]atomic.Uint64, 2*len(old))
	for i := range old {
		if s := old[i].Load(); s != 0 {
			put(slots, s)
		}
	}
	f.slots.Store(&slots)
	return slots
}

func put(slots []atomic.Uint64, s uint64) {
	i := start(uint32(s>>32), len(slots))
	for slots[i].Load() != 0 {
		i = (i + 1) & (len(slots) - 1)
	}
	slots[i].Store(s)
}

// start is where the slots of a hash begin.
func start(hash uint32, slots int) int {
	return int(hash >> (32 - bits.TrailingZeros(uint(slots))))
}
