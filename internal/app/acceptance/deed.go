package acceptance

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// note adds a deed to those of the release's whole life (R7).
func (g *reading) note(kind domain.DeedKind, record string, persons ...domain.Doer) {
	g.deeds = append(g.deeds, plan.Deed{Kind: kind, Persons: persons, Record: record})
}

// noteDeeds adds what is kept with a release itself: also who manages it now, whom
// an import may have brought, and who put the present kit.
func (g *reading) noteDeeds(r *domain.Release) {
	of := domain.Release{Deeds: r.Deeds}
	for _, d := range r.NewDeeds(nil, domain.Doer{}, false, r.CreatedAt) {
		of.Deed(d)
	}
	if r.ID == g.Release.ID {
		for _, m := range g.Kit {
			if m.PutBy != nil {
				of.Deed(domain.ReleaseDeed{Kind: domain.DeedPutMedia, By: *m.PutBy, Media: &m.Key})
			}
		}
	}
	for _, d := range of.Deeds {
		record := domain.KindRelease + " " + r.Key
		if d.Media != nil {
			record = domain.KindMediaItem + " " + *d.Media
		}
		g.note(d.Kind, record, d.Doer())
	}
}

// noteRun adds who ran a test, and who judged the run.
func (g *reading) noteRun(r *domain.TestRun) {
	record := domain.KindTestRun + " " + r.Key
	g.note(domain.DeedTest, record, r.Doer())
	if judge, judged := r.Judge(); judged {
		g.note(domain.DeedJudge, record, judge)
	}
}

// noteSignOff adds who signed as delivering or as accepting; of a deputy also who
// was away.
func (g *reading) noteSignOff(s *domain.SignOff) {
	if kind := signed(s.Column); kind != "" {
		g.note(kind, domain.KindSignOff+" "+s.Key, signers(s)...)
	}
}

// signed is the deed of signing in a column, empty of one that is free.
func signed(c domain.SignOffColumn) domain.DeedKind {
	switch c {
	case domain.SignDelivered:
		return domain.DeedSignDelivered
	case domain.SignAccepted:
		return domain.DeedSignAccepted
	}
	return ""
}

// signers are those who count as having signed.
func signers(s *domain.SignOff) []domain.Doer {
	list := []domain.Doer{s.Doer()}
	if s.Deputised() {
		list = append(list, domain.Doer{Name: s.Seat})
	}
	return list
}

// doer is whoever asks, as what they do is kept: a deputy is known by those whom they
// stand in for, too, so that each of them counts as having done it (R7).
func (a *Area) doer(ctx context.Context) (domain.Doer, error) {
	who := acting.Doer(ctx)
	absent, err := a.absent(ctx, who)
	for _, name := range absent {
		who.Identities = append(who.Identities[:len(who.Identities):len(who.Identities)], domain.NameIdentity(name))
	}
	return who, err
}

// absent are those for whom somebody stands in now, wherever that is.
func (a *Area) absent(ctx context.Context, who domain.Doer) (names []string, err error) {
	everywhere := store.Not{Filter: store.Related{Rel: domain.RelDelegatesOn}}
	list, err := estate.All[*domain.Delegation](ctx, a.estate.Everything(), store.Query{Filter: everywhere, Order: byKey})
	for _, d := range list {
		if domain.SameName(d.Deputy, who.Name) && d.Holds(a.estate.Clock()) {
			names = append(names, d.Absent)
		}
	}
	return names, err
}

var byKey = []store.Order{{Property: "key"}}

// separated says why a deed is not for somebody who made the release, or judged it,
// and names the record of each side (R7). Records are named as far as the caller may
// see them.
func (a *Area) separated(ctx context.Context, g *reading, next plan.Deed, field string) (es domain.Errors, err error) {
	if len(plan.Separated(g.deeds, next)) == 0 {
		return nil, nil
	}
	told, err := a.readIn(ctx, a.estate.Unnamed(ctx), g.Release)
	if err != nil {
		return nil, err
	}
	for _, b := range plan.Separated(told.deeds, next) {
		es = append(es, domain.Breaks("R7", field, "%s", b))
	}
	return es, nil
}

// readIn reads a release and its acceptance in a view.
func (a *Area) readIn(ctx context.Context, v estate.View, r *domain.Release) (*reading, error) {
	s, err := a.releases.Standing(ctx, v, r)
	if err != nil {
		return nil, err
	}
	return s.Beside().(*reading), nil
}
