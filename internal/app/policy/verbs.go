package policy

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// PutPolicyInForce puts a draft of a policy in force (R3): a change manager does,
// who wrote nothing of it. The version that it revises is RETIRED.
func (a *Area) PutPolicyInForce(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.movePolicy(ctx, "putPolicyInForce", authz.Decide, in, o, func(p *domain.ReleasePolicy, d *estate.Draft) error {
		who := acting.Doer(ctx).Name
		if p.Status != domain.PolicyDraft {
			return domain.Breaks("R3", "input.ref", "%s is %s: only a DRAFT is put in force", p.Key, p.Status)
		}
		if domain.ContainsName(p.WrittenBy, who) {
			return domain.Breaks("R3", "input.ref", "%s was written by %s: nobody puts in force what they wrote", p.Key, who)
		}
		if err := a.unambiguous(ctx, p); err != nil {
			return err
		}
		now := a.estate.Clock()
		p.Status, p.InForceBy, p.EffectiveFrom = domain.PolicyInForce, &who, &now
		return a.retireRevised(ctx, p, d)
	})
}

// RetirePolicy takes a policy out of force: releases that follow it go on.
func (a *Area) RetirePolicy(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.movePolicy(ctx, "retirePolicy", authz.Decide, in, o, func(p *domain.ReleasePolicy, _ *estate.Draft) error {
		if p.Status != domain.PolicyInForce {
			return domain.Breaks("R3", "input.ref", "%s is %s: only a policy IN_FORCE is retired", p.Key, p.Status)
		}
		p.Status = domain.PolicyRetired
		return nil
	})
}

func (a *Area) movePolicy(ctx context.Context, verb string, action authz.Action, in domain.Verb, o *domain.WriteOptions, move func(*domain.ReleasePolicy, *estate.Draft) error) (*estate.Written, error) {
	m := estate.Mutation{Action: action, Kind: domain.KindReleasePolicy, Options: o.Because(in.Reason), Input: []any{verb, domain.KindReleasePolicy, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.estate.Seen(ctx, action, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		after, d := entity.Clone(before).(*domain.ReleasePolicy), &estate.Draft{}
		if err := move(after, d); err != nil {
			return nil, nil, err
		}
		d.Decide(before, after)
		return d, after, nil
	})
}

// retireRevised retires the version that a policy revises.
func (a *Area) retireRevised(ctx context.Context, p *domain.ReleasePolicy, d *estate.Draft) error {
	far, err := estate.Linked[*domain.ReleasePolicy](ctx, a.estate.Everything(), []store.ID{store.ID(p.ID)}, domain.RelRevises, store.Out)
	if err != nil {
		return err
	}
	for _, was := range far[store.ID(p.ID)] {
		if was.Status == domain.PolicyInForce {
			now := entity.Clone(was).(*domain.ReleasePolicy)
			now.Status = domain.PolicyRetired
			d.Decide(was, now)
		}
	}
	return nil
}

// unambiguous refuses a policy that would apply to exactly what another one in
// force applies to: which of them counts, nobody could tell (R3).
func (a *Area) unambiguous(ctx context.Context, p *domain.ReleasePolicy) error {
	v := a.estate.Unnamed(ctx)
	all, err := a.governing(ctx, v)
	if err != nil {
		return err
	}
	own, err := a.scoped(ctx, v, p)
	if err != nil {
		return err
	}
	revised, err := v.Far(ctx, []store.ID{store.ID(p.ID)}, domain.RelRevises, store.Out, domain.KindReleasePolicy)
	if err != nil {
		return err
	}
	for _, one := range all {
		if slices.ContainsFunc(revised[store.ID(p.ID)], func(n store.Node) bool { return string(n.ID) == one.policy.ID }) {
			continue
		}
		if release.SameScope(candidates(own)[0], candidates([]*governing{one})[0]) {
			return domain.Breaks("R3", "input.ref", "%s applies to exactly what %s applies to, which is in force: give it another scope, or revise %s", p.Key, one.policy.Key, one.policy.Key)
		}
	}
	return nil
}

// RevisePolicy names a version of a policy, and how the next is called.
type RevisePolicy struct {
	Ref domain.Ref
	Key *string
}

// ReviseReleasePolicy makes the next version of a policy, as a draft that says the
// same (R3).
func (a *Area) ReviseReleasePolicy(ctx context.Context, in RevisePolicy, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Lead, Kind: domain.KindReleasePolicy, Options: o, Input: []any{"revise", domain.KindReleasePolicy, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Target(ctx, authz.Lead, k, in.Ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		was := found.(*domain.ReleasePolicy)
		next := entity.Clone(was).(*domain.ReleasePolicy)
		next.Record = domain.Record{Key: nextKey(was.Key, was.PolicyVersion+1), Name: was.Name, CreatedAt: time.Time{}}
		if in.Key != nil {
			next.Key = domain.NormalKey(*in.Key)
		}
		if err := domain.CheckKey(next.Key); err != nil {
			return nil, nil, refusal.Wrong("input.key", "%s", err)
		}
		next.Status, next.PolicyVersion = domain.PolicyDraft, was.PolicyVersion+1
		next.WrittenBy, next.InForceBy, next.EffectiveFrom = nil, nil, nil
		d, _ := a.estate.Creating(next)
		d.Known = append(d.Known, was)
		d.Join(domain.RelRevises, next, store.ID(was.ID))
		return d, next, a.copyScope(ctx, d, was, next)
	})
}

var versionSuffix = regexp.MustCompile(`-v\d+$`)

// nextKey names the next version of a policy: standard, standard-v2, standard-v3.
func nextKey(key string, version int) string {
	return versionSuffix.ReplaceAllString(key, "") + "-v" + strconv.Itoa(version)
}

// copyScope joins a version of a policy to what another one governs and observes.
func (a *Area) copyScope(ctx context.Context, d *estate.Draft, was, next *domain.ReleasePolicy) error {
	for _, far := range []struct{ rel, kind string }{
		{domain.RelGoverns, domain.KindReleaseUnit}, {domain.RelGoverns, domain.KindConfigurationItem}, {domain.RelGoverns, domain.KindParty},
		{domain.RelObserves, domain.KindFreeze},
	} {
		nodes, err := a.estate.Everything().Far(ctx, []store.ID{store.ID(was.ID)}, far.rel, store.Out, far.kind)
		if err != nil {
			return err
		}
		d.Join(far.rel, next, store.IDsOf(nodes[store.ID(was.ID)])...)
	}
	return nil
}
