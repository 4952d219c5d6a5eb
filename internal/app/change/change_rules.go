package change

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// requests, boards and delegations are what the rules of changes mind.
var (
	requests    = []string{domain.KindChangeRequest}
	boards      = []string{domain.KindBoard}
	delegations = []string{domain.KindDelegation}
)

// contentRels lead from a request for change to what the board decides on
// besides the request's own fields.
var contentRels = []string{domain.RelAffects, domain.RelTakesPlaceAt, domain.RelFollows, domain.RelDecidedBy}

// Rules returns the rules of requests for change, boards and delegations.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{
		{Name: "H2 drafts alone are removed", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: requests}, Check: rules{a}.removableRequests},
		{Name: "H3 content is open", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: requests, Rels: contentRels}, Check: rules{a}.contentOpen},
		{Name: "H3 items in use", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Rels: []string{domain.RelAffects}}, Check: rules{a}.affectsInUse},
		{Name: "H1 board fits the type", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelDecidedBy}}, Check: boardFits},
		{Name: "H1 board keeps fitting", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: slices.Concat(requests, boards)}, Check: rules{a}.boardKeepsFitting},
		{Name: "I10 affected or not impacted", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelAffects}}, Check: rules{a}.affectsNotExcluded},
		{Name: "H3 nobody seats themselves", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: boards}, Check: seatedByOthers},
		{Name: "H3 delegating one's own vote", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: delegations, Rels: []string{domain.RelDelegatesOn}}, Check: rules{a}.ownDelegations},
		{Name: "H3 nobody makes themselves a deputy", Binds: estate.ByImport, Minds: estate.Interest{Kinds: delegations}, Check: deputiesOfOthers},
		{Name: "H3 nobody imports their vote", Binds: estate.ByImport, Minds: estate.Interest{Kinds: []string{domain.KindVote}}, Check: votesOfOthers},
		{Name: "H3 nobody decides on their request", Binds: estate.ByImport, Minds: estate.Interest{Kinds: requests}, Check: decisionsOfOthers},
		{Name: "H4 what is decided is fixed", Binds: estate.ByImport, Minds: estate.Interest{Kinds: requests, Rels: contentRels}, Check: rules{a}.contentOpenToImports},
	}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }

// mineOrLed refuses an action with a request to whom it does not concern.
func (a rules) mineOrLed(ctx context.Context, p *estate.Proposal, at estate.Placed, action authz.Action, c *domain.ChangeRequest) {
	for _, e := range domain.ErrorsOf(a.mine(ctx, action, c)) {
		told := *e
		told.Field = ""
		p.Refuse(at, &told)
	}
}

// removableRequests refuses to remove a request that was handed in.
func (a rules) removableRequests(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		r, ok := c.Before.(*domain.ChangeRequest)
		if !c.Gone() || !ok {
			continue
		}
		if err := r.CheckRemovable(); err != nil {
			p.Refuse(c, err)
		} else if c.By == estate.ByMutation {
			a.mineOrLed(ctx, p, c, authz.Remove, r)
		}
	}
	return nil
}

// contentOpen keeps an edit of a request to what can still be changed, by whom it
// concerns.
func (a rules) contentOpen(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if c.Created() || c.Gone() {
			continue
		}
		was := c.Before.(*domain.ChangeRequest)
		a.mineOrLed(ctx, p, c, authz.Update, was)
		p.Refuse(c, was.CheckRevision(c.After.(*domain.ChangeRequest))...)
	}
	for _, l := range p.Links {
		r, ok := l.From.(*domain.ChangeRequest)
		if !ok || l.Exists && !l.Goes {
			continue
		}
		a.mineOrLed(ctx, p, l, authz.Update, r)
		if es := r.CheckContentOpen(); len(es) > 0 {
			es[0].Field = "from"
			p.Refuse(l, es[0])
		}
	}
	return nil
}

// affectsInUse refuses that a request be about what is not in use any more. What
// an import brings whole, or was decided on, may be older.
func (a rules) affectsInUse(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		item, ok := l.To.(*domain.ConfigurationItem)
		request, known := l.From.(*domain.ChangeRequest)
		if l.Goes || !ok || l.By == estate.ByImport && (l.Exists || !known || p.Settled(request.Key) || !request.ContentOpen()) {
			continue
		}
		if err := domain.CheckAffects(item); err != nil {
			err.Field = "to"
			p.Refuse(l, err)
			continue
		}
		p.Keep(item)
	}
	return nil
}

// boardFits refuses that a request be before a board that does not decide on its
// type. Guards hold both as they were seen.
func boardFits(_ context.Context, p *estate.Proposal) error {
	for _, l := range p.Links {
		c, ok := l.From.(*domain.ChangeRequest)
		if !ok || l.Goes {
			continue
		}
		b := l.To.(*domain.Board)
		if err := domain.CheckBoardFits(c, b); err != nil {
			err.Field = "to"
			p.Refuse(l, err)
			continue
		}
		p.Keep(c)
		p.Keep(b)
	}
	return nil
}

// boardKeepsFitting refuses a type of request on which the board that it names
// does not decide, and that a board leave those that wait for it.
func (a rules) boardKeepsFitting(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if c.Created() || c.Gone() {
			continue
		}
		var err error
		switch now := c.After.(type) {
		case *domain.ChangeRequest:
			err = a.keepsBoard(ctx, p, c, now)
		case *domain.Board:
			err = a.keepsRequests(ctx, p, c, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a rules) keepsBoard(ctx context.Context, p *estate.Proposal, c *estate.RecordChange, now *domain.ChangeRequest) error {
	if c.Before.(*domain.ChangeRequest).Type == now.Type {
		return nil
	}
	id := store.ID(now.ID)
	boards, err := estate.Linked[*domain.Board](ctx, a.estate.Everything(), []store.ID{id}, domain.RelDecidedBy, store.Out)
	if err != nil || len(boards[id]) == 0 {
		return err
	}
	b := boards[id][0]
	if domain.CheckBoardFits(now, b) == nil {
		p.Keep(b)
		return nil
	}
	hidden, err := a.estate.Today(ctx).Hidden(ctx, store.ID(b.ID))
	if err != nil {
		return err
	}
	told := domain.CheckBoardFits(now, concealed(b, hidden))
	told.Field = "type"
	p.Refuse(c, told)
	return nil
}

// keepsRequests looks at the requests that are before a board whose sort
// changes.
func (a rules) keepsRequests(ctx context.Context, p *estate.Proposal, c *estate.RecordChange, now *domain.Board) error {
	if c.Before.(*domain.Board).Emergency == now.Emergency {
		return nil
	}
	since, err := a.estate.Store.Head(ctx)
	if err != nil {
		return refusal.OfStore(err)
	}
	id := store.ID(now.ID)
	requests, err := estate.Linked[*domain.ChangeRequest](ctx, a.estate.Everything(), []store.ID{id}, domain.RelDecidedBy, store.In)
	if err != nil {
		return err
	}
	var waiting []store.Node
	for _, c := range requests[id] {
		if c.ContentOpen() && domain.CheckBoardFits(c, now) != nil {
			waiting = append(waiting, store.Node{ID: store.ID(c.ID), Props: store.Props{"key": c.Key}})
		}
	}
	if len(waiting) == 0 {
		p.Guard(store.Unchanged{Since: since, Rel: domain.RelDecidedBy})
		return nil
	}
	keys, err := a.estate.Today(ctx).KeysSeen(ctx, waiting[:min(len(waiting), toldReasons)])
	if err == nil {
		p.Refuse(c, domain.LeavesRequests(now, keys, "emergency"))
	}
	return err
}

// affectsNotExcluded refuses that a request affect what it was found not to hurt.
func (a rules) affectsNotExcluded(ctx context.Context, p *estate.Proposal) error {
	links := slices.DeleteFunc(slices.Clone(p.Links), func(l *estate.LinkChange) bool { return l.Goes })
	keys := make([]store.EdgeKey, len(links))
	for i, l := range links {
		keys[i] = store.EdgeKey{Rel: domain.RelExcludes, From: l.Key.From, To: l.Key.To}
	}
	edges, err := a.estate.Entire.EdgesBetween(ctx, keys...)
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, l := range links {
		excludes := keys[i]
		if _, excluded := edges[excludes]; !excluded {
			p.Guard(store.EdgeAt{EdgeKey: excludes})
			continue
		}
		p.Refuse(l, &domain.Error{
			Code: domain.RuleViolation, Rule: "I10", Field: "to",
			Message: fmt.Sprintf("was found not impacted by %s: includeInImpact takes that back", l.From.Meta().Key),
		})
	}
	return nil
}

// seatedByOthers refuses that somebody give themselves a seat on a board.
func seatedByOthers(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if c.Gone() || c.By == estate.ByImport && acting.Locally(ctx) {
			continue
		}
		had, _ := c.Before.(*domain.Board)
		p.Refuse(c, c.After.(*domain.Board).CheckSeated(had, acting.Doer(ctx))...)
	}
	return nil
}

// ownDelegations keeps delegations to those who are away, and to those who lead
// changes, whose delegations wait until who is away confirms them.
func (a rules) ownDelegations(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		had, _ := c.Before.(*domain.Delegation)
		now, _ := c.After.(*domain.Delegation)
		if !away(had, acting.Doer(ctx)) || !away(now, acting.Doer(ctx)) {
			a.leadsDelegations(ctx, p, estate.InputAt{Path: "input"})
		}
	}
	for _, l := range p.Links {
		if had, ok := l.From.(*domain.Delegation); ok && (!l.Exists || l.Goes) && !away(had, acting.Doer(ctx)) {
			a.leadsDelegations(ctx, p, estate.InputAt{Path: "input"})
		}
	}
	return nil
}

func (a rules) leadsDelegations(ctx context.Context, p *estate.Proposal, at estate.InputAt) {
	if a.estate.May(ctx, authz.Decide, domain.KindDelegation) != nil {
		p.Refuse(at, &domain.Error{Code: domain.RuleViolation, Rule: "H3", Message: fmt.Sprintf(
			"%s may delegate their own vote alone: for others, who leads changes prepares it, and who is away confirms it", acting.Doer(ctx).Name)})
	}
}

// deputiesOfOthers refuses that an import make who imports it a deputy.
func deputiesOfOthers(ctx context.Context, p *estate.Proposal) error {
	return importsOfOthers(ctx, p, func(who domain.Doer, c *estate.RecordChange) *domain.Error {
		d := c.After.(*domain.Delegation)
		if !domain.SamePerson(domain.Doer{Name: d.Deputy}, who) {
			return nil
		}
		return &domain.Error{Field: "deputy", Message: fmt.Sprintf("is %s: nobody makes themselves a deputy", d.Deputy)}
	})
}

// votesOfOthers refuses that somebody import a vote of theirs.
func votesOfOthers(ctx context.Context, p *estate.Proposal) error {
	return importsOfOthers(ctx, p, func(who domain.Doer, c *estate.RecordChange) *domain.Error {
		v := c.After.(*domain.Vote)
		if !domain.SamePerson(v.Doer(), who) && !domain.AlikeNames(v.Seat, who.Name) {
			return nil
		}
		return &domain.Error{Field: "voter", Message: fmt.Sprintf("is %s: nobody imports a vote of theirs", v.Voter)}
	})
}

// decisionsOfOthers refuses that somebody import a decision on what they ask for.
func decisionsOfOthers(ctx context.Context, p *estate.Proposal) error {
	return importsOfOthers(ctx, p, func(who domain.Doer, c *estate.RecordChange) *domain.Error {
		r := c.After.(*domain.ChangeRequest)
		had, _ := c.Before.(*domain.ChangeRequest)
		decides := r.Status.Decided() && (had == nil || had.Status != r.Status)
		if !decides || !r.AskedBy(who) && (had == nil || !had.AskedBy(who)) {
			return nil
		}
		return &domain.Error{Field: "status", Message: fmt.Sprintf("is %s, and %s asked for it: nobody imports a decision on their own request", r.Status, who.Name)}
	})
}

// importsOfOthers refuses what an import brings that its actor could not do
// themselves (H3).
func importsOfOthers(ctx context.Context, p *estate.Proposal, own func(domain.Doer, *estate.RecordChange) *domain.Error) error {
	if acting.Locally(ctx) {
		return nil
	}
	for _, c := range p.Records {
		if c.Gone() {
			continue
		}
		if err := own(acting.Doer(ctx), c); err != nil {
			err.Code, err.Rule = domain.RuleViolation, "H3"
			p.Refuse(c, err)
		}
	}
	return nil
}

// contentOpenToImports refuses that an import change the content of what the verbs
// decided on here, unless it brings the request whole.
func (a rules) contentOpenToImports(ctx context.Context, p *estate.Proposal) error {
	revised, err := a.revisedByImport(ctx, p)
	for _, r := range revised {
		if decidedHere(r.request) {
			p.Refuse(r.at, r.request.CheckContentOpen()...)
		}
	}
	return err
}

// decidedHere reports whether the status of a request is the work of the verbs,
// not of an import that may go on to say where it stands.
func decidedHere(c *domain.ChangeRequest) bool {
	return domain.OwnerOf(c.Sources, "status", true) == domain.SourceAPI
}

// revision is a request whose content an import changes, and where it first does.
type revision struct {
	request *domain.ChangeRequest
	at      estate.Placed
}

// revisedByImport lists the requests that were there before and the content of
// which the lines of an import change, unless it brings them whole.
func (a rules) revisedByImport(ctx context.Context, p *estate.Proposal) (list []revision, err error) {
	if err := p.Ends(ctx); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	note := func(r *domain.ChangeRequest, at estate.Placed) {
		if !known[r.ID] && !p.Settled(r.Key) {
			known[r.ID] = true
			list = append(list, revision{r, at})
		}
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.ChangeRequest)
		if c.By == estate.ByImport && ok && !c.Gone() && !was.SameContent(c.After.(*domain.ChangeRequest)) {
			note(was, c)
		}
	}
	for _, l := range p.Links {
		if r, ok := l.From.(*domain.ChangeRequest); ok && l.By == estate.ByImport && (!l.Exists || l.Goes) && r.Version > 0 {
			note(r, l)
		}
	}
	return list, nil
}
