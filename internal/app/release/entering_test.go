package release_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
)

// deed is something that somebody may try.
type deed struct {
	name string
	try  func(context.Context) error
}

// trial is a release that is planned and agreed on, with its kit: all under names
// of its own.
type trial struct{ release, carried, more, kit, script string }

func newTrial(f *apptest.Fixture, n int) trial {
	of := trial{fmt.Sprint("R-", n), fmt.Sprint("C-1-", n), fmt.Sprint("C-2-", n), fmt.Sprint("kit-", n), fmt.Sprint("script-", n)}
	number := fmt.Sprint("1.1.", n)
	request := func(key, status string) string {
		return fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"c","type":"NORMAL","status":%q,"requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"}`, key, status)
	}
	affects := func(key string) string {
		return fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:%s","to":"ConfigurationItem:pay-calc"}`, key)
	}
	copied := func(key, kind string) string {
		return fmt.Sprintf(`{"node":"MediaItem","key":%q,"name":"m","kind":%q,"productVersion":%q,"sha256":%q,"size":3,"status":"ACCEPTED","stored":true,"copies":["main"]}`, key, kind, number, digest)
	}
	f.Lines(request(of.carried, "AUTHORISED"), request(of.more, "ASSESSED"), affects(of.carried), affects(of.more), copied(of.kit, "PACKAGE"), copied(of.script, "SCRIPT"),
		fmt.Sprintf(`{"edge":"MASTER_OF","from":"MediaItem:%s","to":"ConfigurationItem:pay-calc"}`, of.kit))
	f.Create(domain.KindRelease, of.release, apptest.Values{"releaseVersion": number, "type": "MINOR", "category": "DELTA"})
	f.Connect(domain.RelChanges, of.release, "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": number})
	f.Connect(domain.RelImplements, of.release, of.carried, nil)
	f.Connect(domain.RelKitOf, of.kit, of.release, nil)
	f.Connect(domain.RelKitOf, of.script, of.release, nil)
	agreed(f, of.release, of.script)
	return of
}

// deeds are all that matters for a release on its way into acceptance: the first
// three lead there and back.
func deeds(f *apptest.Fixture, of trial) []deed {
	verb := func(name string, do func(context.Context, domain.Verb, *domain.WriteOptions) error) deed {
		return deed{name, func(ctx context.Context) error { return do(ctx, apptest.OfRelease(of.release), nil) }}
	}
	link := func(name, rel, from, to string, values apptest.Values) []deed {
		return []deed{
			{"connect " + name, func(ctx context.Context) error {
				_, err := f.Records.Connect(ctx, rel, apptest.Key(from), apptest.Key(to), values, nil)
				return err
			}},
			{"disconnect " + name, func(ctx context.Context) error {
				_, err := f.Records.Disconnect(ctx, rel, apptest.Key(from), apptest.Key(to), nil, nil)
				return err
			}},
		}
	}
	list := []deed{
		verb("start", func(ctx context.Context, in domain.Verb, o *domain.WriteOptions) error {
			_, err := f.Releases.StartBuild(ctx, in, o)
			return err
		}),
		verb("submit", func(ctx context.Context, in domain.Verb, o *domain.WriteOptions) error {
			_, err := f.Releases.SubmitForAcceptance(ctx, in, o)
			return err
		}),
		verb("unlock", func(ctx context.Context, in domain.Verb, o *domain.WriteOptions) error {
			_, err := f.Releases.UnlockRelease(ctx, in, o)
			return err
		}),
		{"back the request out", func(ctx context.Context) error {
			_, err := f.Changes.BackOutChangeRequest(ctx, change.ChangeVerb{Ref: apptest.Key(of.carried)}, nil)
			return err
		}},
		{"withdraw the other", func(ctx context.Context) error {
			_, err := f.Changes.WithdrawChangeRequest(ctx, change.ChangeVerb{Ref: apptest.Key(of.more)}, nil)
			return err
		}},
		{"retire the kit", func(ctx context.Context) error {
			_, err := f.Media.RetireMediaItem(ctx, domain.Verb{Ref: apptest.Key(of.kit)}, nil)
			return err
		}},
	}
	for name, wrong := range map[string][]string{"find the kit damaged": {"main"}, "find the kit whole": nil} {
		list = append(list, deed{name, func(ctx context.Context) error {
			f.Media.CompareBy(copies(wrong))
			_, err := f.Media.CompareMediaItem(ctx, domain.Verb{Ref: apptest.Key(of.kit)}, nil)
			return err
		}})
	}
	slices.SortFunc(list[6:], func(a, b deed) int { return strings.Compare(a.name, b.name) })
	list = append(list, link("the request", domain.RelImplements, of.release, of.carried, nil)...)
	list = append(list, link("the other", domain.RelImplements, of.release, of.more, nil)...)
	list = append(list, link("the kit", domain.RelKitOf, of.kit, of.release, nil)...)
	list = append(list, link("the script", domain.RelKitOf, of.script, of.release, nil)...)
	return append(list, link("pay-ui", domain.RelChanges, of.release, "pay-ui", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})...)
}

// copies are the locations whose copies are wrong.
type copies []string

func (c copies) Wrong(context.Context, *domain.MediaItem) ([]string, error) { return c, nil }

// Whatever a mix of roles does in any order: what enters acceptance was
// authorised, and is kept and whole (H4, R6, L2).
func TestNothingEntersAcceptanceThatIsNotAuthorisedAndKept_H4_R6_L2(t *testing.T) {
	run := func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		straight := newTrial(f, 0)
		for _, act := range deeds(f, straight)[:2] { // the way that leads there
			require.NoError(t, act.try(f.As("somebody", domain.Admin)))
		}
		require.Equal(t, domain.ReleaseInAcceptance, f.Release(straight.release).Status)
		n := 0
		roles := []domain.Role{domain.Admin, domain.ReleaseManager, domain.BuildManager, domain.ChangeManager, domain.ConfigurationManager, domain.Requester}
		rapid.Check(t, func(t *rapid.T) {
			n++
			of := newTrial(f, n)
			all := deeds(f, of)
			for range 8 {
				act := all[rapid.SampledFrom([]int{0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}).Draw(t, "deed")]
				before := f.Release(of.release).Status
				_ = act.try(f.As("somebody", rapid.SampledFrom(roles).Draw(t, "role"))) // it may be refused
				r := f.Release(of.release)
				if before != r.Status && r.Status == domain.ReleaseInAcceptance {
					mayHaveEntered(t, f, of, r)
				}
			}
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		defer neo4jtest.FewerDraws(30)()
		run(t, apptest.NewFixture(t, apptest.OpenSQLite(t)))
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws(3)()
		run(t, apptest.NewFixture(t, apptest.OpenNeo4j(t)))
	})
}

// mayHaveEntered looks at what a release that has just entered acceptance stands
// on, without the code that let it in.
func mayHaveEntered(t *rapid.T, f *apptest.Fixture, of trial, r *domain.Release) {
	for _, key := range []string{of.carried, of.more} {
		if f.Linked(domain.RelImplements, of.release, key) && f.Status(key) != domain.ChangeInRelease {
			t.Fatalf("%s is %s", key, f.Status(key))
		}
	}
	for _, key := range []string{of.kit, of.script} {
		m := f.Read(domain.KindMediaItem, key).(*domain.MediaItem)
		if !f.Linked(domain.RelKitOf, key, of.release) || m.Status != domain.MediaAccepted || !m.Stored || m.Damaged() {
			t.Fatalf("%s is %s, stored %t, damaged %t, in the kit %t", key, m.Status, m.Stored, m.Damaged(), f.Linked(domain.RelKitOf, key, of.release))
		}
	}
	if f.Linked(domain.RelChanges, of.release, "pay-ui") {
		t.Fatal("pay-ui has no copy in the kit")
	}
	if r.ContentDigest == nil {
		t.Fatal("what was submitted has no digest")
	}
}
