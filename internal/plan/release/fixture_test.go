package release_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

// semver and natural read numbers as the default policy says: of releases, and
// of items.
var semver, natural = must(version.Scheme{Kind: version.Semver}.Reader()), must(version.Scheme{Kind: version.Natural}.Reader())

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// estate is units with their items. It counts how often it is asked.
type estate struct {
	units map[string][]release.Member
	asked int
}

func (e *estate) UnitsOf(_ context.Context, items []string) (map[string][]string, error) {
	e.asked++
	of := map[string][]string{}
	for unit, members := range e.units {
		for _, m := range members {
			for _, item := range items {
				if m.Item == item {
					of[item] = append(of[item], unit)
				}
			}
		}
	}
	return of, nil
}

func (e *estate) ItemsOf(_ context.Context, units []string) (map[string][]release.Member, error) {
	e.asked++
	of := map[string][]release.Member{}
	for _, u := range units {
		of[u] = e.units[u]
	}
	return of, nil
}

func member(item string) release.Member {
	return release.Member{Item: item, Status: domain.ItemLive, ProductVersion: "1.0.0"}
}

func modify(item, from, to string) release.Content {
	return release.Content{Item: item, Action: release.Modify, From: from, To: to, Coexists: true}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return when
}

func units(keys ...string) (list []release.Unit) {
	for _, k := range keys {
		list = append(list, release.Unit{Key: k})
	}
	return list
}

// told is the lacks as NAME about: text.
func told(lacks []release.Lack) (list []string) {
	for _, l := range lacks {
		list = append(list, l.Name+" "+l.About+": "+l.Text)
	}
	return list
}
