package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

func TestAKeyIsOneKeyHoweverItsLettersAreTyped(t *testing.T) { // C1
	const composed, decomposed = "caf\u00e9", "cafe\u0301"
	onStores(t, func(t *testing.T, f *fixture) {
		made, err := f.Create(f.ctx, item, values{"key": decomposed, "name": "Café", "class": "SERVICE"}, nil)
		require.NoError(t, err)
		require.Equal(t, composed, made.Record.(*domain.ConfigurationItem).Key)
		_, err = f.Create(f.ctx, item, values{"key": composed, "name": "Another", "class": "SERVICE"}, nil)
		refused(t, err, domain.Conflict, "input.key")
		for _, spelling := range []string{composed, decomposed} {
			found, err := f.Record(f.ctx, item, key(spelling), nil)
			require.NoError(t, err)
			require.NotNil(t, found, spelling)
			_, err = f.Update(f.ctx, item, key(spelling), values{"users": 3}, nil, nil)
			require.NoError(t, err)
		}
		_, err = f.DependencyPath(f.ctx, key(decomposed), key(composed), nil, nil)
		require.NoError(t, err)
	})
}

func TestAKeyHoldsNothingThatCannotBeSeen(t *testing.T) { // C1
	onStores(t, func(t *testing.T, f *fixture) {
		for _, unseen := range []string{"a\u200b", "a\u00a0b", "a\u202eb", "a\u0085"} {
			_, err := f.Create(f.ctx, item, values{"key": unseen, "name": "a", "class": "SERVICE"}, nil)
			refused(t, err, domain.Invalid, "input.key")
		}
	})
}
