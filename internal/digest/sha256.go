// Package digest names contents by their SHA-256, as text and in HTTP headers.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// SHA256 is the SHA-256 of a content. The zero value is that of none.
type SHA256 [sha256.Size]byte

// Of returns the digest of a text.
func Of(text []byte) SHA256 { return sha256.Sum256(text) }

// Parse reads 64 hexadecimal digits.
func Parse(text string) (SHA256, error) {
	var d SHA256
	if len(text) != hex.EncodedLen(len(d)) {
		return d, fmt.Errorf("a SHA-256 has 64 hexadecimal digits, not %d characters", len(text))
	}
	if _, err := hex.Decode(d[:], []byte(text)); err != nil {
		return SHA256{}, fmt.Errorf("%q is no SHA-256: it must be 64 hexadecimal digits", text)
	}
	if d.IsZero() {
		return d, fmt.Errorf("%q is the SHA-256 of nothing known", text)
	}
	return d, nil
}

// String returns 64 lower-case hexadecimal digits.
func (d SHA256) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether it is the digest of no content.
func (d SHA256) IsZero() bool { return d == SHA256{} }

// MarshalText implements encoding.TextMarshaler.
func (d SHA256) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *SHA256) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	*d = parsed
	return err
}
