package release_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

func deed(kind release.DeedKind, record string, persons ...string) release.Deed {
	return release.Deed{Kind: kind, Persons: doers(persons...), Record: record}
}

func doers(names ...string) (list []domain.Doer) {
	for _, name := range names {
		list = append(list, domain.Doer{Name: name})
	}
	return list
}

// TestWhoMakesDoesNotJudge is example 15.
func TestWhoMakesDoesNotJudge_R7(t *testing.T) {
	past := []release.Deed{deed(release.DeedBuild, "Build B-1", "alice"), deed(release.DeedManage, "Release R", "carol")}
	breach := release.Separated(past, deed(release.DeedTest, "TestRun T-1", "token:ci-bot", "alice"))
	require.Len(t, breach, 1)
	require.Equal(t, "alice built (Build B-1) and would test (TestRun T-1)", breach[0].String())
	breach = release.Separated(past, deed(release.DeedJudge, "TestRun T-2", "dave", "carol"))
	require.Len(t, breach, 1)
	require.Equal(t, "carol", breach[0].Person)
	require.Empty(t, release.Separated(past, deed(release.DeedTest, "TestRun T-3", "erin")), "a vote on a request is free of it")
	require.Empty(t, release.Separated(past, deed(release.DeedSignDelivered, "SignOff S-1", "alice", "alice")), "who makes may make more")
}

// A person counts under each name, and by what a token or a provider says of them.
func TestAPersonIsOnePersonUnderEachName_R7(t *testing.T) {
	built := release.Deed{Kind: release.DeedBuild, Record: "Release R", Persons: []domain.Doer{{Name: "Alice "}}}
	by := func(who domain.Doer) []release.Breach {
		return release.Separated([]release.Deed{built}, release.Deed{Kind: release.DeedTest, Record: "TestRun T", Persons: []domain.Doer{who}})
	}
	require.Len(t, by(domain.Doer{Name: "ALICE"}), 1)
	require.Len(t, by(domain.Doer{Name: "token:ci-bot", Identities: []string{"token:1", domain.NameIdentity("alice")}}), 1)
	require.Empty(t, by(domain.Doer{Name: "token:ci-bot", Identities: []string{"token:1", domain.NameIdentity("bob")}}))
	built.Persons = []domain.Doer{{Name: "alice", Identities: []string{"idp#7"}}}
	require.Len(t, by(domain.Doer{Name: "alice b.", Identities: []string{"idp#7"}}), 1)
}

func TestNobodyAcceptsTheMediaThatTheyPut_R7(t *testing.T) {
	put := release.Deed{Kind: release.DeedPutMedia, Persons: doers("bob"), Record: "MediaItem m", Item: "m"}
	accept := release.Deed{Kind: release.DeedAcceptMedia, Persons: doers("bob", "bob"), Record: "MediaItem m", Item: "m"}
	require.Len(t, release.Separated([]release.Deed{put}, accept), 1)
	require.Len(t, release.Separated([]release.Deed{accept}, put), 1)
	accept.Item = "n"
	require.Empty(t, release.Separated([]release.Deed{put}, accept))
}

func TestBreachesOfAWholeLifeAreToldByPerson_R7(t *testing.T) {
	require.Equal(t, []string{
		"SEPARATION ann: somebody else: ann tested (TestRun T-1) and manages (Release R)",
		"SEPARATION bob: somebody else: bob built (Build B-1) and accepted (Release R)",
	}, told(release.Separation([]release.Deed{
		deed(release.DeedBuild, "Build B-1", "bob"), deed(release.DeedTest, "TestRun T-1", "ann"), deed(release.DeedAccept, "Release R", "bob"), deed(release.DeedManage, "Release R", "ann"),
	})))
}

// TestDeedByDeedIsAsAllTogether compares refusing each deed with looking at all,
// and with the two lists as the rule words them.
func TestDeedByDeedIsAsAllTogether_R7(t *testing.T) {
	making := []release.DeedKind{release.DeedBuild, release.DeedPutMedia, release.DeedManage, release.DeedSignDelivered}
	judging := []release.DeedKind{release.DeedTest, release.DeedJudge, release.DeedTestManager, release.DeedAccept, release.DeedSignAccepted}
	rapid.Check(t, func(t *rapid.T) {
		var deeds []release.Deed
		breaches, want := 0, 0
		for i := range rapid.IntRange(0, 6).Draw(t, "deeds") {
			d := deed(rapid.SampledFrom(append(slices.Concat(making, judging), release.DeedAcceptMedia)).Draw(t, "kind"), fmt.Sprint(i),
				rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ann", "bob", "cid"}), 1, 2, rapid.ID).Draw(t, "persons")...)
			d.Item = rapid.SampledFrom([]string{"m", "n"}).Draw(t, "item")
			breaches += len(release.Separated(deeds, d))
			for _, e := range deeds {
				both := slices.Contains(making, d.Kind) && slices.Contains(judging, e.Kind) || slices.Contains(making, e.Kind) && slices.Contains(judging, d.Kind)
				media := []release.DeedKind{d.Kind, e.Kind}
				four := d.Item == e.Item && slices.Contains(media, release.DeedPutMedia) && slices.Contains(media, release.DeedAcceptMedia)
				for _, p := range d.Persons {
					if (both || four) && slices.ContainsFunc(e.Persons, func(q domain.Doer) bool { return p.Name == q.Name }) {
						want++
					}
				}
			}
			deeds = append(deeds, d)
		}
		require.Equal(t, want, breaches)
		require.Len(t, release.Separation(deeds), want)
	})
}
