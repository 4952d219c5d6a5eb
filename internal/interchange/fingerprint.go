package interchange

import (
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
)

// Fingerprint is short for something's identity. Two identities never have the
// same one in practice: in a graph of a thousand million records the chance
// is one in 10²⁰. It holds for one run of the program.
type Fingerprint [2]uint64

// Short is enough to tell relationships apart where a clash would only lead to
// a false complaint.
func (f Fingerprint) Short() uint64 { return f[0] }

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func fingerprint(parts ...string) (f Fingerprint) {
	for i, seed := range seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		for _, part := range parts {
			_, _ = h.WriteString(part)
			_ = h.WriteByte(0)
		}
		f[i] = h.Sum64()
	}
	return f
}

// Fingerprint is short for what the item is about. A relationship of which a
// record has at most one is told by its start alone.
func (i *Item) Fingerprint() Fingerprint {
	switch {
	case !i.IsEdge():
		return i.End.Fingerprint()
	case i.Rel.ToOne:
		return fingerprint("edge", i.Rel.Name, i.From.Kind, i.From.Key, i.To.Kind)
	}
	return fingerprint("edge", i.Rel.Name, i.From.Kind, i.From.Key, i.To.Kind, i.To.Key, i.Rel.Tag(i.Props))
}

// Digest is short for what the item says. It holds for one run of the program.
func (i *Item) Digest() uint32 {
	var h maphash.Hash
	h.SetSeed(seeds[0])
	if i.IsEdge() {
		_, _ = h.WriteString(i.To.Key + "\x00")
	}
	if i.Remove {
		_ = h.WriteByte(1)
	}
	digestValues(&h, i.Values)
	return uint32(h.Sum64())
}

func digestValues(h *maphash.Hash, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, _ = h.WriteString(name)
		switch v := values[name].(type) {
		case string:
			_, _ = h.WriteString("\x00" + v)
		case map[string]any:
			digestValues(h, v)
		default:
			_, _ = fmt.Fprint(h, "\x00", v)
		}
		_ = h.WriteByte(0)
	}
}
