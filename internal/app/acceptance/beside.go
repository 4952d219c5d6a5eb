package acceptance

import (
	"context"
	"slices"

	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/acceptance"
	"releasegraph/internal/plan/environment"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Beside reads what the moves of a release need besides its content: tests,
// deliverables, signatures, and that nobody makes it and judges it.
func (a *Area) Beside(ctx context.Context, s *release.Standing) (release.Beside, error) {
	return a.read(ctx, s)
}

// Holding are the guards that hold what was read as it was.
func (g *reading) Holding() []store.Guard { return g.guards }

// Brought are the deliverables, as they are signed.
func (g *reading) Brought() []plan.SignedDeliverable {
	list := make([]plan.SignedDeliverable, len(g.deliverables))
	for i, d := range g.deliverables {
		list[i] = plan.SignedDeliverable{Key: d.Key, Kind: string(d.Kind), Sha256: d.digest()}
	}
	return list
}

// Around is what goes on with the release beyond it.
func (g *reading) Around() domain.ReleaseAround { return g.around }

// Lacking are the needs that acceptance asks for.
func (g *reading) Lacking() []plan.Lack {
	r, round := g.Release, g.round()
	demanded := g.Policy.DemandedTests(r.Type, r.Category)
	list := slices.Concat(
		acceptance.TestsPlanned(demanded, g.required()), g.built(),
		round.TestsPassed(), round.Undecided(), round.BackOutTested(g.BackOut),
		environment.Ready(g.environments, g.Policy.MinRepresentativeness),
		plan.PathPassed(acceptance.Path(g.Policy.PromotionPath, demanded, g.shown())),
		plan.DefectsDescribed(g.defects()), g.delivers(), acceptance.Signatures(g.cells(), g.standing()), plan.Separation(g.deeds),
	)
	if slices.Contains(demanded, domain.ActivationTest) || slices.ContainsFunc(g.tests, func(t *test) bool { return t.Kind == domain.ActivationTest }) {
		list = append(list, round.ActivationTested()...)
	}
	if r.Category == domain.FullRelease && g.Asks(domain.NeedRegression) {
		list = append(list, round.RegressionTested()...)
	}
	return slices.Concat(list, goingLive(g), g.lacks)
}

// goingLive are the needs AUTHORISATION and SAME of a release that was accepted here
// (R21, R22).
func goingLive(g *reading) []plan.Lack {
	r := g.Release
	if r.Status != domain.ReleaseAccepted || r.AcceptedElsewhere() {
		return nil
	}
	digest, err := g.Signed().ContentDigest()
	if err != nil {
		digest = "none, " + err.Error()
	}
	authorised := slices.ContainsFunc(g.standing(), func(c acceptance.Cell) bool { return c.Column == domain.SignAuthorisation })
	return append(plan.Authorised(authorised), plan.SameContent(digest, *r.AcceptedDigest)...)
}

// built are the needs of what was built (R6). The parts of a package were asked for
// theirs.
func (g *reading) built() (list []plan.Lack) {
	if g.Release.Category != domain.PackageRelease {
		list = append(acceptance.ScriptsTested(scriptsOf(g.Kit), g.planned()), acceptance.BackOutProcedures(g.BackOut, g.planned(), g.kinds())...)
	}
	if g.Asks(domain.NeedBuildTest) {
		list = append(list, acceptance.BuildTested(g.kinds())...)
	}
	return list
}

// required are the kinds of the tests without which the release is not accepted.
func (g *reading) required() (kinds []domain.TestKind) {
	for _, t := range g.tests {
		if t.Required {
			kinds = append(kinds, t.Kind)
		}
	}
	return kinds
}

// scriptsOf are the scripts of a kit.
func scriptsOf(kit []*domain.MediaItem) (keys []string) {
	for _, m := range kit {
		if m.Kind == domain.MediaScript && m.Status == domain.MediaAccepted {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

func (g *reading) planned() []acceptance.Planned {
	list := make([]acceptance.Planned, len(g.tests))
	for i, t := range g.tests {
		list[i] = acceptance.Planned{Key: t.Key, Kind: t.Kind, Script: t.script}
	}
	return list
}

// kinds are those of the deliverables whose bytes are known.
func (g *reading) kinds() (kinds []domain.DeliverableKind) {
	for _, d := range g.deliverables {
		if d.digest() != "" {
			kinds = append(kinds, d.Kind)
		}
	}
	return kinds
}

// round is the present round, with all runs so far.
func (g *reading) round() plan.Round {
	round := plan.Round{Number: g.Release.Round, KitDigest: g.kitDigest}
	for _, t := range g.tests {
		round.Tests = append(round.Tests, plan.PlannedTest{
			Key: t.Key, Kind: string(t.Kind), Required: t.Required, Regression: t.Regression, Mitigates: t.mitigates,
		})
	}
	for _, r := range g.runs {
		round.Runs = append(round.Runs, r.plan())
	}
	return round
}

func (r *run) plan() plan.Run {
	return plan.Run{Key: r.Key, Test: r.of.Key, Round: r.Round, KitDigest: r.KitDigest, Verdict: r.Verdict, EndedAt: r.EndedAt}
}

// shown is what the last runs that count showed, and where.
func (g *reading) shown() (list []acceptance.Shown) {
	for _, r := range g.counting() {
		list = append(list, acceptance.Shown{Environment: r.Environment, Kind: r.of.Kind, Passed: r.Verdict == domain.TestPassed})
	}
	return list
}

// defects are those that are known and accepted.
func (g *reading) defects() (list []plan.Defect) {
	for _, d := range g.Defects {
		list = append(list, plan.Defect{Key: d.Key, Symptoms: said(d.Symptoms), Workaround: said(d.Workaround)})
	}
	return list
}

// delivers are the needs of the deliverables (R8): one of each demanded kind, each
// approved, and each still there.
func (g *reading) delivers() []plan.Lack {
	var demanded []string
	for _, kind := range g.Policy.DemandedDeliverables(g.Release.Type, g.Release.Category) {
		demanded = append(demanded, string(kind))
	}
	brought, kept := []plan.Delivered{}, []acceptance.Document{}
	for _, d := range g.deliverables {
		brought = append(brought, plan.Delivered{Key: d.Key, Kind: string(d.Kind), Approved: d.State == domain.DeliverableApproved})
		if d.stored != nil {
			kept = append(kept, acceptance.Document{Of: d.Key, Media: d.stored.Key, Status: d.stored.Status})
		}
	}
	round := g.round()
	for _, r := range g.runs {
		if r.report != nil && !round.Void(r.plan()) {
			kept = append(kept, acceptance.Document{Of: r.Key, Media: r.report.Key, Status: r.report.Status})
		}
	}
	return append(plan.DeliverablesApproved(demanded, brought), acceptance.DocumentsKept(kept)...)
}

// cells are the signatures that the release needs to be accepted (R8, R22).
func (g *reading) cells() []acceptance.Cell {
	return acceptance.Cells(g.Policy.SignOffRoles, g.Natures, g.Policy.BusinessSignOff)
}

// standing are the cells for which a signature stands.
func (g *reading) standing() (list []acceptance.Cell) {
	for _, s := range g.signOffs {
		if s.Verdict == domain.Signs && s.StateOn(g.Release) == domain.SignOffStands {
			list = append(list, cellOf(s))
		}
	}
	return list
}

func cellOf(s *domain.SignOff) acceptance.Cell {
	c := acceptance.Cell{Column: s.Column, Signer: s.Signer()}
	if s.Nature != nil {
		c.Nature = *s.Nature
	}
	return c
}
