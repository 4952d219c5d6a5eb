package app

import (
	"context"
	"net/url"
	"strings"

	"releasegraph/internal/domain"
)

// The log's sources carry more than their name, each behind its marker: how
// who made the change is known, by which identities, and under an idempotency key
// a digest of the input.
const (
	methodMarker   = ";method="
	identityMarker = ";by="
)

// signedSource adds to a source how who asks is known.
func signedSource(ctx context.Context, source string) string {
	who := actingFrom(ctx).identity
	var b strings.Builder
	b.WriteString(source)
	if who.Method != "" {
		b.WriteString(methodMarker + string(who.Method))
	}
	for _, id := range who.Identities {
		b.WriteString(identityMarker + url.QueryEscape(id))
	}
	return b.String()
}

// signature is what the source of a change set in the log says.
type signature struct {
	source     string
	method     *domain.IdentityMethod // nil: it was not kept
	identities []string
}

// readSource takes the source of a change set apart.
func readSource(stored string) signature {
	rest, _, _ := strings.Cut(stored, digestMarker)
	source, marks, signed := strings.Cut(rest, methodMarker)
	s := signature{source: source, identities: []string{}}
	if !signed {
		return s
	}
	parts := strings.Split(marks, identityMarker)
	method := domain.IdentityMethod(parts[0])
	s.method = &method
	for _, part := range parts[1:] {
		if id, err := url.QueryUnescape(part); err == nil {
			s.identities = append(s.identities, id)
		}
	}
	return s
}

// inputDigest is the digest of its input that a source carries, "" when it has none.
func inputDigest(stored string) string {
	if i := strings.Index(stored, digestMarker); i >= 0 {
		return stored[i:]
	}
	return ""
}
