package source

import (
	"context"
	"net/url"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
)

// The log's sources carry more than their name, each behind its marker: how
// who made the change is known, by which identities, in which request where its caller
// named that, and under an idempotency key a digest of the input.
const (
	methodMarker   = ";method="
	identityMarker = ";by="
	requestMarker  = ";request="
	digestMarker   = ";sha256="
)

// Signed adds to a source how who asks is known, and the id that they gave the request.
// One that they did not name has none: it would make the log longer for everybody.
func Signed(ctx context.Context, source string) string {
	who := acting.From(ctx)
	var b strings.Builder
	b.WriteString(source)
	if who.Method != "" {
		b.WriteString(methodMarker + string(who.Method))
	}
	for _, id := range who.Identities {
		b.WriteString(identityMarker + url.QueryEscape(id))
	}
	if id := acting.RequestID(ctx); id != "" {
		b.WriteString(requestMarker + url.QueryEscape(id))
	}
	return b.String()
}

// signature is what the source of a change set in the log says.
type signature struct {
	Source     string
	Method     *domain.IdentityMethod // nil: it was not kept
	Identities []string
	RequestID  string // "": the caller gave the request none
}

// Read takes the source of a change set apart.
func Read(stored string) signature {
	rest, _, _ := strings.Cut(stored, digestMarker)
	rest, request, _ := strings.Cut(rest, requestMarker)
	source, marks, signed := strings.Cut(rest, methodMarker)
	s := signature{Source: source, Identities: []string{}}
	if id, err := url.QueryUnescape(request); err == nil {
		s.RequestID = id
	}
	if !signed {
		return s
	}
	parts := strings.Split(marks, identityMarker)
	method := domain.IdentityMethod(parts[0])
	s.Method = &method
	for _, part := range parts[1:] {
		if id, err := url.QueryUnescape(part); err == nil {
			s.Identities = append(s.Identities, id)
		}
	}
	return s
}

// Digest returns the digest of its input that a source carries, "" when it
// has none.
func Digest(stored string) string {
	if i := strings.Index(stored, digestMarker); i >= 0 {
		return stored[i:]
	}
	return ""
}
