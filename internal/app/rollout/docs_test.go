package rollout_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// The diagrams of docs/rollout.md are the tables of the lives.
func TestTheDiagramsAreTheLives_D1(t *testing.T) {
	text, err := os.ReadFile("../../../docs/rollout.md")
	require.NoError(t, err)
	diagrams := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	require.Len(t, diagrams, 3)
	for i, want := range [][]string{ways(domain.DeploymentLife.Moves), ways(domain.WaveLife.Moves), ways(domain.SiteRolloutLife.Moves)} {
		drawn := regexp.MustCompile(`(\w+) --> (\w+)`).FindAllString(diagrams[i][1], -1)
		slices.Sort(drawn)
		require.Equal(t, want, drawn, "diagram %d", i+1)
	}
}

func ways[S ~string, F any](moves []domain.Move[S, F]) (list []string) {
	for _, m := range moves {
		for _, from := range m.From {
			list = append(list, string(from)+" --> "+string(m.To))
		}
	}
	slices.Sort(list)
	return list
}
