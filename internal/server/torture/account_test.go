package torture

import (
	"fmt"
	"slices"
)

// account is what somebody was told, in order: how much, and a digest of it. A million
// events told to two hundred would not fit into memory.
type account struct {
	events int
	digest uint64
	at     int64 // the revision told last
	// marks have it as it was behind every so many events, so that two accounts that differ
	// show where they begin to.
	marks []mark
}

type mark struct {
	digest uint64
	at     int64
}

const markEvery = 64

// The parameters of the digest, which is FNV-1a in 64 bits.
const (
	digestBasis = 14695981039346656037
	digestPrime = 1099511628211
)

func (a *account) add(h heard) {
	digest := a.digest
	if a.events == 0 {
		digest = digestBasis
	}
	digest = (digest ^ uint64(h.revision)) * digestPrime
	for i := range len(h.what) {
		digest = (digest ^ uint64(h.what[i])) * digestPrime
	}
	a.digest, a.at = digest, h.revision
	if a.events++; a.events%markEvery == 0 {
		a.marks = append(a.marks, mark{a.digest, a.at})
	}
}

// differs says where what was told begins to differ from what was to be told; "": nowhere.
func (a *account) differs(want *account) string {
	if a.events == want.events && a.digest == want.digest && slices.Equal(a.marks, want.marks) {
		return ""
	}
	same := 0
	for same < min(len(a.marks), len(want.marks)) && a.marks[same] == want.marks[same] {
		same++
	}
	behind := int64(0)
	if same > 0 {
		behind = a.marks[same-1].at
	}
	return fmt.Sprintf("%d events up to revision %d were told, and there are %d up to %d: they differ within %d events behind number %d, which has revision %d",
		a.events, a.at, want.events, want.at, markEvery, same*markEvery, behind)
}
