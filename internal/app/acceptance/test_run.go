package acceptance

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Report is a run of a test to report.
type Report struct {
	Test        domain.Ref
	Verdict     domain.TestVerdict
	StartedAt   time.Time
	EndedAt     *time.Time
	Environment *domain.Environment
	KitDigest   *string
	Round       *int
	// TestEnvironment is where it was made; nil: nobody said.
	TestEnvironment *domain.Ref
	Report          *domain.Ref
	Comment         *string
}

// ReportTestRun reports a run of a test in the present round, on the present kit
// (R7, R21). A FAIL of a required test rejects the release (R8).
func (a *Area) ReportTestRun(ctx context.Context, in Report, o *domain.WriteOptions) (*Ran, error) {
	m := estate.Mutation{Action: report, Kind: domain.KindTestRun, Options: o.Because(in.Comment), Input: []any{"report", domain.KindTestRun, in}}
	out, err := carryOut(ctx, a, m, domain.KindTestRun, func() (*estate.Draft, *done[*domain.TestRun], error) { return a.report(ctx, in, nil) })
	return ran(out, err)
}

func ran(out *done[*domain.TestRun], err error) (*Ran, error) {
	if err != nil {
		return nil, err
	}
	return &Ran{out.record, out.release, out.revision, out.dryRun, out.changes}, nil
}

// report decides on a run; kept is what was measured in it, nil where somebody looked.
func (a *Area) report(ctx context.Context, in Report, kept *domain.Measurement) (*estate.Draft, *done[*domain.TestRun], error) {
	if err := longText(in.Comment, "input.comment"); err != nil {
		return nil, nil, err
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindAcceptanceTest), in.Test, "input.test")
	if err != nil {
		return nil, nil, err
	}
	tested := found.(*domain.AcceptanceTest)
	before, err := a.releaseOf(ctx, tested, "input.test")
	if err != nil {
		return nil, nil, err
	}
	g, err := a.readIn(ctx, a.estate.Everything(), before)
	if err != nil {
		return nil, nil, err
	}
	place, err := a.placeOf(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	r, err := a.newRun(ctx, in, tested, g, place)
	if err != nil {
		return nil, nil, err
	}
	r.Measurement, r.Machine = kept, r.Machine || kept != nil
	if r.Key, err = a.records.FreeKey(ctx, domain.KindTestRun, tested.Key, "run", 1+g.runsOf(tested)); err != nil {
		return nil, nil, err
	}
	if err := a.mayReport(ctx, g, tested, r, place); err != nil {
		return nil, nil, err
	}
	d, after := g.draft(before, tested, r.Verdict, a.estate.Clock())
	d.Create(r)
	d.Join(domain.RelRunOf, r, store.ID(tested.ID))
	if place != nil {
		d.Join(domain.RelRanIn, r, store.ID(place.ID))
		d.Known = append(d.Known, place)
		d.Hold(place)
	}
	if in.Report != nil {
		document, err := a.document(ctx, *in.Report)
		if err != nil {
			return nil, nil, err
		}
		d.Join(domain.RelStoredAs, r, store.ID(document.ID))
		d.Known = append(d.Known, document)
		d.Hold(document)
	}
	d.Known = append(d.Known, tested)
	return d, &done[*domain.TestRun]{record: r, release: after}, nil
}

// newRun is a run as it is reported: what is not given is as it is now, or as it was
// planned.
func (a *Area) newRun(ctx context.Context, in Report, tested *domain.AcceptanceTest, g *reading, place *domain.TestEnvironment) (*domain.TestRun, error) {
	who, err := a.doer(ctx)
	where := tested.Environment
	if place != nil {
		where = place.Environment
	}
	r := &domain.TestRun{
		Verdict: in.Verdict, StartedAt: in.StartedAt, EndedAt: optional.Or(in.EndedAt, a.estate.Clock()), Comment: in.Comment,
		Environment: optional.Or(in.Environment, where), Round: optional.Or(in.Round, g.Release.Round),
		KitDigest: optional.Or(in.KitDigest, g.kitDigest), Tester: who.Name, Identities: who.Identities, Method: acting.Method(ctx),
		Machine: domain.IsToken(who.Name),
	}
	r.ID, r.Sources = a.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	r.Name = string(in.Verdict) + " of " + tested.Key
	return r, err
}

// mayReport says all that is wrong with a report (R7, R21): in acceptance alone, of
// the present round and kit, by a tester who made nothing of the release.
func (a *Area) mayReport(ctx context.Context, g *reading, tested *domain.AcceptanceTest, r *domain.TestRun, place *domain.TestEnvironment) error {
	var es domain.Errors
	refuse := func(rule, field, format string, args ...any) {
		es = append(es, domain.Breaks(rule, field, format, args...))
	}
	if g.Release.Status != domain.ReleaseInAcceptance {
		refuse("R21", "input.test", "is one of %s, which is %s: runs are reported in acceptance", g.Release.Key, g.Release.Status)
	}
	if r.Round != g.Release.Round {
		refuse("R21", "input.round", "is %d, and %s is in round %d", r.Round, g.Release.Key, g.Release.Round)
	}
	if r.KitDigest != g.kitDigest {
		refuse("R21", "input.kitDigest", "is that of another kit: the present one is %s", g.kitDigest)
	}
	if !tested.MayBeRunBy(acting.Doer(ctx)) && !acts(ctx, domain.TestManager) {
		refuse("R7", "input.test", "is run by a test manager, or by one of its testers (%s)", list(tested.Testers))
	}
	es = append(es, r.CheckTimes(a.estate.Clock()).Under("input")...)
	elsewhere, err := a.placed(ctx, g.Release, r, place)
	if err != nil {
		return err
	}
	es = append(es, elsewhere...)
	next := plan.Deed{Kind: domain.DeedTest, Persons: []domain.Doer{r.Doer()}, Record: domain.KindTestRun + " " + r.Key}
	apart, err := a.separated(ctx, g, next, "input.test")
	if err != nil {
		return err
	}
	return append(es, apart...).Err()
}

// placeOf is the test environment in which a run was made, nil where none is named.
func (a *Area) placeOf(ctx context.Context, in Report) (*domain.TestEnvironment, error) {
	if in.TestEnvironment == nil {
		return nil, nil
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindTestEnvironment), *in.TestEnvironment, "input.testEnvironment")
	if err != nil {
		return nil, err
	}
	return found.(*domain.TestEnvironment), nil
}

// placed says why a run cannot have been made where it is said to have been (R12).
func (a *Area) placed(ctx context.Context, of *domain.Release, r *domain.TestRun, place *domain.TestEnvironment) (es domain.Errors, err error) {
	if place == nil {
		return nil, nil
	}
	if r.Environment != place.Environment {
		es = append(es, domain.Breaks("R15", "input.environment", "is %s, and %s is one of %s", r.Environment, place.Key, place.Environment))
	}
	taken, err := a.environments.Free(ctx, place, of, domain.TimeRange{From: r.StartedAt, To: r.EndedAt}, "input.testEnvironment")
	if taken != nil {
		es = append(es, taken)
	}
	return es, err
}

// acts reports whether whoever asks has a role; an administrator has all.
func acts(ctx context.Context, role domain.Role) bool {
	roles := acting.Actor(ctx).Roles
	return slices.Contains(roles, role) || slices.Contains(roles, domain.Admin)
}

// document is a report that the library has.
func (a *Area) document(ctx context.Context, ref domain.Ref) (*domain.MediaItem, error) {
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindMediaItem), ref, "input.report")
	if err != nil {
		return nil, err
	}
	m := found.(*domain.MediaItem)
	if m.Status == domain.MediaPurged || m.Status == domain.MediaRefused {
		return nil, domain.Breaks("R7", "input.report", "%s is %s: the library has it no more", m.Key, m.Status)
	}
	return m, nil
}

// releaseOf is the release for which a test is planned, as the caller may see it.
func (a *Area) releaseOf(ctx context.Context, tested *domain.AcceptanceTest, field string) (*domain.Release, error) {
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Today(ctx), []store.ID{store.ID(tested.ID)}, domain.RelTests, store.Out)
	if err != nil {
		return nil, err
	}
	if r := optional.First(far[store.ID(tested.ID)]); r != nil {
		return r, nil
	}
	return nil, domain.Breaks("R21", field, "%s is planned for no release (connectPlannedTest)", tested.Key)
}

// runsOf counts the runs of a test.
func (g *reading) runsOf(tested *domain.AcceptanceTest) (n int) {
	for _, r := range g.runs {
		if r.of.ID == tested.ID {
			n++
		}
	}
	return n
}

// draft counts a verdict on a release. Of a required test a FAIL rejects it (R4,
// R8): the same change set says so.
func (g *reading) draft(before *domain.Release, tested *domain.AcceptanceTest, verdict domain.TestVerdict, now time.Time) (*estate.Draft, *domain.Release) {
	after := entity.Clone(before).(*domain.Release)
	after.AcceptanceCount++
	if tested.Required && verdict == domain.TestFailed {
		after.Move(domain.ReleaseRejected, now)
	}
	d := &estate.Draft{Guards: slices.Concat(g.Guards, g.guards)}
	d.Decide(before, after)
	return d, after
}

// Judge is a judgement of an inconclusive run.
type Judge struct {
	Ref       domain.Ref
	Verdict   domain.TestVerdict
	Reason    string
	IfVersion *int
}

// JudgeTestRun judges a run that is INCONCLUSIVE, once (R7).
func (a *Area) JudgeTestRun(ctx context.Context, in Judge, o *domain.WriteOptions) (*Ran, error) {
	m := estate.Mutation{Action: authz.Test, Kind: domain.KindRelease, Options: o.Because(&in.Reason), Input: []any{"judge", domain.KindTestRun, in}}
	out, err := carryOut(ctx, a, m, domain.KindTestRun, func() (*estate.Draft, *done[*domain.TestRun], error) { return a.judge(ctx, in) })
	return ran(out, err)
}

func (a *Area) judge(ctx context.Context, in Judge) (*estate.Draft, *done[*domain.TestRun], error) {
	if err := acting.InPerson(ctx); err != nil {
		return nil, nil, err
	}
	if err := longText(&in.Reason, "input.reason"); err != nil {
		return nil, nil, err
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindTestRun), in.Ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	was := found.(*domain.TestRun)
	if err := refusal.Stale(was, in.IfVersion); err != nil {
		return nil, nil, err
	}
	tested, before, err := a.testedBy(ctx, was)
	if err != nil {
		return nil, nil, err
	}
	g, err := a.readIn(ctx, a.estate.Everything(), before)
	if err != nil {
		return nil, nil, err
	}
	who, err := a.doer(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := a.mayJudge(ctx, in, g, was, who); err != nil {
		return nil, nil, err
	}
	now := entity.Clone(was).(*domain.TestRun)
	now.Decide(in.Verdict, in.Reason, who, a.estate.Clock())
	d, after := g.draft(before, tested, now.Verdict, a.estate.Clock())
	d.Decide(was, now)
	return d, &done[*domain.TestRun]{record: now, release: after}, nil
}

// mayJudge says all that is wrong with a judgement.
func (a *Area) mayJudge(ctx context.Context, in Judge, g *reading, r *domain.TestRun, who domain.Doer) error {
	es := r.CheckJudge(in.Verdict, in.Reason, who).Under("input")
	switch {
	case g.Release.Status != domain.ReleaseInAcceptance:
		es = append(es, domain.Breaks("R21", "input.ref", "is a run of %s, which is %s: runs are judged in acceptance", g.Release.Key, g.Release.Status))
	case r.Round != g.Release.Round || r.KitDigest != g.kitDigest:
		es = append(es, domain.Breaks("R21", "input.ref", "%s counts no more: it is of round %d, and of the kit that there was", r.Key, r.Round))
	}
	next := plan.Deed{Kind: domain.DeedJudge, Persons: []domain.Doer{who}, Record: domain.KindTestRun + " " + r.Key}
	apart, err := a.separated(ctx, g, next, "input.ref")
	if err != nil {
		return err
	}
	return append(es, apart...).Err()
}

// testedBy is the test that was run, and its release.
func (a *Area) testedBy(ctx context.Context, r *domain.TestRun) (*domain.AcceptanceTest, *domain.Release, error) {
	far, err := estate.Linked[*domain.AcceptanceTest](ctx, a.estate.Today(ctx), []store.ID{store.ID(r.ID)}, domain.RelRunOf, store.Out)
	if err != nil {
		return nil, nil, err
	}
	tested := optional.First(far[store.ID(r.ID)])
	if tested == nil {
		return nil, nil, domain.Breaks("R7", "input.ref", "%s is a run of no test", r.Key)
	}
	of, err := a.releaseOf(ctx, tested, "input.ref")
	return tested, of, err
}
