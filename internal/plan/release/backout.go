package release

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/version"
)

// Undone is an item of a release's contents, as backing it out sees it.
type Undone struct {
	Content
	// Height is that of the item in the installation order (order.Heights).
	Height   int
	Requests []UndoneRequest
}

// UndoneRequest is a request that changed an item. Version is the one to which
// its release brings the item; in a package it differs between leaves. Kind is
// how far the request can be undone; one that does not say cannot be.
type UndoneRequest struct {
	Key     string
	Version string
	Kind    domain.BackOutKind
}

// Dependency is one between two items of the contents: From needs To. Links that
// only document are none (I11).
type Dependency struct{ From, To string }

// Undoing is what a step of a back-out plan does.
type Undoing string

// What the steps of a back-out plan do.
const (
	Undo     Undoing = "UNDO"      // carry out the request's back-out plan
	Mitigate Undoing = "MITIGATE"  // carry out the request's mitigation
	PutBack  Undoing = "PUT_BACK"  // install the version before
	TakeAway Undoing = "TAKE_AWAY" // remove what was added
)

// UndoStep is a step of a back-out plan.
type UndoStep struct {
	Item string
	// Request is the one whose plan the step carries out, empty for an item that
	// no request is about.
	Request string
	Kind    domain.BackOutKind
	Does    Undoing
	// Stays is what keeps the item in its new version, nil when it does not stay.
	Stays *Tie
}

// Tie is an item that stays, and the item that it is tied to; To is nil for an
// item that cannot be undone itself.
type Tie struct {
	Item string
	To   *Tie
}

// Chain lists the items that keep this one, from one that cannot be undone to
// the item itself.
func (t *Tie) Chain() (items []string) {
	for ; t != nil; t = t.To {
		items = append(items, t.Item)
	}
	slices.Reverse(items)
	return items
}

// BackOutPlan is how a release is undone (R10).
type BackOutPlan struct {
	Steps []UndoStep
	// Reversible is the least of all steps, FULL when there are none.
	Reversible domain.BackOutKind
	// LeastReversible is the place of the first step of that kind among the steps,
	// -1 when Reversible is FULL.
	LeastReversible int
}

// reversibility orders kinds: the less can be undone, the lower.
var reversibility = []domain.BackOutKind{domain.BackOutNone, domain.BackOutPartial, domain.BackOutFull}

// BackOut sums up the back-out plans of a release's requests (R10): items in
// reverse installation order, then by key; for each its requests, later version
// first, then by key. An item without request is put back, or taken away when it
// was added. An item that a step cannot undo stays, and so does what an item that
// does not coexist ties to it: both ends of a dependency on such an item. What
// stays is not undone, its own plan notwithstanding. A PARTIAL plan keeps nothing
// else. The work follows the contents and the dependencies between them.
func BackOut(ctx context.Context, items []Undone, needs []Dependency, versions *version.Reader) (*BackOutPlan, error) {
	sorted := slices.SortedFunc(slices.Values(items), func(a, b Undone) int {
		return cmp.Or(cmp.Compare(b.Height, a.Height), cmp.Compare(a.Item, b.Item))
	})
	ties, err := staying(ctx, sorted, needs)
	if err != nil {
		return nil, err
	}
	p := &BackOutPlan{Reversible: domain.BackOutFull, LeastReversible: -1}
	for _, item := range sorted {
		for _, step := range item.steps(versions) {
			step.Stays = ties[item.Item]
			if slices.Index(reversibility, step.Kind) < slices.Index(reversibility, p.Reversible) {
				p.Reversible, p.LeastReversible = step.Kind, len(p.Steps)
			}
			p.Steps = append(p.Steps, step)
		}
	}
	return p, nil
}

func (u Undone) steps(versions *version.Reader) (list []UndoStep) {
	if len(u.Requests) == 0 {
		does := PutBack
		if u.Action == Add {
			does = TakeAway
		}
		return []UndoStep{{Item: u.Item, Kind: domain.BackOutFull, Does: does}}
	}
	for _, r := range slices.SortedFunc(slices.Values(u.Requests), laterFirst(versions)) {
		step := UndoStep{Item: u.Item, Request: r.Key, Kind: r.kind(), Does: Undo}
		if step.Kind == domain.BackOutNone {
			step.Does = Mitigate
		}
		list = append(list, step)
	}
	return list
}

func (r UndoneRequest) kind() domain.BackOutKind {
	if slices.Contains(reversibility, r.Kind) {
		return r.Kind
	}
	return domain.BackOutNone
}

// laterFirst orders requests by version; those whose version cannot be read
// come last.
func laterFirst(versions *version.Reader) func(a, b UndoneRequest) int {
	return func(a, b UndoneRequest) int {
		v, errA := versions.Read(a.Version)
		w, errB := versions.Read(b.Version)
		later := 0
		if errA == nil && errB == nil {
			later = w.Compare(v)
		}
		return cmp.Or(order(errA != nil, errB != nil), later, cmp.Compare(a.Key, b.Key))
	}
}

// staying finds the items that stay, each with a shortest chain that begins at an
// item that cannot be undone; of several the one whose keys come first. The
// search goes by levels, in the order of the chains, so the first chain to an
// item is the one.
func staying(ctx context.Context, items []Undone, needs []Dependency) (map[string]*Tie, error) {
	steps := pace.Of(ctx)
	coexists := map[string]bool{}
	var open []string
	for _, item := range items {
		coexists[item.Item] = item.Coexists
		if slices.ContainsFunc(item.Requests, func(r UndoneRequest) bool { return r.kind() == domain.BackOutNone }) {
			open = append(open, item.Item)
		}
	}
	tied := map[string][]string{}
	for _, d := range needs {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		_, inside := coexists[d.From]
		if freely, known := coexists[d.To]; inside && known && !freely {
			tied[d.From] = append(tied[d.From], d.To)
			tied[d.To] = append(tied[d.To], d.From)
		}
	}
	slices.Sort(open)
	ties := map[string]*Tie{}
	for _, key := range open {
		ties[key] = &Tie{Item: key}
	}
	for i := 0; i < len(open); i++ {
		next := tied[open[i]]
		if err := steps.Steps(1 + len(next)); err != nil {
			return nil, err
		}
		slices.Sort(next)
		for _, key := range next {
			if ties[key] == nil {
				ties[key] = &Tie{key, ties[open[i]]}
				open = append(open, key)
			}
		}
	}
	return ties, nil
}

// BackOutPlans is the need BACK_OUT_PLANS: every request says how far it can be
// undone, with a plan, or a mitigation where it cannot.
func BackOutPlans(requests []PlannedUndo) (list []Lack) {
	for _, r := range requests {
		switch {
		case !slices.Contains(reversibility, r.Kind):
			list = append(list, NeedBackOutPlans.lack(r.Key, "how far %s can be undone: its backOutKind", r.Key))
		case r.Kind == domain.BackOutNone && !r.Mitigation:
			list = append(list, NeedBackOutPlans.lack(r.Key, "a mitigation of %s, since its backOutKind is NONE", r.Key))
		case r.Kind != domain.BackOutNone && !r.Plan:
			list = append(list, NeedBackOutPlans.lack(r.Key, "a back-out plan of %s, since its backOutKind is %s", r.Key, r.Kind))
		}
	}
	return byAbout(list)
}

// PlannedUndo is what a request says about undoing it: how far, and whether
// there is a plan and a mitigation.
type PlannedUndo struct {
	Key              string
	Kind             domain.BackOutKind
	Plan, Mitigation bool
}

// Reversible is the need REVERSIBLE: the release can be undone as far as the
// policy demands of its category (R20).
func Reversible(p *BackOutPlan, demanded domain.BackOutKind) []Lack {
	if slices.Index(reversibility, p.Reversible) >= slices.Index(reversibility, demanded) {
		return nil
	}
	least := p.Steps[p.LeastReversible]
	about := cmp.Or(least.Request, least.Item)
	return NeedReversible.only(about, "a release that can be undone %s: it is so only %s, by %s", demanded, p.Reversible, about)
}
