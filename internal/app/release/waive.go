package release

import (
	"context"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Waive names a need of a release that is waived, and why.
type Waive struct {
	Ref       domain.Ref
	Need      domain.MoveNeed
	Reason    string
	IfVersion *int
}

// WaiveReleaseNeed lets a release go on without a need (R3): FREQUENCY alone can be
// waived, by a change manager.
func (a *Area) WaiveReleaseNeed(ctx context.Context, in Waive, o *domain.WriteOptions) (*estate.Written, error) {
	n := noted{action: authz.Decide, input: []any{"waive", domain.KindRelease, in}, ref: in.Ref, ifVersion: in.IfVersion, reason: in.Reason}
	return a.note(ctx, n, o, func(r *domain.Release) error {
		if in.Need != domain.NeedFrequency {
			return domain.Breaks("R3", "input.need", "%s cannot be waived: FREQUENCY alone can", in.Need)
		}
		if r.Status != domain.ReleasePlanned {
			return domain.Breaks("R3", "input.ref", "%s is %s: a need is waived of a release that is PLANNED", r.Key, r.Status)
		}
		if slices.ContainsFunc(r.Waivers, func(w domain.Waiver) bool { return w.Need == in.Need }) {
			return nil // it is waived already, and who said so first stays
		}
		r.Waivers = append(slices.Clone(r.Waivers), domain.Waiver{Need: in.Need, Reason: in.Reason, By: acting.Name(ctx), At: a.estate.Clock()})
		return nil
	})
}

// Keep names a release that another does not supersede, and why.
type Keep struct {
	Ref       domain.Ref
	Release   domain.Ref
	Reason    string
	IfVersion *int
}

// KeepInForce keeps a release from being superseded by another (R1).
func (a *Area) KeepInForce(ctx context.Context, in Keep, o *domain.WriteOptions) (*estate.Written, error) {
	n := noted{action: authz.Lead, input: []any{"keepInForce", domain.KindRelease, in}, ref: in.Ref, ifVersion: in.IfVersion, reason: in.Reason}
	return a.note(ctx, n, o, func(r *domain.Release) error {
		kept, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return err
		}
		key := kept.Meta().Key
		if slices.ContainsFunc(r.KeptInForce, func(k domain.KeptRelease) bool { return k.Release == key }) {
			return nil
		}
		r.KeptInForce = append(slices.Clone(r.KeptInForce), domain.KeptRelease{Release: key, Reason: in.Reason, By: acting.Name(ctx), At: a.estate.Clock()})
		return nil
	})
}

// noted is a decision about a release that the release keeps.
type noted struct {
	action    authz.Action
	input     []any
	ref       domain.Ref
	ifVersion *int
	reason    string
}

// note writes a record of a decision into a release.
func (a *Area) note(ctx context.Context, n noted, o *domain.WriteOptions, decide func(*domain.Release) error) (*estate.Written, error) {
	m := estate.Mutation{Action: n.action, Kind: domain.KindRelease, Options: o.Because(&n.reason), Input: n.input}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.estate.Seen(ctx, n.action, k, n.ref, n.ifVersion)
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.Release)
		if blank(&n.reason) == "" {
			return nil, nil, domain.Breaks("R4", "input.reason", "must say why")
		}
		if err := decide(after); err != nil {
			return nil, nil, err
		}
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

// MoveToPolicy names a release and the version of a policy that it is to follow.
type MoveToPolicy struct {
	Ref       domain.Ref
	Policy    domain.Ref
	Reason    string
	IfVersion *int
}

// MoveReleaseToPolicy has a release follow another version of a policy (R3), while
// its content is open.
func (a *Area) MoveReleaseToPolicy(ctx context.Context, in MoveToPolicy, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Lead, Kind: domain.KindRelease, Options: o.Because(&in.Reason), Input: []any{"moveToPolicy", domain.KindRelease, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Lead, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		policy, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindReleasePolicy), in.Policy, "input.policy")
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Release)
		var es domain.Errors
		if !before.Status.ContentOpen() {
			es = append(es, domain.Breaks("R6", "input.ref", "%s is %s, so that what it follows is locked: unlock it first (%s)", before.Key, before.Status, domain.UnlockRelease))
		}
		if p := policy.(*domain.ReleasePolicy); p.Status != domain.PolicyInForce {
			es = append(es, domain.Breaks("R3", "input.policy", "%s is %s: releases follow what is IN_FORCE", p.Key, p.Status))
		}
		if blank(&in.Reason) == "" {
			es = append(es, domain.Breaks("R3", "input.reason", "must say why"))
		}
		if len(es) > 0 {
			return nil, nil, es.Err()
		}
		return a.follow(ctx, before, policy.(*domain.ReleasePolicy))
	})
}

// follow has a release follow a policy in the place of the one that it follows.
func (a *Area) follow(ctx context.Context, before *domain.Release, policy *domain.ReleasePolicy) (*estate.Draft, entity.Record, error) {
	id := store.ID(before.ID)
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{id}, Rel: domain.RelFollows, Direction: store.Out, Kind: domain.KindReleasePolicy})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	d := &estate.Draft{Guards: []store.Guard{store.NodeAt{ID: id, Version: int64(before.Version)}}, Known: []entity.Record{before, policy}}
	for _, e := range pages[0].Edges {
		if e.To == store.ID(policy.ID) {
			return d, before, nil
		}
		d.Ops = append(d.Ops, store.RemoveEdge{EdgeKey: e.EdgeKey})
		d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
	}
	d.Join(domain.RelFollows, before, store.ID(policy.ID))
	return d, before, nil
}
