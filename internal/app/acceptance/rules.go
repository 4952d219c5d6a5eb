package acceptance

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Rules are the rules of acceptance.
func (a *Area) Rules() []estate.Rule {
	const mutationOrImport = estate.ByMutation | estate.ByImport
	tests, deliverables := []string{domain.KindAcceptanceTest}, []string{domain.KindDeliverable}
	return []estate.Rule{
		{Name: "R21 tests are planned beforehand", Binds: mutationOrImport, Minds: estate.Interest{Kinds: tests}, Check: rules{a}.plannedBeforehand},
		{Name: "R21 a plan is a release's", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelTests, domain.RelRuns, domain.RelMitigates}}, Check: rules{a}.planLinked},
		{Name: "R8 what was accepted is closed", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: deliverables, Rels: []string{domain.RelBrings, domain.RelIntroducedBy, domain.RelStoredAs}}, Check: rules{a}.acceptedClosed},
		{Name: "R7 who makes does not judge", Binds: estate.ByMutation | estate.ByVerb, Minds: estate.Interest{Kinds: []string{domain.KindRelease}}, Check: rules{a}.separate},
		{Name: "9 nobody gives themselves a function", Binds: mutationOrImport, Minds: estate.Interest{Kinds: []string{domain.KindParty}, Rels: []string{domain.RelMemberOf}}, Check: rules{a}.functionsOfOthers},
	}
}

// plannedBeforehand lets a test be changed while the content of its release is open
// alone, and keeps one that was run (R21).
func (a rules) plannedBeforehand(ctx context.Context, p *estate.Proposal) error {
	var ids []store.ID
	for _, c := range p.Records {
		if !c.Created() {
			ids = append(ids, store.ID(c.Before.Meta().ID))
		}
	}
	v := a.estate.Unnamed(ctx)
	of, err := estate.Linked[*domain.Release](ctx, v, ids, domain.RelTests, store.Out)
	if err != nil {
		return err
	}
	for _, c := range p.Records {
		if c.Created() {
			continue
		}
		id := store.ID(c.Before.Meta().ID)
		for _, r := range of[id] {
			if !r.Status.ContentOpen() {
				p.Refuse(c, closedPlan(r, ""))
			}
			p.Keep(r)
		}
		if !c.Gone() {
			continue
		}
		counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{id}, Rel: domain.RelRunOf, Direction: store.In})
		if err != nil {
			return refusal.OfStore(err)
		}
		if counts[0] > 0 {
			p.Refuse(c, domain.Breaks("R21", "", "%s was run, and stays: say that it is not required", c.Before.Meta().Key))
		} else {
			p.Guard(store.NoEdges{ID: id, Rel: domain.RelRunOf, Direction: store.In})
		}
	}
	return nil
}

func closedPlan(r *domain.Release, field string) *domain.Error {
	return domain.Breaks("R21", field, "%s is %s: its tests are planned while it is PLANNED or BUILDING", r.Key, r.Status)
}

// planLinked lets a test be given to a release, and its script and mitigation be
// chosen, while the content of the release is open (R21). A script is one (R6).
func (a rules) planLinked(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		t, ok := l.From.(*domain.AcceptanceTest)
		if !ok || l.Stays {
			continue
		}
		if m, is := l.To.(*domain.MediaItem); is && m.Kind != domain.MediaScript && !l.Goes {
			p.Refuse(l, domain.Breaks("R6", "to", "%s is a %s: tests run what is a SCRIPT", m.Key, m.Kind))
		}
		releases, err := a.planned(ctx, l, t)
		if err != nil {
			return err
		}
		for _, r := range releases {
			if !r.Status.ContentOpen() {
				p.Refuse(l, closedPlan(r, "from"))
			}
			if r.Version > 0 {
				p.Keep(r)
			}
		}
	}
	return nil
}

// planned are the releases whose plan a link changes.
func (a rules) planned(ctx context.Context, l *estate.LinkChange, t *domain.AcceptanceTest) ([]*domain.Release, error) {
	if r, ok := l.To.(*domain.Release); ok {
		return []*domain.Release{r}, nil
	}
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Unnamed(ctx), []store.ID{store.ID(t.ID)}, domain.RelTests, store.Out)
	return far[store.ID(t.ID)], err
}

// acceptedClosed keeps what a release brings, and the defects that were accepted
// with it, as they were when it was accepted (R8).
func (a rules) acceptedClosed(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	refuse := func(at estate.Placed, field string, releases ...*domain.Release) {
		for _, r := range releases {
			if !r.Status.AcceptanceOpen() {
				p.Refuse(at, domain.Breaks("R8", field, "%s is %s: what it brings, and what is known of it, stays as it was accepted", r.Key, r.Status))
			}
			if r.Version > 0 {
				p.Keep(r)
			}
		}
	}
	var ids []store.ID
	for _, c := range p.Records {
		if !c.Created() {
			ids = append(ids, store.ID(c.Before.Meta().ID))
		}
	}
	for _, l := range p.Links {
		if d, ok := l.From.(*domain.Deliverable); ok {
			ids = append(ids, store.ID(d.ID))
		}
	}
	of, err := estate.Linked[*domain.Release](ctx, a.estate.Unnamed(ctx), ids, domain.RelBrings, store.In)
	if err != nil {
		return err
	}
	for _, c := range p.Records {
		was, _ := c.Before.(*domain.Deliverable)
		now, _ := c.After.(*domain.Deliverable)
		if was != nil && (now == nil || !was.SameBytes(now)) {
			refuse(c, "", of[store.ID(was.ID)]...)
		}
	}
	for _, l := range p.Links {
		switch d, ok := l.From.(*domain.Deliverable); {
		case l.Stays:
		case ok:
			refuse(l, "from", of[store.ID(d.ID)]...)
		default:
			if r, is := l.From.(*domain.Release); is {
				refuse(l, "from", r)
			} else if r, is := l.To.(*domain.Release); is {
				refuse(l, "to", r)
			}
		}
	}
	return nil
}

// separate refuses to name somebody, or to move a release, where that would have one
// person make it and judge it (R7). Both records are named, as far as the caller may
// see them.
func (a rules) separate(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Release)
		was, had := c.Before.(*domain.Release)
		if !ok || !had {
			continue
		}
		who, err := a.doer(ctx)
		if err != nil {
			return err
		}
		deeds := now.NewDeeds(was, who, c.By == estate.ByVerb, p.Now())
		if len(deeds) == 0 {
			continue
		}
		g, err := a.readIn(ctx, a.estate.Everything(), was)
		if err != nil {
			return err
		}
		for _, d := range deeds {
			next := plan.Deed{Kind: d.Kind, Persons: []domain.Doer{d.Doer()}, Record: domain.KindRelease + " " + now.Key}
			refused, err := a.separated(ctx, g, next, field(c, d.Kind))
			if err != nil {
				return err
			}
			p.Refuse(c, refused...)
		}
		p.Guard(g.guards...)
	}
	return nil
}

// field is where in the input a deed was asked for.
func field(c *estate.RecordChange, kind domain.DeedKind) string {
	if c.By == estate.ByVerb {
		return "ref"
	}
	return map[domain.DeedKind]string{
		domain.DeedManage: "manager", domain.DeedBuild: "buildManager", domain.DeedTestManager: "testManager",
	}[kind]
}

// functionsOfOthers refuses that somebody give themselves a function, by their party
// or by a team (section 9). Members are persons, of teams.
func (a rules) functionsOfOthers(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	who := acting.Doer(ctx)
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Party)
		if !ok {
			continue
		}
		had, _ := c.Before.(*domain.Party)
		if had == nil {
			had = &domain.Party{}
		}
		mine, err := a.mine(ctx, now, had, who)
		if err != nil {
			return err
		}
		for _, name := range now.RoleNames {
			if mine && !domain.ContainsName(had.RoleNames, name) {
				p.Refuse(c, domain.Breaks("9", "roleNames", "would give %s the function %q: nobody gives themselves one", who.Name, name))
			}
		}
	}
	for _, l := range p.Links {
		member, ok := l.From.(*domain.Party)
		team, is := l.To.(*domain.Party)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		switch {
		case member.Type != domain.PartyPerson:
			p.Refuse(l, domain.Breaks("9", "from", "%s is a %s: members are persons", member.Key, member.Type))
		case team.Type != domain.PartyTeam:
			p.Refuse(l, domain.Breaks("9", "to", "%s is a %s: members are those of a TEAM", team.Key, team.Type))
		case domain.SamePerson(domain.Doer{Name: member.Key}, who):
			p.Refuse(l, domain.Breaks("9", "from", "is %s: nobody makes themselves a member", who.Name))
		}
	}
	return nil
}

// mine reports whether a party is the caller's own, or a team of which they are a
// member.
func (a rules) mine(ctx context.Context, now, had *domain.Party, who domain.Doer) (bool, error) {
	if domain.SamePerson(domain.Doer{Name: now.Key}, who) {
		return true, nil
	}
	if had.ID == "" || len(now.RoleNames) == 0 || now.Type != domain.PartyTeam {
		return false, nil
	}
	far, err := a.estate.Everything().Far(ctx, []store.ID{store.ID(had.ID)}, domain.RelMemberOf, store.In, domain.KindParty)
	for _, n := range far[store.ID(had.ID)] {
		if domain.SamePerson(domain.Doer{Name: n.Props.Text("key")}, who) {
			return true, err
		}
	}
	return false, err
}
