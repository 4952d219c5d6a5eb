package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// The gravest voice counts, and what caused a problem is not effective alone.
func TestTheGravestVoiceCounts_R17(t *testing.T) {
	for _, c := range []struct {
		said   []domain.ReleaseEffect
		caused int
		is     domain.ReleaseEffect
	}{
		{[]domain.ReleaseEffect{domain.Effective}, 0, domain.Effective},
		{[]domain.ReleaseEffect{domain.Effective, domain.Effective}, 1, domain.PartlyEffective},
		{[]domain.ReleaseEffect{domain.Effective, domain.Ineffective, domain.PartlyEffective}, 0, domain.Ineffective},
		{[]domain.ReleaseEffect{domain.Ineffective}, 3, domain.Ineffective},
		{nil, 1, domain.PartlyEffective},
	} {
		require.Equal(t, c.is, *domain.EffectOf(c.said, c.caused))
	}
	require.Nil(t, domain.EffectOf(nil, 0))
}
