package impact

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
)

// readImpactInput checks an input and resolves its references. It tells all
// that is wrong at once.
func (a *Area) readImpactInput(ctx context.Context, v estate.View, in domain.ImpactInput) (*impactQuestion, error) {
	q := &impactQuestion{in: in}
	r := &estate.Refs{View: v, Errs: checkImpactInput(in)}
	if in.WhatIf != nil {
		q.assumptions.read(r, in.WhatIf, "input.whatIf")
	}
	q.items = r.WantAll(domain.KindConfigurationItem, in.Sources.Items, "input.sources.items")
	q.sites = r.WantAll(domain.KindSite, in.Sources.Sites, "input.sources.sites")
	q.stopAt = r.WantAll(domain.KindConfigurationItem, in.StopAt, "input.stopAt")
	if in.Site != nil {
		q.site = r.WantAll(domain.KindSite, []*domain.Ref{in.Site}, "input.site")
	}
	q.requests = r.WantAll(domain.KindChangeRequest, in.Sources.ChangeRequests, "input.sources.changeRequests")
	q.releases = r.WantAll(domain.KindRelease, in.Sources.Releases, "input.sources.releases")
	if err := r.Resolve(ctx); err != nil {
		return nil, err
	}
	if err := a.readReleases(ctx, v, q); err != nil {
		return nil, err
	}
	if err := q.readRequests(ctx, v); err != nil {
		return nil, err
	}
	return q, q.assumptions.check()
}

func checkImpactInput(in domain.ImpactInput) (es domain.Errors) {
	s := in.Sources
	if d := in.During; d != nil && d.Empty() {
		es = append(es, refusal.Wrong("input.during.to", "must be after from"))
	}
	if len(s.Items)+len(s.Sites)+len(s.ChangeRequests)+len(s.Releases) == 0 {
		es = append(es, refusal.Wrong("input.sources", "name at least one item, site, request for change or release to start from"))
	}
	if in.MaxDepth != nil && *in.MaxDepth < 1 {
		es = append(es, refusal.Wrong("input.maxDepth", "must be at least 1, not %d", *in.MaxDepth))
	}
	es = append(es, unknown("input.direction", domain.ImpactDirections, in.Direction)...)
	es = append(es, unknown("input.redundancy", domain.RedundancyModes, in.Redundancy)...)
	es = append(es, unknown("input.environment", domain.Environments, in.Environment)...)
	for i, k := range in.Kinds {
		es = append(es, unknown(refusal.Element("input.kinds", i), domain.DependencyKinds, &k)...)
	}
	return es
}

// unknown says that a value is none of its list, if it is not.
func unknown[T ~string](field string, list []T, v *T) domain.Errors {
	if v == nil || slices.Contains(list, *v) {
		return nil
	}
	return domain.Errors{refusal.Wrong(field, "%q is none of %v", *v, list)}
}
