package media_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// attempts are all that may be tried with a media item.
func attempts(f *apptest.Fixture, key string) map[string]func(context.Context) error {
	ref, other := domain.Verb{Ref: apptest.Key(key), Reason: apptest.Some("so")}, "00"+digest[2:]
	update := func(values apptest.Values) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := f.Records.Update(ctx, domain.KindMediaItem, ref.Ref, values, nil, nil)
			return err
		}
	}
	bring := func(more string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: []string{`{"node":"MediaItem","key":"` + key + `"` + more + `}`}, Overwrite: true}, nil)
			return err
		}
	}
	connect := func(item string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := f.Records.Connect(ctx, domain.RelMasterOf, ref.Ref, apptest.Key(item), nil, nil)
			return err
		}
	}
	return map[string]func(context.Context) error{
		"number it anew": update(apptest.Values{"productVersion": "9.9.9"}), "declare it anew": update(apptest.Values{"sha256": other}),
		"declare it longer": update(apptest.Values{"size": 5}), "make it a document": update(apptest.Values{"kind": "DOCUMENT"}),
		"name it":              update(apptest.Values{"name": "another"}),
		"bring another digest": bring(`,"sha256":"` + other + `"`), "bring another number": bring(`,"productVersion":"9.9.9"`),
		"bring another kind": bring(`,"kind":"SCRIPT"`), "bring another length": bring(`,"size":9`), "bring it into quarantine": bring(`,"status":"QUARANTINE"`),
		"put other bytes": func(ctx context.Context) error { return f.Media.Stored(ctx, key, other, 4, "main") },
		"put its bytes":   func(ctx context.Context) error { return f.Media.Stored(ctx, key, digest, 4, "archive") },
		"connect another": connect("shop"), "connect its own": connect("pay"),
		"disconnect": func(ctx context.Context) error {
			_, err := f.Records.Disconnect(ctx, domain.RelMasterOf, ref.Ref, apptest.Key("pay"), nil, nil)
			return err
		},
		"remove": func(ctx context.Context) error {
			_, err := f.Records.Remove(ctx, domain.KindMediaItem, ref.Ref, nil, nil)
			return err
		},
		"accept": func(ctx context.Context) error { _, err := f.Media.AcceptMediaItem(ctx, ref, nil); return err },
		"refuse": func(ctx context.Context) error { _, err := f.Media.RefuseMediaItem(ctx, ref, nil); return err },
		"retire": func(ctx context.Context) error { _, err := f.Media.RetireMediaItem(ctx, ref, nil); return err },
		"purge":  func(ctx context.Context) error { _, err := f.Media.PurgeMediaItem(ctx, ref, nil); return err },
	}
}

// Whatever a mix of roles tries in any order: of what was accepted, the content, its
// digest, of what it is a copy and in which version never change, and it only goes
// on to its end (L1, L5).
func TestAcceptedMediaNeverChanges_L1(t *testing.T) {
	run := func(t *testing.T, f *apptest.Fixture) {
		f.Lines(`{"node":"ConfigurationItem","key":"pay","name":"p","class":"PROGRAM"}`, `{"node":"ConfigurationItem","key":"shop","name":"s","class":"PROGRAM"}`)
		n := 0
		roles := []domain.Role{domain.Admin, domain.ConfigurationManager, domain.BuildManager, domain.ReleaseManager, domain.Viewer}
		rapid.Check(t, func(t *rapid.T) {
			n++
			key := fmt.Sprint("kit-", n)
			f.Lines(
				fmt.Sprintf(`{"node":"MediaItem","key":%q,"name":"m","kind":"PACKAGE","productVersion":"1.0.%d","sha256":%q,"size":4,"status":"ACCEPTED","stored":true,"copies":["main"],"putBy":"paul","acceptedBy":"cora","acceptedAt":"2026-01-01T00:00:00Z"}`, key, n, digest),
				fmt.Sprintf(`{"edge":"MASTER_OF","from":"MediaItem:%s","to":"ConfigurationItem:pay"}`, key),
			)
			all := attempts(f, key)
			names := []string{}
			for name := range all {
				names = append(names, name)
			}
			slices.Sort(names)
			before := f.Read(domain.KindMediaItem, key).(*domain.MediaItem)
			for range 8 {
				name := rapid.SampledFrom(names).Draw(t, "attempt")
				_ = all[name](f.As("carl", rapid.SampledFrom(roles).Draw(t, "role"))) // most are refused
				now := f.Read(domain.KindMediaItem, key).(*domain.MediaItem)
				require.Equal(t, []any{before.Sha256, before.Size, before.ProductVersion, before.Kind}, []any{now.Sha256, now.Size, now.ProductVersion, now.Kind}, name)
				require.Contains(t, []domain.MediaStatus{domain.MediaAccepted, domain.MediaRetired, domain.MediaPurged}, now.Status, name)
				require.True(t, f.Linked(domain.RelMasterOf, key, "pay"), name)
				pages, err := f.Store.Edges(f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(now.ID)}, Rel: domain.RelMasterOf, Direction: store.Out})
				require.NoError(t, err)
				require.Len(t, pages[0].Edges, 1, name)
			}
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		defer neo4jtest.FewerDraws(60)()
		run(t, apptest.NewFixture(t, apptest.OpenSQLite(t)))
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws(4)()
		run(t, apptest.NewFixture(t, apptest.OpenNeo4j(t)))
	})
}
