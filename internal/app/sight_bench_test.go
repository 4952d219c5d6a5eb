package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store/sqlite"
)

// BenchmarkWhatACallerMaySee asks for a page of ten items: as who sees all, for
// whom nothing is added to the question, and as a site operator.
func BenchmarkWhatACallerMaySee(b *testing.B) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Memory, entity.Schema(), sqlite.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close(ctx)) })
	f := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	lines := []string{`{"node":"Site","key":"par-1","name":"Paris"}`}
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf(`{"node":"ConfigurationItem","key":"i%d","name":"I","class":"SERVICE"}`, i))
		if i%100 == 0 {
			lines = append(lines, fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:i%d","to":"Site:par-1"}`, i))
		}
	}
	done, err := f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: lines}, nil)
	require.NoError(b, err)
	require.Empty(b, done.Wrong)
	ten := 10
	for name, actor := range map[string]domain.Actor{
		"of=all":      {Name: "a", Roles: []domain.Role{domain.Viewer}},
		"of=one site": {Name: "o", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				asked := acting.WithActor(f.WithLoads(ctx), actor)
				_, err := f.Records.Records(asked, apptest.ItemKind, listing.List{First: &ten})
				require.NoError(b, err)
			}
		})
	}
}
