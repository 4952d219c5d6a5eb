package running_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	planned "releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
	"releasegraph/internal/plan/rollout/rollouttest"
	"releasegraph/internal/plan/running"
)

// tiesOf are the ties of what a plan would do, all of it in wave 2.
func tiesOf(m *model.Model, got *receive.Received) (*running.Ties, error) {
	in := m.In
	t := &running.Ties{Depends: map[string][]string{}, Needs: map[string][]string{}, At: map[string][]string{}, Requires: map[string][]string{}}
	usable := func(no planned.ItemNo) bool { return in.Items[no].Status.Changeable() }
	for _, d := range in.Dependencies {
		if d.Impact != domain.ImpactNone && usable(d.From) && usable(d.To) {
			t.Depends[in.Items[d.From].Key] = append(t.Depends[in.Items[d.From].Key], in.Items[d.To].Key)
		}
	}
	for _, n := range in.Needs {
		t.Needs[in.Sites[n.From].Key] = append(t.Needs[in.Sites[n.From].Key], in.Sites[n.To].Key)
	}
	for _, i := range in.Installed {
		t.At[in.Items[i.Item].Key] = append(t.At[in.Items[i.Item].Key], in.Sites[i.Site].Key)
	}
	for item, sites := range got.Adds {
		for _, site := range sites {
			key := m.Item(item).Key
			if at := m.Site(site).Key; !slices.Contains(t.At[key], at) {
				t.At[key] = append(t.At[key], at)
			}
		}
	}
	for _, r := range got.Releases {
		needed, err := m.Needed(r)
		if err != nil {
			return nil, err
		}
		for _, q := range needed {
			t.Requires[m.Release(r).Key] = append(t.Requires[m.Release(r).Key], m.Release(q).Key)
		}
	}
	for _, s := range got.Steps {
		taken := running.Taken{Site: m.Site(s.Site).Key, Release: m.Release(s.Release).Key, Wave: 2, Has: true}
		for _, a := range got.Contents[s.Content].Actions {
			switch key := m.Item(a.Item).Key; {
			case !a.Orders():
			case a.Kind == planned.Remove:
				taken.Loses = append(taken.Loses, key)
			default:
				taken.Gets = append(taken.Gets, key)
			}
		}
		t.Steps = append(t.Steps, taken)
	}
	return t, nil
}

// What stands against taking a step back is what the planner put after it: by every
// demand, also those that skip waves.
func TestDependentsAreWhatThePlannerPutsAfter_D7_P4_P9(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Large)
		ctx := context.Background()
		m, err := model.New(ctx, &in)
		require.NoError(t, err)
		got, err := receive.Of(ctx, m, nil)
		if err != nil {
			return // it has no plan
		}
		demands, err := demand.Of(ctx, m, got, demand.Terms{One: -1})
		require.NoError(t, err)
		tracer, err := demands.Tracer(ctx)
		require.NoError(t, err)
		ties, err := tiesOf(m, got)
		require.NoError(t, err)
		want := make([][]int, len(got.Steps))
		for a := range got.Steps {
			list, err := tracer.Of(int32(a))
			require.NoError(t, err)
			for _, d := range list {
				if d.After {
					want[d.Other] = append(want[d.Other], a)
				}
			}
			for b := range a { // those of a site come in the order of what they require
				if got.Steps[b].Site == got.Steps[a].Site && slices.Contains(ties.Requires[ties.Steps[a].Release], ties.Steps[b].Release) {
					want[b] = append(want[b], a)
				}
			}
		}
		for b := range got.Steps {
			ties.Steps[b].Wave = 1
			found, err := ties.Dependents(ctx, []int{b})
			require.NoError(t, err)
			ties.Steps[b].Wave = 2
			slices.Sort(want[b])
			slices.Sort(found)
			require.Equal(t, fmt.Sprint(slices.Compact(want[b])), fmt.Sprint(found), "after %+v", ties.Steps[b])
			pairs += len(found)
		}
	})
	require.NotZero(t, pairs)
}

// What needs a step that goes along goes along, too; what has nothing of the release, and
// what is in the same wave, does not.
func TestDependentsGoAlongOneAfterTheOther_D7(t *testing.T) {
	t1 := running.Ties{
		Depends: map[string][]string{"web": {"app"}, "app": {"db"}},
		At:      map[string][]string{"db": {"hub"}, "app": {"mid"}, "web": {"a", "b"}},
		Steps: []running.Taken{
			{Site: "hub", Wave: 1, Gets: []string{"db"}, Has: true}, {Site: "mid", Wave: 2, Gets: []string{"app"}, Has: true},
			{Site: "a", Wave: 3, Gets: []string{"web"}, Has: true}, {Site: "b", Wave: 3, Gets: []string{"web"}},
		},
	}
	found, err := t1.Dependents(t.Context(), []int{0})
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, found)
	t1.Steps[1].Has = false
	found, err = t1.Dependents(t.Context(), []int{0})
	require.NoError(t, err)
	require.Equal(t, []int{2}, found, "its demand skips a wave")
	t1.Steps[2].Wave = 1
	found, err = t1.Dependents(t.Context(), []int{0})
	require.NoError(t, err)
	require.Empty(t, found)
}
