package entity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

func some[T any](v T) *T { return &v }

func optional[T any](t *rapid.T, g *rapid.Generator[T], name string) *T {
	if rapid.Bool().Draw(t, name+"?") {
		return some(g.Draw(t, name))
	}
	return nil
}

func anyItem(t *rapid.T) *domain.ConfigurationItem {
	i := &domain.ConfigurationItem{
		Description:    optional(t, rapid.String(), "description"),
		Class:          rapid.SampledFrom(domain.Classes).Draw(t, "class"),
		ProductVersion: optional(t, rapid.String(), "productVersion"),
		Status:         rapid.SampledFrom(domain.ItemStatuses).Draw(t, "status"),
		Environment:    rapid.SampledFrom(domain.Environments).Draw(t, "environment"),
		Criticality:    optional(t, rapid.IntRange(1, 5), "criticality"),
		Users:          optional(t, rapid.IntRange(0, domain.MaxCount), "users"),
	}
	i.ID, i.Version = rapid.StringMatching("[a-z0-9]{1,9}").Draw(t, "id"), rapid.IntRange(1, 99).Draw(t, "version")
	i.CreatedAt, i.UpdatedAt = time.Unix(1, 1000).UTC(), time.Unix(2, 2000).UTC()
	i.Key, i.Name = rapid.String().Draw(t, "key"), rapid.String().Draw(t, "name")
	i.Attributes = rapid.MapOf(rapid.StringMatching("[a-z.]{1,5}"), rapid.String()).Draw(t, "attributes")
	return i
}

func TestARecordComesBackAsItWasStored(t *testing.T) {
	k := entity.KindNamed(domain.KindConfigurationItem)
	rapid.Check(t, func(t *rapid.T) {
		i := anyItem(t)
		props := k.Encode(i)
		for name, v := range props {
			require.NoError(t, store.CheckValue(v), name)
		}
		back := k.Decode(store.Node{
			ID: store.ID(i.ID), Kind: k.Name, Version: int64(i.Version), CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt, Props: props,
		})
		require.Equal(t, i, back)
	})
}

func TestALinkComesBackAsItWasStored(t *testing.T) {
	r := entity.RelationshipsNamed(domain.RelInstalledAt)[0]
	link := &domain.Installation{Version: some("1.2"), Since: some(time.Unix(3, 4000).UTC())}
	require.Equal(t, link, r.DecodeLink(r.EncodeLink(link)))
}

func TestParallelDependenciesAreToldApartByKindAndGroup(t *testing.T) {
	r := entity.RelationshipsNamed(domain.RelDependsOn)[0]
	rapid.Check(t, func(t *rapid.T) {
		draw := func() *domain.Dependency {
			return &domain.Dependency{
				Kind:            rapid.SampledFrom(domain.DependencyKinds).Draw(t, "kind"),
				Impact:          rapid.SampledFrom(domain.Impacts).Draw(t, "impact"),
				RedundancyGroup: optional(t, rapid.StringMatching(`[ab/\\]{1,4}`), "group"),
			}
		}
		x, y := draw(), draw()
		same := x.Kind == y.Kind && (x.RedundancyGroup == nil) == (y.RedundancyGroup == nil) &&
			(x.RedundancyGroup == nil || *x.RedundancyGroup == *y.RedundancyGroup)
		require.Equal(t, same, r.Key("1", "2", x) == r.Key("1", "2", y))
	})
}

func TestTheTopologyTurnsBackWhatItKeeps(t *testing.T) {
	var c entity.TopologyCodec
	k := entity.KindNamed(domain.KindConfigurationItem)
	r := entity.RelationshipsNamed(domain.RelDependsOn)[0]
	rapid.Check(t, func(t *rapid.T) {
		key, facts := c.Node(k.Name, k.Encode(anyItem(t)))
		againKey, again := c.Node(k.Name, c.NodeProps(key, facts))
		require.Equal(t, key, againKey)
		require.Equal(t, facts, again)

		props := r.EncodeLink(&domain.Dependency{
			Kind:            rapid.SampledFrom(domain.DependencyKinds).Draw(t, "kind"),
			Impact:          rapid.SampledFrom(domain.Impacts).Draw(t, "impact"),
			RedundancyGroup: optional(t, rapid.StringMatching(`[ab/\\]{1,4}`), "group"),
			Minimum:         optional(t, rapid.IntRange(1, 9), "minimum"),
		})
		link := c.Edge(r.Name, r.Tag(props), props)
		rel, tag := c.EdgeID(link)
		require.Equal(t, r.Name, rel)
		require.Equal(t, r.Tag(props), tag)
		require.Equal(t, link, c.Edge(rel, tag, c.EdgeProps(link)))
		require.Equal(t, props, c.EdgeProps(link))
	})
}
