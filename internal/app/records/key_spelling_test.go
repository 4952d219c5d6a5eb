package records_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

func TestAKeyIsOneKeyHoweverItsLettersAreTyped(t *testing.T) { // C1
	const composed, decomposed = "caf\u00e9", "cafe\u0301"
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		made, err := f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": decomposed, "name": "Café", "class": "SERVICE"}, nil)
		require.NoError(t, err)
		require.Equal(t, composed, made.Record.(*domain.ConfigurationItem).Key)
		_, err = f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": composed, "name": "Another", "class": "SERVICE"}, nil)
		apptest.Refused(t, err, domain.Conflict, "input.key")
		for _, spelling := range []string{composed, decomposed} {
			found, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key(spelling), nil)
			require.NoError(t, err)
			require.NotNil(t, found, spelling)
			_, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key(spelling), apptest.Values{"users": 3}, nil, nil)
			require.NoError(t, err)
		}
		_, err = f.Impact.DependencyPath(f.Ctx, apptest.Key(decomposed), apptest.Key(composed), nil, nil)
		require.NoError(t, err)
	})
}

func TestAKeyHoldsNothingThatCannotBeSeen(t *testing.T) { // C1
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, unseen := range []string{"a\u200b", "a\u00a0b", "a\u202eb", "a\u0085"} {
			_, err := f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": unseen, "name": "a", "class": "SERVICE"}, nil)
			apptest.Refused(t, err, domain.Invalid, "input.key")
		}
	})
}
