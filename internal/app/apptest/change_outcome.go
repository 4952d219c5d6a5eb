package apptest

import (
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// The night in which changes are carried out, before the fixture's clock begins.
var (
	NightBegins = time.Date(2026, 2, 27, 22, 0, 0, 0, time.UTC)
	NightEnds   = NightBegins.Add(2 * time.Hour)
)

func (f *Fixture) Rfc(k string) *domain.ChangeRequest {
	f.T.Helper()
	c, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, Key(k), nil)
	require.NoError(f.T, err)
	return c.(*domain.ChangeRequest)
}
