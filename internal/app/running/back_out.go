package running

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// BackOut takes a release back: from a site, from a wave, or from all of them (D7).
func (a *Area) BackOut(ctx context.Context, in BackOut, o *domain.WriteOptions) (*Rolled, error) {
	if in.Wave != nil && in.Site != nil {
		return nil, domain.Breaks("D7", "input", "give a wave, or a site, or neither: then all is taken back")
	}
	return a.carryOut(ctx, roll{
		mutation:   estate.Mutation{Action: takesBack, Kind: domain.KindSiteRollout, Options: o.Because(in.Reason), Input: []any{"backOut", domain.KindSiteRollout, in}},
		deployment: in.Deployment,
		does: func(ctx context.Context, c *course) (string, string, error) {
			switch {
			case in.Site != nil:
				return c.backOutSite(ctx, in)
			case in.Wave != nil:
				return c.backOutWave(ctx, in)
			}
			return "", "", c.backOutAll(ctx, in)
		},
	})
}

// backOutAll begins to take the release back everywhere.
func (c *course) backOutAll(ctx context.Context, in BackOut) error {
	if err := c.readStaying(ctx); err != nil {
		return err
	}
	facts := &domain.DeploymentFacts{Deployment: c.r.Deployment, Reason: optional.Or(in.Reason, ""), Missing: map[domain.MoveNeed][]string{}}
	if c.allStays {
		facts.Missing[domain.NeedUndo] = []string{"a back-out plan that takes something back: that of its release leaves all as it is"}
	}
	if err := c.legal(ctx, domain.BackOut, facts, func() (*domain.DeploymentFacts, error) { return facts, nil }); err != nil {
		return err
	}
	if err := c.area.estate.May(ctx, halts, domain.KindDeployment); err != nil {
		return err
	}
	if err := refusal.Both(c.readAll(ctx), c.markStaying(ctx)); err != nil {
		return err
	}
	return c.apply(ctx, c.r.BackOut(facts.Reason)...)
}

// readStaying reads what the back-out plan of the release leaves as it is (D7, R20).
func (c *course) readStaying(ctx context.Context) error {
	if c.release == nil || c.ground.Stays != nil {
		return nil
	}
	s, err := c.area.releases.Standing(ctx, c.view, c.release)
	if err != nil {
		return err
	}
	c.ground.Stays, c.allStays = map[string]bool{}, s.BackOut != nil && len(s.BackOut.Steps) > 0
	if s.BackOut == nil {
		return nil
	}
	for _, one := range s.BackOut.Steps {
		if one.Stays != nil {
			c.ground.Stays[one.Item] = true
		} else {
			c.allStays = false
		}
	}
	return nil
}

// markStaying marks the steps of which all that they do stays.
func (c *course) markStaying(ctx context.Context) error {
	if len(c.ground.Stays) == 0 {
		return nil
	}
	for _, w := range c.r.Waves {
		if err := c.ground.Read(ctx, c.grounds(w.Steps...)); err != nil {
			return err
		}
		for _, s := range w.Steps {
			work := c.ground.Work(s.ID)
			s.Stays = len(work) > 0 && !slices.ContainsFunc(work, func(one ground.Action) bool { return !c.ground.Stays[one.Item.Key] })
		}
	}
	return nil
}

// backOutWave takes all sites of a wave back that have the release, and pauses the
// deployment.
func (c *course) backOutWave(ctx context.Context, in BackOut) (string, string, error) {
	w, err := c.wave(*in.Wave)
	if err := refusal.Both(err, c.area.estate.May(ctx, rollsOut, domain.KindWave)); err != nil {
		return "", "", err
	}
	if err := refusal.Both(c.readStaying(ctx), c.readAll(ctx), c.markStaying(ctx)); err != nil {
		return "", "", err
	}
	var steps []place
	for _, s := range w.Steps {
		if undoable(s) {
			steps = append(steps, place{w, s})
		}
	}
	if len(steps) == 0 {
		return "", "", domain.Breaks("D7", "input.wave", "no site of %s has the release: nothing is to be taken back", w.Key)
	}
	return w.ID, "", c.takeBack(ctx, steps, in, "input.wave")
}

// backOutSite takes one site back.
func (c *course) backOutSite(ctx context.Context, in BackOut) (string, string, error) {
	_, one, err := c.oneSite(ctx, takesBack, *in.Site, in.Release, "input")
	if err != nil {
		return "", "", err
	}
	if rolls := c.area.estate.May(ctx, rollsOut, domain.KindSiteRollout); rolls != nil && c.area.estate.May(ctx, reports, domain.KindSiteRollout) != nil {
		return "", "", rolls // who may only stop a roll-out takes back all of it, or nothing
	}
	c.bySite = map[store.ID][]place{}
	if err := refusal.Both(c.readStaying(ctx), c.readAll(ctx), c.markStaying(ctx)); err != nil {
		return "", "", err
	}
	w, s := c.find(one.ID)
	facts := &domain.SiteRolloutFacts{SiteRollout: s.SiteRollout, Reason: optional.Or(in.Reason, ""), Missing: map[domain.MoveNeed][]string{}}
	if s.Stays {
		facts.Missing[domain.NeedUndo] = []string{"a back-out plan that takes something back there"}
	}
	_, errs := domain.SiteRolloutLife.Check(s.Key, domain.BackOut, s.Status, facts)
	for _, e := range errs {
		if e.Field == "ref" {
			e.Field = "site"
		}
	}
	if err := errs.Under("input").Err(); err != nil {
		return "", "", err
	}
	return "", s.ID, c.takeBack(ctx, []place{{w, s}}, in, "input.site")
}

func undoable(s *running.Step) bool {
	return s.Status.Begun() && s.Status != domain.SiteBackedOut && !s.Stays
}

// takeBack takes steps back, unless others need what they have (P4): these go along
// where that is asked for.
func (c *course) takeBack(ctx context.Context, steps []place, in BackOut, field string) error {
	reason := optional.Or(in.Reason, "")
	if reason == "" {
		return &domain.Error{Code: domain.RuleViolation, Rule: "D7", Field: "input.reason", Message: "is missing: why it is taken back"}
	}
	d := c.r.Deployment
	if d.Status == domain.DeploymentPlanned || d.Status == domain.DeploymentClosed || d.Status == domain.DeploymentBackedOut {
		return domain.Breaks("D7", "input.deployment", "%s is %s: nothing of it is taken back any more, or yet", d.Key, d.Status)
	}
	dependents, err := c.dependents(ctx, steps)
	if err != nil {
		return err
	}
	if len(dependents) > 0 && !optional.Or(in.WithDependents, false) {
		nodes := make([]store.Node, len(dependents))
		for i, p := range dependents {
			nodes[i] = c.sites[p.step.ID]
		}
		keys, err := c.area.estate.Today(ctx).KeysSeen(ctx, nodes)
		if err != nil {
			return err
		}
		slices.Sort(keys)
		return &domain.Error{
			Code: domain.RuleViolation, Rule: "D7", Field: field,
			Message: fmt.Sprintf("is needed by sites that have the release: %s; take them back before, or along (withDependents)", list(keys)),
			Details: map[string]any{"dependents": toAny(keys)},
		}
	}
	var moves []running.Move
	for _, p := range slices.Concat(dependents, steps) {
		moves = append(moves, c.r.Step(p.step, domain.SiteBackedOut, reason))
	}
	if err := c.apply(ctx, moves...); err != nil {
		return err
	}
	if in.Wave != nil && c.r.Deployment.Status == domain.DeploymentRunning {
		return c.apply(ctx, c.r.Pause(reason)...)
	}
	for _, p := range steps {
		if err := c.apply(ctx, c.r.Judge(p.wave, true)...); err != nil {
			return err
		}
	}
	return nil
}

// mostNamed is how many sites a refusal names.
const mostNamed = 20

func list(keys []string) string {
	if more := len(keys) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(keys[:mostNamed], ", "), more)
	}
	return strings.Join(keys, ", ")
}

func toAny(keys []string) []any {
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = key
	}
	return list
}
