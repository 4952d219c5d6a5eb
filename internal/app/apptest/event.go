package apptest

import (
	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// CreateApplication creates an application, and returns the revision at which it is there.
func CreateApplication(f *Fixture, key string) int64 {
	f.T.Helper()
	w, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, map[string]any{"key": key, "name": "The " + key, "class": "APPLICATION"}, nil)
	require.NoError(f.T, err)
	return w.Revision
}
