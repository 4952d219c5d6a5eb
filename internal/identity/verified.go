package identity

import (
	"crypto/sha256"
	"sync"

	"releasegraph/internal/app/acting"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// maxVerified is how many tokens are kept in mind.
const maxVerified = 10_000

// verified are tokens whose signature was looked at, by their hashes: whoever
// calls again and again sends the same one.
type verified struct {
	mu   sync.Mutex
	kept *simplelru.LRU[[sha256.Size]byte, believed]
}

// believed is whose a token is, as long as the provider's keys are those of a
// round.
type believed struct {
	identity acting.Identity
	round    int64
}

func newVerified() *verified {
	kept, _ := simplelru.NewLRU[[sha256.Size]byte, believed](maxVerified, nil) // an error is for a size below one
	return &verified{kept: kept}
}

func (v *verified) get(hash [sha256.Size]byte, round int64) (acting.Identity, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	b, ok := v.kept.Get(hash)
	return b.identity, ok && b.round == round
}

func (v *verified) add(hash [sha256.Size]byte, id acting.Identity, round int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept.Add(hash, believed{id, round})
}
