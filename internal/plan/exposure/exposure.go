// Package exposure decides who has a release that is shown to a share of all, before the
// others have it. It is pure.
package exposure

import (
	"crypto/sha256"
	"encoding/binary"

	"releasegraph/internal/domain"
)

// buckets is into how many parts all that is targeted is divided.
const buckets = 10_000

// Has reports whether what a key stands for, a user or an item, is among a percentage of
// all. It depends on the release and the key alone: who is among a share is among each
// larger one, and each release divides them otherwise.
func Has(release, key string, percent int) bool {
	sum := sha256.Sum256([]byte(release + "\x00" + key))
	return binary.BigEndian.Uint64(sum[:8])%buckets < uint64(percent)*buckets/100
}

// CheckShares tells what is wrong with the shares of the waves of a deployment: they rise,
// up to all.
func CheckShares(shares []int) (es domain.Errors) {
	last := 0
	for _, share := range shares {
		if share <= last || share > 100 {
			es = append(es, domain.Breaks("P6", "shares", "%d is out of place: shares are percentages that rise, from 1 to 100", share))
		}
		last = max(last, share)
	}
	if len(shares) == 0 || last != 100 {
		es = append(es, domain.Breaks("P6", "shares", "must end with 100: then all have it"))
	}
	return es
}

// Share is the largest share to which the waves of a deployment have come, 0: none has
// begun.
func Share(waves []*domain.Wave) (share int) {
	for _, w := range waves {
		if w.Exposure != nil && (w.Status == domain.WaveRunning || w.Status == domain.WaveSucceeded) {
			share = max(share, *w.Exposure)
		}
	}
	return share
}
