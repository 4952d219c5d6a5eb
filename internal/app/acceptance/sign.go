package acceptance

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/acceptance"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Sign is a signature to give, or to refuse.
type Sign struct {
	Ref        domain.Ref
	Column     domain.SignOffColumn
	Nature     *domain.DeploymentNature
	As         *string
	Verdict    domain.SignOffVerdict
	Comment    *string
	OnBehalfOf *string
	IfVersion  *int
}

// SignRelease signs a release for one cell of the table of who signs, on its
// present content (R8, R21, R22). A refusal in acceptance rejects it.
func (a *Area) SignRelease(ctx context.Context, in Sign, o *domain.WriteOptions) (*Signed, error) {
	m := estate.Mutation{Action: sign, Kind: domain.KindSignOff, Options: o.Because(in.Comment), Input: []any{"sign", domain.KindSignOff, in}}
	out, err := carryOut(ctx, a, m, domain.KindSignOff, func() (*estate.Draft, *done[*domain.SignOff], error) { return a.sign(ctx, in) })
	return toSigned(out, err)
}

func toSigned(out *done[*domain.SignOff], err error) (*Signed, error) {
	if err != nil {
		return nil, err
	}
	return &Signed{out.record, out.release, out.revision, out.dryRun, out.changes}, nil
}

func (a *Area) sign(ctx context.Context, in Sign) (*estate.Draft, *done[*domain.SignOff], error) {
	if err := refusal.Both(acting.InPerson(ctx), longText(in.Comment, "input.comment")); err != nil {
		return nil, nil, err
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	before := found.(*domain.Release)
	if err := refusal.Stale(before, in.IfVersion); err != nil {
		return nil, nil, err
	}
	g, err := a.readIn(ctx, a.estate.Everything(), before)
	if err != nil {
		return nil, nil, err
	}
	cell, wrong := acceptance.Choose(g.signable(), acceptance.Asked{Column: in.Column, Nature: in.Nature, As: in.As})
	if wrong != "" {
		return nil, nil, domain.Breaks("R8", "input.column", "%s", wrong)
	}
	s, err := a.newSignOff(ctx, in, g, cell)
	if err != nil {
		return nil, nil, err
	}
	if err := a.maySign(ctx, in, g, cell, s); err != nil {
		return nil, nil, err
	}
	after := entity.Clone(before).(*domain.Release)
	after.AcceptanceCount++
	if s.Verdict == domain.Refuses && before.Status == domain.ReleaseInAcceptance {
		after.Move(domain.ReleaseRejected, s.SignedAt)
	}
	d := &estate.Draft{Guards: slices.Concat(g.Guards, g.guards)}
	d.Decide(before, after)
	d.Create(s)
	d.Join(domain.RelSigns, s, store.ID(before.ID))
	return d, &done[*domain.SignOff]{record: s, release: after}, nil
}

// signable are the cells that can be signed: those that acceptance needs, and the
// change manager's once the release is accepted (R22).
func (g *reading) signable() []acceptance.Cell {
	manager := domain.ChangeManager
	return append(g.cells(), acceptance.Cell{Column: domain.SignAuthorisation, Signer: domain.Signatory{Role: &manager}})
}

// newSignOff is the signature on the present round and content.
func (a *Area) newSignOff(ctx context.Context, in Sign, g *reading, cell acceptance.Cell) (*domain.SignOff, error) {
	digest, err := g.Signed().ContentDigest()
	if err != nil {
		return nil, err
	}
	who, err := a.doer(ctx)
	if err != nil {
		return nil, err
	}
	s := &domain.SignOff{
		Column: cell.Column, Role: cell.Signer.Role, Function: cell.Signer.Function, Verdict: in.Verdict, Comment: in.Comment, SignedAt: a.estate.Clock(),
		Actor: who.Name, Seat: optional.Or(in.OnBehalfOf, who.Name), Identities: who.Identities, Method: acting.Method(ctx),
		Round: g.Release.Round, ContentVersion: g.Release.ContentVersion, ContentDigest: digest,
	}
	if cell.Nature != "" {
		s.Nature = &cell.Nature
	}
	s.ID, s.Sources = a.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	s.Name = string(in.Verdict) + " " + cell.String()
	s.Key, err = a.records.FreeKey(ctx, domain.KindSignOff, g.Release.Key, "signature", len(g.signOffs)+1)
	return s, err
}

// maySign says all that is wrong with a signature: by whom, when, twice, and
// whether the signer made what they would accept (R7, R8, R22).
func (a *Area) maySign(ctx context.Context, in Sign, g *reading, cell acceptance.Cell, s *domain.SignOff) error {
	var es domain.Errors
	refuse := func(rule, field, format string, args ...any) {
		es = append(es, domain.Breaks(rule, field, format, args...))
	}
	wanted := domain.ReleaseInAcceptance
	if cell.Column == domain.SignAuthorisation {
		wanted = domain.ReleaseAccepted
	}
	if g.Release.Status != wanted {
		refuse("R22", "input.ref", "%s is %s: %s is signed of a release that is %s", g.Release.Key, g.Release.Status, cell.Column, wanted)
	}
	if in.Verdict == domain.Refuses && !said(in.Comment) {
		refuse("R22", "input.comment", "must say why the release is refused")
	}
	for _, other := range g.signOffs {
		if other.Verdict == domain.Signs && other.StateOn(g.Release) == domain.SignOffStands && cell.Same(cellOf(other)) {
			refuse("R8", "input.ref", "%s is signed already, by %s (%s)", cell, other.Actor, other.Key)
		}
	}
	holds, err := a.holds(ctx, g, cell, s)
	if err != nil {
		return err
	}
	es = append(es, holds...)
	kind := signed(s.Column)
	if kind == "" {
		return es.Err()
	}
	next := plan.Deed{Kind: kind, Persons: signers(s), Record: domain.KindSignOff + " " + s.Key}
	apart, err := a.separated(ctx, g, next, "input.ref")
	if err != nil {
		return err
	}
	return append(es, apart...).Err()
}

// holds says why somebody does not hold what a cell asks for (section 9): a role, a
// function, or being the business owner. A deputy holds it by whom they stand in
// for.
func (a *Area) holds(ctx context.Context, g *reading, cell acceptance.Cell, s *domain.SignOff) (es domain.Errors, err error) {
	if s.Deputised() {
		absent, err := a.absent(ctx, acting.Doer(ctx))
		if err != nil {
			return nil, err
		}
		if !domain.ContainsName(absent, s.Seat) {
			es = append(es, domain.Breaks("R8", "input.onBehalfOf", "%s does not stand in for %s now: they confirm a delegation for no single board", s.Actor, s.Seat))
		}
	}
	if acts(ctx, domain.Admin) {
		return es, nil
	}
	switch {
	case cell.Column == domain.SignBusiness:
		owner := optional.Or(g.Release.BusinessOwner, "")
		if owner == "" || !domain.SameName(owner, s.Seat) {
			es = append(es, domain.Breaks("R22", "input.column", "is signed by the business owner of the release, not by %s", s.Seat))
		}
	case cell.Signer.Role != nil:
		if !acts(ctx, *cell.Signer.Role) {
			es = append(es, domain.Breaks("R8", "input.column", "is signed by a %s, which %s is not", *cell.Signer.Role, s.Actor))
		}
	default:
		holder, err := a.functions(ctx, s.Seat)
		if err != nil {
			return nil, err
		}
		if !holder.Holds(*cell.Signer.Function) {
			es = append(es, domain.Breaks("R8", "input.column", "is signed by who holds the function %q: no party says so of %s (roleNames, memberOf)", *cell.Signer.Function, s.Seat))
		}
	}
	return es, nil
}

// functions are what a person holds by their party, and by the teams that it is a
// member of (section 9).
func (a *Area) functions(ctx context.Context, name string) (f acceptance.Function, err error) {
	v := a.estate.Everything()
	person, err := party.PartiesIn(ctx, v).Get(ctx, name, func() []string { return nil })
	if err != nil || person == nil || person.Type != domain.PartyPerson {
		return f, refusal.OfStore(err)
	}
	f.Own = person.RoleNames
	teams, err := estate.Linked[*domain.Party](ctx, v, []store.ID{store.ID(person.ID)}, domain.RelMemberOf, store.Out)
	for _, team := range teams[store.ID(person.ID)] {
		if team.Type == domain.PartyTeam {
			f.Teams = append(f.Teams, team.RoleNames)
		}
	}
	return f, err
}

// WithdrawSignature withdraws one's own signature, before the release is accepted.
func (a *Area) WithdrawSignature(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*Signed, error) {
	m := estate.Mutation{Action: sign, Kind: domain.KindSignOff, Options: o.Because(in.Reason), Input: []any{"withdraw", domain.KindSignOff, in}}
	out, err := carryOut(ctx, a, m, domain.KindSignOff, func() (*estate.Draft, *done[*domain.SignOff], error) { return a.withdraw(ctx, in) })
	return toSigned(out, err)
}

func (a *Area) withdraw(ctx context.Context, in domain.Verb) (*estate.Draft, *done[*domain.SignOff], error) {
	if err := acting.InPerson(ctx); err != nil {
		return nil, nil, err
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindSignOff), in.Ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	was := found.(*domain.SignOff)
	if err := refusal.Stale(was, in.IfVersion); err != nil {
		return nil, nil, err
	}
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Today(ctx), []store.ID{store.ID(was.ID)}, domain.RelSigns, store.Out)
	if err != nil {
		return nil, nil, err
	}
	before := optional.First(far[store.ID(was.ID)])
	if before == nil {
		return nil, nil, domain.Breaks("R8", "input.ref", "%s is on no release", was.Key)
	}
	if es := withdrawable(was, before, acting.Doer(ctx)); len(es) > 0 {
		return nil, nil, es.Err()
	}
	now, after := entity.Clone(was).(*domain.SignOff), entity.Clone(before).(*domain.Release)
	at := a.estate.Clock()
	now.WithdrawnAt = &at
	after.AcceptanceCount++
	d := &estate.Draft{}
	d.Decide(before, after)
	d.Decide(was, now)
	return d, &done[*domain.SignOff]{record: now, release: after}, nil
}

// withdrawable says why a signature cannot be withdrawn by somebody.
func withdrawable(s *domain.SignOff, r *domain.Release, who domain.Doer) (es domain.Errors) {
	if !who.Owns(s.Doer()) {
		es = append(es, domain.Breaks("R8", "input.ref", "%s was given by %s: nobody else withdraws it", s.Key, s.Actor))
	}
	if r.Status != domain.ReleaseInAcceptance {
		es = append(es, domain.Breaks("R8", "input.ref", "%s is %s: a signature is withdrawn in acceptance", r.Key, r.Status))
	}
	if state := s.StateOn(r); state != domain.SignOffStands || s.Verdict != domain.Signs {
		es = append(es, domain.Breaks("R8", "input.ref", "%s does not stand: it is %s (%s)", s.Key, state, s.Verdict))
	}
	return es
}

func list(names []string) string {
	if len(names) == 0 {
		return "it names none"
	}
	return strings.Join(names, ", ")
}
