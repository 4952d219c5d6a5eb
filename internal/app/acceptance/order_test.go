package acceptance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// trial is a release that is signed and lacks nothing but to be accepted, with what
// people did for it so far: made it, or judged it.
type trial struct {
	f                *apptest.Fixture
	n                int
	key              string
	made, judged     map[string]bool
	signatures, runs int
	inconclusive     []string
	role             domain.Role // in which people act
}

// newTrial brings one more release to where it can be accepted.
func newTrial(f *apptest.Fixture, n int) *trial {
	of := &trial{f: f, n: n, key: fmt.Sprint("R-", n), role: domain.Admin, made: map[string]bool{}, judged: map[string]bool{}}
	number, request := fmt.Sprint("1.1.", n), fmt.Sprint("C-1-", n)
	kit, script := fmt.Sprint("kit-", n), fmt.Sprint("script-", n)
	f.Lines(
		fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"c","type":"NORMAL","status":"AUTHORISED","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"}`, request),
		fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:%s","to":"ConfigurationItem:pay-calc"}`, request),
		copied(kit, "PACKAGE", number), copied(script, "SCRIPT", number), fmt.Sprintf(`{"edge":"MASTER_OF","from":"MediaItem:%s","to":"ConfigurationItem:pay-calc"}`, kit),
		fmt.Sprintf(`{"node":"Release","key":%q,"name":"r","releaseVersion":%q,"type":"MINOR","category":"DELTA","approach":"PHASED","assembly":"a","plannedFrom":"2027-01-01T00:00:00Z","plannedTo":"2027-01-05T00:00:00Z","manager":"mia","buildManager":"bea","testManager":"tom","deploymentManager":"dan"}`, of.key, number),
		fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:pay-calc","action":"MODIFY","fromVersion":"1.0.0","toVersion":%q}`, of.key, number),
		fmt.Sprintf(`{"edge":"IMPLEMENTS","from":"Release:%s","to":"ChangeRequest:%s"}`, of.key, request),
		fmt.Sprintf(`{"edge":"KIT_OF","from":"MediaItem:%s","to":"Release:%s"}`, kit, of.key), fmt.Sprintf(`{"edge":"KIT_OF","from":"MediaItem:%s","to":"Release:%s"}`, script, of.key),
	)
	f.PlanTests(of.key, script)
	for _, name := range []string{"mia", "bea", "paul"} {
		of.made[name] = true
	}
	of.judged["tom"] = true
	for _, way := range [][2]string{{"start", "mia"}, {"submit", "bea"}} {
		require.NoError(f.T, of.act(way[0], way[1]), way[0])
	}
	for kind := range apptest.DemandedTests {
		require.NoError(f.T, of.act("pass "+string(kind), "tom"))
	}
	f.Deliver(of.key)
	for _, s := range signers {
		require.NoError(f.T, of.act("sign "+string(s.column), s.who))
	}
	return of
}

// acts are all that matters on the way to acceptance.
func acts() []string {
	list := []string{"accept", "accept", "accept", "accept", "accept", "accept", "start", "submit", "unlock", "replan", "defect", "rewrite", "approve", "withdraw", "judge", "rename",
		"reject", "cancel", "take the kit", "give another kit", "demand", "excuse", "bring"}
	for kind := range apptest.DemandedTests {
		list = append(list, "pass "+string(kind), "fail "+string(kind), "doubt "+string(kind))
	}
	for _, c := range domain.SignOffColumns {
		list = append(list, "sign "+string(c), "sign "+string(c), "decline "+string(c))
	}
	slices.Sort(list)
	return list
}

// act has somebody do one of the acts, in the role that people have then, and notes
// what they have done.
func (of *trial) act(what, who string) error {
	f, ctx := of.f, of.f.As(who, of.role)
	verb := domain.Verb{Ref: apptest.Key(of.key), Reason: apptest.Some("so")}
	made := func(err error) error { return of.note(of.made, who, err) }
	judged := func(err error) error { return of.note(of.judged, who, err) }
	does, about, _ := strings.Cut(what, " ")
	switch does {
	case "start":
		return made(err2(f.Releases.StartBuild(ctx, verb, nil)))
	case "submit":
		return made(err2(f.Releases.SubmitForAcceptance(ctx, verb, nil)))
	case "unlock":
		return err2(f.Releases.UnlockRelease(ctx, verb, nil))
	case "replan":
		return err2(f.Releases.ReplanRelease(ctx, verb, nil))
	case "accept":
		return judged(err2(f.Releases.AcceptRelease(ctx, verb, nil)))
	case "rename":
		return made(err2(f.Records.Update(ctx, domain.KindRelease, verb.Ref, apptest.Values{"buildManager": who}, nil, nil)))
	case "defect":
		of.runs++
		return err2(f.Acceptance.AcceptDefect(ctx, acceptance.Defect{Release: verb.Ref, Key: fmt.Sprint("KE-", of.n, "-", of.runs), Symptoms: "s", Workaround: "w"}, nil))
	case "rewrite":
		of.runs++
		return err2(f.Records.Update(ctx, domain.KindDeliverable, apptest.Key(of.key+"-RELEASE_NOTES"), apptest.Values{"sha256": fmt.Sprintf("%064d", of.runs)}, nil, nil))
	case "approve":
		return err2(f.Acceptance.ApproveDeliverable(ctx, domain.Verb{Ref: apptest.Key(of.key + "-RELEASE_NOTES")}, nil))
	case "judge":
		if len(of.inconclusive) == 0 {
			return nil
		}
		run := of.inconclusive[len(of.inconclusive)-1]
		return judged(err2(f.Acceptance.JudgeTestRun(ctx, acceptance.Judge{Ref: apptest.Key(run), Verdict: domain.TestPassed, Reason: "so"}, nil)))
	case "withdraw":
		for i := of.signatures; i > 0; i-- {
			if err := err2(f.Acceptance.WithdrawSignature(ctx, domain.Verb{Ref: apptest.Key(fmt.Sprint(of.key, "/signature-", i))}, nil)); err == nil {
				return nil
			}
		}
		return nil
	case "sign":
		return of.sign(ctx, domain.SignOffColumn(about), who)
	case "decline":
		return err2(f.Acceptance.SignRelease(ctx, acceptance.Sign{Ref: verb.Ref, Column: domain.SignOffColumn(about), Verdict: domain.Refuses, Comment: apptest.Some("no")}, nil))
	case "reject":
		return err2(f.Releases.RejectRelease(ctx, verb, nil))
	case "cancel":
		return err2(f.Releases.CancelRelease(ctx, verb, nil))
	case "take":
		return err2(f.Records.Disconnect(ctx, domain.RelKitOf, apptest.Key(fmt.Sprint("kit-", of.n)), verb.Ref, nil, nil))
	case "give":
		return err2(f.Records.Connect(ctx, domain.RelKitOf, apptest.Key("pay-report"), verb.Ref, nil, nil))
	case "demand", "excuse":
		return err2(f.Records.Update(ctx, domain.KindAcceptanceTest, apptest.Key(apptest.TestOf(of.key, domain.FunctionalTest)), apptest.Values{"required": does == "demand"}, nil, nil))
	case "bring":
		return of.bring(ctx)
	}
	return judged(of.run(ctx, does, domain.TestKind(about)))
}

// bring has an import say that the release is accepted: of those who may not migrate
// it is taken no more than a word.
func (of *trial) bring(ctx context.Context) error {
	if of.role == domain.Admin {
		return nil // who brings what was accepted elsewhere
	}
	line := fmt.Sprintf(`{"node":"Release","key":%q,"status":"ACCEPTED"}`, of.key)
	return err2(of.f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: []string{line}, Overwrite: true}, nil))
}

func (of *trial) sign(ctx context.Context, c domain.SignOffColumn, who string) error {
	err := err2(of.f.Acceptance.SignRelease(ctx, acceptance.Sign{Ref: apptest.Key(of.key), Column: c, Verdict: domain.Signs}, nil))
	if err == nil {
		of.signatures++
	}
	switch c {
	case domain.SignDelivered:
		return of.note(of.made, who, err)
	case domain.SignAccepted:
		return of.note(of.judged, who, err)
	}
	return err
}

func (of *trial) run(ctx context.Context, does string, kind domain.TestKind) error {
	verdict := map[string]domain.TestVerdict{"pass": domain.TestPassed, "fail": domain.TestFailed, "doubt": domain.TestInconclusive}[does]
	ran, err := of.f.Acceptance.ReportTestRun(ctx, acceptance.Report{Test: apptest.Key(apptest.TestOf(of.key, kind)), Verdict: verdict, StartedAt: apptest.March(1, 0)}, nil)
	if err == nil && verdict == domain.TestInconclusive {
		of.inconclusive = append(of.inconclusive, ran.TestRun.Key)
	}
	return err
}

// note notes what somebody has done, and those whom they stand in for with them.
func (of *trial) note(list map[string]bool, who string, err error) error {
	if err == nil {
		list[domain.FoldName(who)] = true
		if who == "zoe" {
			list["bea"] = true
		}
	}
	return err
}

// Whatever a mix of people, deputies and changes of roles does in any order: what is
// accepted has passed each demanded test in this round on this kit, and is signed in
// each column on this content; and nobody who made it judged it (R7, R8, R21).
func TestNothingIsAcceptedThatWasNotShownAndSigned_R7_R8_R21(t *testing.T) {
	run := func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Lines(`{"node":"Delegation","key":"D","name":"D","absent":"bea","deputy":"zoe","from":"2026-01-01T00:00:00Z","confirmedAt":"2026-01-01T00:00:00Z"}`)
		straight := newTrial(f, 0)
		require.NoError(t, straight.act("accept", "tom"))
		mayBeAccepted(t, f, f.Release(straight.key))
		n, accepted := 0, 0
		roles := []domain.Role{
			domain.Admin, domain.Admin, domain.Admin, domain.ReleaseManager, domain.BuildManager, domain.TestManager, domain.ChangeManager,
			domain.OperationsManager, domain.ConfigurationManager, domain.Viewer,
		}
		people := []string{"mia", "bea", "BEA ", "zoe", "tom", "tess", "pam", "max", "olaf", "paul"}
		rapid.Check(t, func(t *rapid.T) {
			n++
			of := newTrial(f, n)
			for range 7 {
				what := rapid.SampledFrom(acts()).Draw(t, "act")
				before := f.Release(of.key).Status
				of.role = rapid.SampledFrom(roles).Draw(t, "role")
				_ = of.act(what, rapid.SampledFrom(people).Draw(t, "who")) // it may be refused
				for name := range of.made {
					if of.judged[name] {
						t.Fatalf("%s made it and judged it", name)
					}
				}
				r := f.Release(of.key)
				if before != r.Status && r.Status == domain.ReleaseAccepted {
					accepted++
					mayBeAccepted(t, f, r)
				}
			}
		})
		require.True(t, accepted > 0 || n < 20, "%d of %d were accepted", accepted, n)
	}
	t.Run("sqlite", func(t *testing.T) {
		defer neo4jtest.FewerDraws(20)()
		run(t, apptest.NewFixture(t, apptest.OpenSQLite(t)))
	})
	t.Run("neo4j", func(t *testing.T) {
		defer neo4jtest.FewerDraws(2)()
		run(t, apptest.NewFixture(t, apptest.OpenNeo4j(t)))
	})
}

// mayBeAccepted looks at what a release stands on that was just accepted, without
// the code that accepted it.
func mayBeAccepted(t rapid.TB, f *apptest.Fixture, r *domain.Release) {
	kit := []plan.KitItem{}
	for _, n := range near(f, r, domain.RelKitOf, store.In, domain.KindMediaItem) {
		kit = append(kit, plan.KitItem{Key: n.Text("key"), Sha256: n.Text("sha256")})
	}
	digest, err := plan.KitDigest(kit)
	require.NoError(t, err)
	for kind := range apptest.DemandedTests {
		last := store.Props{}
		tested := f.Read(domain.KindAcceptanceTest, apptest.TestOf(r.Key, kind)).(*domain.AcceptanceTest)
		for _, n := range near(f, tested, domain.RelRunOf, store.In, domain.KindTestRun) {
			one := f.Read(domain.KindTestRun, n.Text("key")).(*domain.TestRun)
			if one.Round == r.Round && one.KitDigest == digest && (len(last) == 0 || one.EndedAt.After(f.Read(domain.KindTestRun, last.Text("key")).(*domain.TestRun).EndedAt)) {
				last = n
			}
		}
		if last.Text("verdict") != string(domain.TestPassed) {
			t.Fatalf("%s of %s came to %q", kind, r.Key, last.Text("verdict"))
		}
	}
	signed := map[string]bool{}
	for _, n := range near(f, r, domain.RelSigns, store.In, domain.KindSignOff) {
		s := f.Read(domain.KindSignOff, n.Text("key")).(*domain.SignOff)
		if s.Verdict == domain.Signs && s.WithdrawnAt == nil && s.Round == r.Round && s.ContentVersion == r.ContentVersion {
			signed[string(s.Column)] = true
		}
	}
	for _, s := range signers {
		if !signed[string(s.column)] {
			t.Fatalf("%s is not signed in %s on its present content", r.Key, s.column)
		}
	}
	for _, n := range near(f, r, domain.RelBrings, store.Out, domain.KindDeliverable) {
		if n.Text("state") != string(domain.DeliverableApproved) {
			t.Fatalf("%s is a %s", n.Text("key"), n.Text("state"))
		}
	}
}

// near are the properties of the records that a relationship joins to one.
func near(f *apptest.Fixture, r interface{ Meta() *domain.Record }, rel string, d store.Direction, kind string) (list []store.Props) {
	f.T.Helper()
	pages, err := f.Store.Edges(f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.Meta().ID)}, Rel: rel, Direction: d, Kind: kind})
	require.NoError(f.T, err)
	for _, n := range pages[0].Nodes {
		list = append(list, n.Props)
	}
	return list
}
