package authz_test

import (
	"strconv"
	"testing"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// BenchmarkDecision is one question as every use case asks it, and the first
// one for an actor, which Cedar answers.
func BenchmarkDecision(b *testing.B) {
	a := actor(domain.ChangeManager)
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			_ = authz.Default().May(a, authz.Read, domain.KindSite)
		}
	})
	b.Run("first", func(b *testing.B) {
		named := authz.Source{Name: "named.cedar", Text: []byte(`permit(principal == Actor::"alice", action == Action::"read", resource);`)}
		p, err := authz.Parse(authz.DefaultSource(), named)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			n++
			a.Name = strconv.Itoa(n)
			_ = p.May(a, authz.Read, domain.KindSite)
		}
	})
}
