package release

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// carried is a request that a release carries out, with what the rules of
// releases look at.
type carried struct {
	request  *domain.ChangeRequest
	items    []*domain.ConfigurationItem // that it affects
	board    *domain.Board
	problems []*domain.Problem
	by       []string // keys of the releases that carry it out
}

// facts is all that the moves of a release depend on, as it was read: at commit,
// guards hold it so.
type facts struct {
	*reading
	policy    *policy.Chosen
	numbering policy.Numbering
	packages  []release.Numbered // the other packages of its policy, of a package alone
	held      *held
	requests  []*carried // of the release, or of the leaves of a package; by key
	fixes     []*domain.Problem
	known     map[string]bool // problems that a known error diagnoses, by key
	near      []*other
	others    []release.Numbered
	backOut   *release.BackOutPlan
	kit       *kit
	supplied  map[string]bool // by key of item: it has a supplier
	defects   []*domain.KnownError
	beside    Beside
	tasks     []*domain.Task // that prepare it
}

// factsOf reads what the moves of a release depend on, whether the caller may see
// it or not.
func (a *Area) factsOf(ctx context.Context, r *domain.Release) (*facts, error) {
	return a.factsIn(ctx, a.estate.Everything(), r)
}

// factsFor reads what a release is about, as far as the caller may see it, at the
// moment of which the release is.
func (a *Area) factsFor(ctx context.Context, r *domain.Release) (*facts, error) {
	c, id := a.estate.CohortOf(ctx, r), store.ID(r.ID)
	known, err := estate.LoadOf(c, "facts "+r.ID, func() (map[store.ID]*facts, error) {
		f, err := a.factsIn(ctx, c.View, r)
		return map[store.ID]*facts{id: f}, err
	})
	return known[id], err
}

// heldIn reads what a release holds, by its policy.
func (a *Area) heldIn(ctx context.Context, v estate.View, r *domain.Release) (*facts, error) {
	g, err := read(ctx, v, r)
	if err != nil {
		return nil, err
	}
	f := &facts{reading: g, known: map[string]bool{}}
	if f.policy, err = a.policies.Of(ctx, v, r, g.changed()); err != nil {
		return nil, err
	}
	f.numbering = policy.NumberingOf(f.policy.Policy)
	f.held, err = g.held(ctx, f.numbering)
	return f, err
}

func (a *Area) factsIn(ctx context.Context, v estate.View, r *domain.Release) (*facts, error) {
	f, err := a.heldIn(ctx, v, r)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{f.readRequests, f.readProblems, f.readOthers, f.readKit, f.readSuppliers, f.readDefects, f.readTasks} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	f.kit.now = a.estate.Clock()
	if f.backOut, err = a.backOutOf(ctx, f); err != nil {
		return nil, err
	}
	return f, f.readBeside(ctx, a.Acceptance)
}

// readSuppliers reads which items have a supplier.
func (f *facts) readSuppliers(ctx context.Context) error {
	f.supplied = map[string]bool{}
	var items []store.ID
	key := map[store.ID]string{}
	for _, one := range f.held.items {
		id := store.ID(f.units.items[one.Item].ID)
		items, key[id] = append(items, id), one.Item
	}
	far, err := f.view.Far(ctx, items, domain.RelSuppliedBy, store.Out, domain.KindParty)
	for id, list := range far {
		f.supplied[key[id]] = len(list) > 0
	}
	return err
}

// readDefects reads the defects that are known of the release, and accepted.
func (f *facts) readDefects(ctx context.Context) error {
	id := store.ID(f.of.ID)
	far, err := estate.Linked[*domain.KnownError](ctx, f.view, []store.ID{id}, domain.RelIntroducedBy, store.In)
	f.defects = far[id]
	return err
}

// readRequests reads the requests that the release carries out, with what they are
// about.
func (f *facts) readRequests(ctx context.Context) error {
	carriers := f.carriers()
	far, err := estate.Linked[*domain.ChangeRequest](ctx, f.view, ids(carriers), domain.RelImplements, store.Out)
	if err != nil {
		return err
	}
	of := map[store.ID]*carried{}
	var nodes []store.ID
	for _, p := range carriers {
		for _, r := range far[store.ID(p.release.ID)] {
			id := store.ID(r.ID)
			if of[id] == nil {
				of[id] = &carried{request: r}
				nodes = append(nodes, id)
				f.requests = append(f.requests, of[id])
				f.keep(r)
			}
			of[id].by = append(of[id].by, p.release.Key)
		}
	}
	slices.SortFunc(f.requests, func(a, b *carried) int { return cmp.Compare(a.request.Key, b.request.Key) })
	items, err := estate.Linked[*domain.ConfigurationItem](ctx, f.view, nodes, domain.RelAffects, store.Out)
	if err != nil {
		return err
	}
	boards, err := estate.Linked[*domain.Board](ctx, f.view, nodes, domain.RelDecidedBy, store.Out)
	if err != nil {
		return err
	}
	problems, err := estate.Linked[*domain.Problem](ctx, f.view, nodes, domain.RelResolves, store.Out)
	if err != nil {
		return err
	}
	for id, c := range of {
		c.items, c.board, c.problems = items[id], optional.First(boards[id]), problems[id]
	}
	return nil
}

// readProblems reads which problems are known: a known error diagnoses them, or a
// known error that the release FIXES does.
func (f *facts) readProblems(ctx context.Context) error {
	fixes, err := f.view.Far(ctx, ids(f.carriers()), domain.RelFixes, store.Out, domain.KindKnownError)
	if err != nil {
		return err
	}
	var errors []store.ID
	for _, list := range fixes {
		errors = append(errors, store.IDsOf(list)...)
	}
	diagnosed, err := estate.Linked[*domain.Problem](ctx, f.view, errors, domain.RelDiagnoses, store.Out)
	if err != nil {
		return err
	}
	fixed := map[string]bool{}
	for _, list := range diagnosed {
		for _, p := range list {
			if f.known[p.Key] = true; !fixed[p.Key] {
				fixed[p.Key] = true
				f.fixes = append(f.fixes, p)
			}
		}
	}
	var open []store.ID
	key := map[store.ID]string{}
	for _, p := range f.problems() {
		open = append(open, store.ID(p.ID))
		key[store.ID(p.ID)] = p.Key
	}
	behind, err := f.view.Far(ctx, open, domain.RelDiagnoses, store.In, domain.KindKnownError)
	for id, list := range behind {
		f.known[key[id]] = f.known[key[id]] || len(list) > 0
	}
	return err
}

// problems are those that the release is about, each once, by key.
func (f *facts) problems() []*domain.Problem {
	list, seen := []*domain.Problem{}, map[string]bool{}
	add := func(problems []*domain.Problem) {
		for _, p := range problems {
			if !seen[p.Key] {
				seen[p.Key] = true
				list = append(list, p)
			}
		}
	}
	for _, c := range f.requests {
		add(c.problems)
	}
	add(f.fixes)
	slices.SortFunc(list, func(a, b *domain.Problem) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// readTasks reads what prepares the release (R12).
func (f *facts) readTasks(ctx context.Context) error {
	id := store.ID(f.of.ID)
	far, err := estate.Linked[*domain.Task](ctx, f.view, []store.ID{id}, domain.RelPrepares, store.In)
	f.tasks = far[id]
	for _, t := range f.tasks {
		f.keep(t)
	}
	return err
}
