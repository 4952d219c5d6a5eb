package graphgen

import (
	"math/rand/v2"

	"releasegraph/internal/domain"
)

// Estate is a made estate. Its nodes are numbered: first the sites, then the
// items, the lowest layer first. All its methods may be called concurrently.
type Estate struct {
	spec Spec
	// cone holds the source and all that depend on it, rest the other items;
	// both in the order of numbers. Items of the rest never need one of the cone.
	cone, rest []int32
}

// Generate makes the estate of the Spec, or says what is wrong with that.
func Generate(spec Spec) (*Estate, error) {
	spec = spec.withDefaults()
	if err := spec.check(); err != nil {
		return nil, err
	}
	e := &Estate{spec: spec}
	e.divide()
	return e, nil
}

// divide puts each item into the cone or the rest, in runs, so that the cone
// ends up with exactly the size asked for.
func (e *Estate) divide() {
	const run = 64
	items, want := e.spec.Items, e.spec.Reach+1
	taking := false
	for i := range items {
		taken := len(e.cone)
		if i%run == 0 {
			taking = taken*items <= want*i
		}
		if taken < want && (taking || want-taken >= items-i) {
			e.cone = append(e.cone, e.item(i))
		} else {
			e.rest = append(e.rest, e.item(i))
		}
	}
}

// item is the number of the i-th item.
func (e *Estate) item(i int) int32 { return int32(e.spec.Sites + i) }

// Spec tells what was made, defaults filled in.
func (e *Estate) Spec() Spec { return e.spec }

// Len counts the nodes.
func (e *Estate) Len() int { return e.spec.Sites + e.spec.Items }

// Source is the number of the item that exactly Spec.Reach items depend on.
func (e *Estate) Source() int { return int(e.cone[0]) }

// Kind is the kind of the node with the number.
func (e *Estate) Kind(n int) string {
	if n < e.spec.Sites {
		return domain.KindSite
	}
	return domain.KindConfigurationItem
}

// ID is the id of the node with the number: a UUID version 7 in text form,
// later numbers after earlier ones.
func (e *Estate) ID(n int) string {
	const digits, first = "0123456789abcdef", 0x019a_0000_0000 // milliseconds, late in 2025
	id := []byte("00000000-0000-7000-8000-000000000000")
	put := func(end int, v uint64) {
		for i := end; v > 0; i-- {
			if id[i] != '-' {
				id[i] = digits[v&15]
				v >>= 4
			}
		}
	}
	put(12, first+uint64(n))
	put(35, uint64(n)*0x9e37_79b9&0xffff_ffff_ffff)
	return string(id)
}

// random is a source of randomness of its own for each purpose.
func (e *Estate) random(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(e.spec.Seed, purpose))
}

const (
	forNodes uint64 = iota + 1
	forEdges
)
