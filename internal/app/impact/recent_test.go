package impact

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
)

func graphAt(revision int64) *impact.Graph {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	db, shop := b.AddNode("1", "db", domain.Facts{}), b.AddNode("2", "shop", domain.Facts{})
	b.AddArc(shop, db, domain.Link{Rel: domain.RelDependsOn, Impact: domain.ImpactFull})
	return b.Graph(revision)
}

func TestTheSameQuestionOfTheSameGraphIsAnalysedOnce(t *testing.T) {
	var r recent
	g, q := graphAt(1), impact.Query{Sources: []impact.Node{0}}
	first, err := r.analyse(t.Context(), g, q)
	require.NoError(t, err)
	again, err := r.analyse(t.Context(), g, q)
	require.NoError(t, err)
	require.Same(t, first, again)

	other, err := r.analyse(t.Context(), g, impact.Query{Sources: []impact.Node{1}})
	require.NoError(t, err)
	require.NotSame(t, first, other)
	next, err := r.analyse(t.Context(), graphAt(2), q)
	require.NoError(t, err)
	require.NotSame(t, first, next)
	require.Len(t, r.found, 1, "what was found of the earlier graph is let go")
}

func TestWhatACallerMaySeeIsNotKept(t *testing.T) {
	var r recent
	_, err := r.analyse(t.Context(), graphAt(1), impact.Query{Sources: []impact.Node{0}, Sees: func(impact.Node) bool { return false }})
	require.NoError(t, err)
	require.Empty(t, r.found)
}
