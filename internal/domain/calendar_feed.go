package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// CalendarFeed is a secret address of the forward schedule, for calendar
// programs, which cannot log in (H5). Removing it revokes the address.
type CalendarFeed struct {
	Record
	// CreatedBy is the name of the actor who made it.
	CreatedBy *string `graph:"createdBy,filter,sort,import,text,person"`
	// Fingerprint is all that is kept of the secret: see Fingerprint.
	Fingerprint string `graph:"fingerprint,unique,required,import"`
}

// CreatedByPerson is who made the feed.
func (f *CalendarFeed) CreatedByPerson() *Person { return maybePersonOf(f, f.CreatedBy) }

// FeedSecret marks the secret of an address, so that one that was lost somewhere
// is known for what it is.
const FeedSecret = "rgfeed_"

// Fingerprint is the SHA-256 of a secret. The secret is long and random, so
// nothing slower is needed.
func Fingerprint(secret string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(sum[:])
}
