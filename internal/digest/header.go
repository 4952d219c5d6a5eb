package digest

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/dunglas/httpsfv"
)

// algorithm is how RFC 9530 names SHA-256.
const algorithm = "sha-256"

// ParseHeader reads the values of a Repr-Digest or Content-Digest header (RFC
// 9530), such as "sha-256=:…:". Digests by other algorithms are passed over; an
// error says that there is none by SHA-256.
func ParseHeader(values []string) (SHA256, error) {
	var d SHA256
	fields, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return d, fmt.Errorf("write it as sha-256=:BASE64: (RFC 9530): %w", err)
	}
	member, ok := fields.Get(algorithm)
	if !ok {
		return d, errors.New("it names no sha-256")
	}
	item, ok := member.(httpsfv.Item)
	if !ok {
		return d, errors.New("sha-256 must be one value between colons")
	}
	sum, ok := item.Value.([]byte)
	if !ok || len(sum) != len(d) {
		return d, errors.New("sha-256 must be 32 bytes in base64 between colons")
	}
	copy(d[:], sum)
	if d.IsZero() {
		return d, errors.New("sha-256 is that of nothing known")
	}
	return d, nil
}

// Header returns the value of a Repr-Digest header.
func (d SHA256) Header() string {
	return algorithm + "=:" + base64.StdEncoding.EncodeToString(d[:]) + ":"
}
