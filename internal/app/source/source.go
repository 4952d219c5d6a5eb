// Package source writes and reads the sources of the change sets in the log: by which
// means each came in, and how it was known who made it.
package source

import (
	"crypto/sha256"
	"encoding/hex"
)

// The means by which changes come in.
const (
	API    = "api"    // mutations
	Import = "import" // lines
)

// DigestOf returns what a source carries of the input of a mutation with an idempotency
// key, so that the key cannot be used for another input.
func DigestOf(input []byte) string {
	sum := sha256.Sum256(input)
	return digestMarker + hex.EncodeToString(sum[:])
}
