package event_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/event"
	"releasegraph/internal/domain"
)

func impactOf(f *apptest.Fixture, after *int64, keys ...string) *following[*event.ImpactChange] {
	f.T.Helper()
	s, err := f.Events.ImpactChanged(f.Ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys(keys...)}}, after)
	require.NoError(f.T, err)
	f.T.Cleanup(s.Close)
	return &following[*event.ImpactChange]{Stream: s, f: f}
}

// different words a change: how many are hit, and what is different in that.
func different(f *apptest.Fixture, c *event.ImpactChange) string {
	f.T.Helper()
	list, err := c.Differences(f.Ctx)
	require.NoError(f.T, err)
	text := fmt.Sprint(c.Total)
	word := func(s *domain.Strength) string {
		if s == nil {
			return "-"
		}
		return string(*s)
	}
	for _, d := range list {
		text += fmt.Sprintf(" %s %s>%s", d.Item.Key, word(d.Before), word(d.After))
	}
	return text
}

func TestAStandingImpactQuestionTellsWhatChangesInItsAnswer_E2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, key := range []string{"shop", "app", "db", "aside"} {
			apptest.CreateApplication(f, key)
		}
		head := depend(f, "app", "db")
		live := impactOf(f, nil, "db")
		depend(f, "shop", "app")
		depend(f, "aside", "shop")
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("db"), map[string]any{"name": "Renamed"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Connect(f.Ctx, domain.RelDependsOn, *apptest.ByKey("app"), *apptest.ByKey("aside"), nil, nil) // a cycle, none of db's hits changes
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, domain.RelDependsOn, *apptest.ByKey("app"), *apptest.ByKey("db"), nil, nil)
		require.NoError(t, err)
		for _, s := range []*following[*event.ImpactChange]{live, impactOf(f, &head, "db")} {
			for _, want := range []string{"2 shop ->FULL", "3 aside ->FULL", "0 app FULL>- aside FULL>- shop FULL>-"} {
				require.Equal(t, want, different(f, s.next()))
			}
		}
		_, err = f.Events.ImpactChanged(f.Ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("none")}}, nil)
		require.ErrorContains(t, err, `there is no ConfigurationItem with the key "none"`)
	})
}

// What is hidden from the caller is not named, and is told to nobody else either.
func TestAStandingImpactQuestionNamesNothingThatIsHidden(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("mine")
		for _, key := range []string{"a", "b", "c"} {
			apptest.CreateApplication(f, key)
		}
		f.Connect(domain.RelInstalledAt, "a", "mine", nil)
		f.Connect(domain.RelInstalledAt, "c", "mine", nil)
		all := impactOf(f, nil, "c")
		operator := *f
		operator.Ctx = acting.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "sol", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"mine"}})
		s := impactOf(&operator, nil, "c")
		depend(f, "b", "c")
		depend(f, "a", "b")
		require.Equal(t, "1 b ->FULL", different(f, all.next()))
		require.Equal(t, "2 a ->FULL", different(f, all.next()))
		require.Equal(t, "1 a ->FULL", different(&operator, s.next()))
	})
}
