package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// snapshot analyses what a request hurts (I1, I7), what else is in flight (I6),
// and the risk that follows.
func (a assessing) snapshot(ctx context.Context, c *domain.ChangeRequest) (*domain.Assessment, error) {
	if !a.judges(ctx) {
		return nil, &domain.Error{Code: domain.Forbidden, Rule: "I1", Message: "an assessment is made by someone who sees the whole estate"}
	}
	found, err := a.impactOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	as := &domain.Assessment{Revision: found.Revision(), Affected: []string{}, Excluded: []string{}}
	touched, err := touchedBy(ctx, found)
	if err != nil {
		return nil, err
	}
	open, err := a.openBeside(ctx, c)
	if err != nil {
		return nil, err
	}
	inFlight := open.inFlight(c, touched)
	facts := domain.RiskFacts{Type: c.Type, BackOutKind: c.BackOutKind, InFlight: len(inFlight)}
	if c.Downtime != nil {
		facts.Downtime, _ = domain.ParseDuration(*c.Downtime) // checked when it was set
	}
	if err := listHits(ctx, as, &facts, found); err != nil {
		return nil, err
	}
	summary, err := found.Found.Summary(ctx)
	if err != nil {
		return nil, err
	}
	sum(as, summary)
	facts.Full, facts.Degraded, facts.Users = as.Full, as.Degraded, as.Users
	as.Together = as.Total
	if len(inFlight) > 0 {
		ids := []string{c.ID}
		for _, other := range inFlight {
			ids, as.InFlight = append(ids, other.ID), append(as.InFlight, other.Key)
		}
		together, err := a.impactOf(ctx, ids...)
		if err != nil {
			return nil, err
		}
		as.Together = together.Found.Len()
	}
	var parts []domain.RiskPart
	as.Risk, as.RiskScore, parts = domain.AssessRisk(facts)
	for _, p := range parts {
		as.RiskParts = append(as.RiskParts, p.String())
	}
	return as, nil
}

// impactOf analyses what some requests hurt together.
func (a assessing) impactOf(ctx context.Context, requests ...string) (*impactarea.ImpactResult, error) {
	var in domain.ImpactInput
	for _, id := range requests {
		in.Sources.ChangeRequests = append(in.Sources.ChangeRequests, &domain.Ref{ID: &id})
	}
	return a.impact.Impact(acting.WithActor(ctx, acting.Local.Actor), in, nil) // of the whole estate, whoever assesses
}

// listHits lists what was found, up to a limit, and a digest of all of it.
func listHits(ctx context.Context, as *domain.Assessment, facts *domain.RiskFacts, r *impactarea.ImpactResult) error {
	g, digest := r.Found.Graph(), sha256.New()
	note := func(words ...string) {
		for _, w := range words {
			_, _ = io.WriteString(digest, w+"\x00") // a digest takes anything
		}
	}
	for _, n := range r.Found.Sources() {
		as.Affected = append(as.Affected, g.Key(n))
		facts.Criticality = max(facts.Criticality, int(g.Facts(n).Criticality))
		note("affected", g.Key(n))
	}
	for _, i := range r.LeftOut {
		as.Excluded = append(as.Excluded, i.Key)
		note("excluded", i.Key)
	}
	hits, _, err := r.Found.Page(ctx, impact.Place{}, 0)
	if err != nil {
		return err
	}
	for i, h := range hits {
		facts.Criticality = max(facts.Criticality, int(g.Facts(h.Node).Criticality))
		note(string(h.Strength), h.Key)
		switch {
		case i >= domain.MaxAssessedHits:
			as.Omitted++
		case h.Strength == domain.StrengthFull:
			as.HitFull = append(as.HitFull, h.Key)
		default:
			as.HitDegraded = append(as.HitDegraded, h.Key)
		}
	}
	as.Findings = hex.EncodeToString(digest.Sum(nil))
	return nil
}

func sum(as *domain.Assessment, s *domain.ImpactSummary) {
	as.Total, as.Full, as.Degraded = s.Total, s.Full, s.Degraded
	as.Services, as.Sites, as.Users = s.Services, s.Sites, s.Users
}

// touchedBy returns the items that a request affects or hits.
func touchedBy(ctx context.Context, r *impactarea.ImpactResult) (map[store.ID]bool, error) {
	g, touched := r.Found.Graph(), map[store.ID]bool{}
	for _, n := range r.Found.Sources() {
		touched[store.ID(g.ID(n))] = true
	}
	hits, _, err := r.Found.Page(ctx, impact.Place{}, 0)
	for _, h := range hits {
		touched[store.ID(g.ID(h.Node))] = true
	}
	return touched, err
}

// beside are the requests that are open in the time of others, with the items
// that they affect.
type beside struct {
	requests []*domain.ChangeRequest
	affected map[store.ID][]store.Node
}

// openBeside reads what is open in the time of some requests (I6).
func (a assessing) openBeside(ctx context.Context, requests ...*domain.ChangeRequest) (*beside, error) {
	var during domain.TimeRange
	for _, c := range requests {
		during = during.Span(plannedTime(c))
	}
	b := &beside{}
	if during.Empty() {
		return b, nil
	}
	v := a.estate.SeenBy(acting.WithActor(ctx, acting.Local.Actor), a.estate.Entire)
	open, err := impactarea.OpenDuring(ctx, v, during, nil)
	if err != nil {
		return nil, err
	}
	b.requests = estate.Decoded[*domain.ChangeRequest](ctx, v, open)
	b.affected, err = v.Far(ctx, store.IDsOf(open), domain.RelAffects, store.Out, domain.KindConfigurationItem)
	return b, err
}

// plannedTime returns when a request is planned, empty when it is not.
func plannedTime(c *domain.ChangeRequest) (when domain.TimeRange) {
	if c.PlannedFrom != nil && c.PlannedTo != nil {
		when = domain.TimeRange{From: *c.PlannedFrom, To: *c.PlannedTo}
	}
	return when
}

// inFlight lists the other requests that are open in the time of a request and
// affect one of the items (I6).
func (b *beside) inFlight(c *domain.ChangeRequest, touched map[store.ID]bool) (list []*domain.ChangeRequest) {
	when := plannedTime(c)
	if when.Empty() {
		return nil
	}
	for _, other := range b.requests {
		if other.ID == c.ID || !when.Overlaps(plannedTime(other)) {
			continue
		}
		if slices.ContainsFunc(b.affected[store.ID(other.ID)], func(n store.Node) bool { return touched[n.ID] }) {
			list = append(list, other)
		}
	}
	return list
}
