package change

import (
	"context"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Consequences returns what follows for requests for change and delegations.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{
		{
			Name: "H3 who asks", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: requests},
			Owns: []string{"ChangeRequest.requester", "ChangeRequest.requesterIdentities"}, Follow: askers,
		},
		{
			Name: "H3 delegations wait for who is away", Binds: estate.ByMutation,
			Minds: estate.Interest{Kinds: delegations, Rels: []string{domain.RelDelegatesOn}},
			Owns:  []string{"Delegation.confirmedAt"}, Follow: settleDelegations,
		},
		{
			Name: "H3 votes fall", Binds: estate.ByMutation | estate.ByVerb | estate.ByImport,
			Minds: estate.Interest{Kinds: slices.Concat(requests, boards), Rels: contentRels},
			Owns:  []string{"ChangeRequest.contentVersion"}, Follow: rules{a}.votesFall,
		},
		{
			Name: "H9 requests follow their release", Binds: estate.ByMutation | estate.ByVerb | estate.ByImport,
			Minds:  estate.Interest{Kinds: []string{domain.KindRelease}, Rels: []string{domain.RelImplements}},
			Owns:   []string{"ChangeRequest.status", "ChangeRequest.implementedAt", "ChangeRequest.closedAt"},
			Follow: rules{a}.followRelease,
		},
	}
}

// askers notes who asks for a request: whoever creates it. For a request that an import
// brings, the importer asks too, and whoever was its requester before the import named
// another.
func askers(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		r, ok := c.After.(*domain.ChangeRequest)
		if !ok || c.By == estate.ByImport && acting.Locally(ctx) {
			continue
		}
		who := acting.Doer(ctx)
		had, _ := c.Before.(*domain.ChangeRequest)
		renamed := had != nil && (optional.Or(had.Requester, "") != optional.Or(r.Requester, "") || !slices.Equal(had.RequesterIdentities, r.RequesterIdentities))
		var err error
		switch {
		case c.Created() && c.By == estate.ByMutation:
			err = p.Amend(c, func() { r.Requester, r.RequesterIdentities = &who.Name, who.Identities })
		case c.Created():
			err = p.Amend(c, func() {
				if r.Requester == nil {
					r.Requester = &who.Name
				}
				r.RequesterIdentities = withIdentities(r.RequesterIdentities, who, nil)
			})
		case c.By == estate.ByImport && renamed:
			err = p.Amend(c, func() { r.RequesterIdentities = withIdentities(r.RequesterIdentities, who, had) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withIdentities adds to identities those of somebody, and of who asked before.
func withIdentities(list []string, who domain.Doer, had *domain.ChangeRequest) []string {
	all := slices.Concat(list, who.Identities, []string{domain.NameIdentity(who.Name)})
	if had != nil {
		all = append(all, had.RequesterIdentities...)
		if had.Requester != nil {
			all = append(all, domain.NameIdentity(*had.Requester))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// settleDelegations notes who prepares a delegation, which then waits for who is
// away.
func settleDelegations(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Delegation)
		if !ok {
			continue
		}
		had, _ := c.Before.(*domain.Delegation)
		if err := p.Amend(c, func() { now.Settle(had, acting.Doer(ctx), p.Now()) }); err != nil {
			return err
		}
	}
	for _, l := range p.Links {
		had, ok := l.From.(*domain.Delegation)
		if !ok || l.Exists && !l.Goes || away(had, acting.Doer(ctx)) {
			continue
		}
		p.Keep(had)
		if err := p.Change(had, func(r entity.Record) { r.(*domain.Delegation).ConfirmedAt = nil }); err != nil {
			return err
		}
	}
	return nil
}

// votesFall has the votes on a request fall when its content changes, or who
// decides on it.
func (a rules) votesFall(ctx context.Context, p *estate.Proposal) error {
	if err := a.votesFallWithContent(ctx, p); err != nil {
		return err
	}
	return a.votesFallWithBoard(ctx, p)
}

// votesFallWithContent counts the changes to what votes are cast on. Of what an
// import brings it counts those that votes were cast on, or can be.
func (a rules) votesFallWithContent(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.ChangeRequest)
		if c.By != estate.ByMutation || !ok || c.Gone() {
			continue
		}
		now := c.After.(*domain.ChangeRequest)
		if was.SameContent(now) || now.ContentVersion > was.ContentVersion {
			continue
		}
		if err := p.Amend(c, func() { now.ContentVersion++ }); err != nil {
			return err
		}
	}
	for _, l := range p.Links {
		if r, ok := l.From.(*domain.ChangeRequest); ok && l.By == estate.ByMutation && (!l.Exists || l.Goes) {
			if err := countContent(p, r); err != nil {
				return err
			}
		}
	}
	return a.countImported(ctx, p)
}

func (a rules) countImported(ctx context.Context, p *estate.Proposal) error {
	revised, err := a.revisedByImport(ctx, p)
	if err != nil || len(revised) == 0 {
		return err
	}
	ids := make([]store.ID, len(revised))
	for i, r := range revised {
		ids[i] = store.ID(r.request.ID)
	}
	votes, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelCastOn, Direction: store.In})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, r := range revised {
		if votes[i] > 0 || r.request.Status == domain.ChangeAssessed {
			if err := countContent(p, r.request); err != nil {
				return err
			}
		}
	}
	return nil
}

// countContent raises the content version of a request as it was, unless that is
// done.
func countContent(p *estate.Proposal, was *domain.ChangeRequest) error {
	next := was.ContentVersion + 1
	return p.Change(was, func(r entity.Record) {
		if c := r.(*domain.ChangeRequest); c.ContentVersion < next {
			c.ContentVersion = next
		}
	})
}

// votesFallWithBoard makes the votes fall on all requests before a board that gets other
// members or another quorum, as they fall when the content changes. Otherwise somebody
// could decide by changing who decides.
func (a rules) votesFallWithBoard(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		had, was := c.Before.(*domain.Board)
		now, is := c.After.(*domain.Board)
		if !was || !is || !reseats(had, now) {
			continue
		}
		since, err := a.estate.Store.Head(ctx)
		if err != nil {
			return refusal.OfStore(err)
		}
		waiting, err := sitting(a).beforeIn(ctx, a.estate.Everything(), had, domain.ChangeAssessed)
		if err != nil {
			return err
		}
		p.Guard(store.Unchanged{Since: since, Kind: domain.KindVote})
		for _, r := range waiting {
			if p.Settled(r.Key) {
				continue
			}
			if err := countContent(p, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// reseats reports whether a board has other seats or another quorum. Another
// spelling of a member is none, nor is another order.
func reseats(had, now *domain.Board) bool {
	return had.Quorum != now.Quorum || !slices.Equal(foldedNames(had.Members), foldedNames(now.Members))
}

func foldedNames(names []string) []string {
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = domain.FoldName(name)
	}
	slices.Sort(folded)
	return folded
}
