package occasion

import (
	"context"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/ties"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	sites "releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// Step is a step of a roll-out, as it stands.
type Step struct {
	ground.Step
	Is   *running.Step
	At   store.Node // its site
	Wave int
}

// Asked is what is asked about.
type Asked struct {
	// View is of everything, Seen is what the caller may see: what is not is not named.
	View, Seen estate.View
	Ground     *ground.Ground
	// Steps are all whose order counts, Requests the keys of those that they carry out.
	Steps    []Step
	Requests []string
	Within   domain.TimeRange
}

// Occasions are the occasions of the steps of a roll-out within a time.
type Occasions struct {
	Asked
	area             *Area
	windows, freezes []*calendar.Opening
	opens, closes    *conflict.Windows
	ons              map[*calendar.Opening]plan.Ranges
	g                *shape.Graph
	sequence         *running.Sequence
}

// Read reads what the occasions of steps follow from.
func (area *Area) Read(ctx context.Context, a Asked) (*Occasions, error) {
	o := &Occasions{Asked: a, area: area, ons: map[*calendar.Opening]plan.Ranges{}}
	doing := make([]ground.Step, len(a.Steps))
	ordered := make([]ties.Step, len(a.Steps))
	for i, s := range a.Steps {
		doing[i], ordered[i] = s.Step, ties.Step{Step: s.Step, Wave: s.Wave}
	}
	if err := a.Ground.Read(ctx, doing); err != nil {
		return nil, err
	}
	what, err := ties.Read(ctx, a.View, a.Ground, ordered, func(ctx context.Context, roots []store.Node) (*shape.Graph, error) {
		return area.traversal.Graph(ctx, a.View, traversal.Survey{Roots: roots, Direction: store.Out})
	})
	if err != nil {
		return nil, err
	}
	o.sequence = what.Sequence(ctx)
	return o, o.readOpenings(ctx)
}

// readOpenings reads when maintenance windows and freezes are on, and for what.
func (o *Occasions) readOpenings(ctx context.Context) error {
	all, err := calendar.ReadOpenings(ctx, o.View)
	if err != nil {
		return err
	}
	o.windows, o.freezes = all.Windows, all.Freezes
	survey := traversal.Survey{Direction: store.Out, Outcomes: true, Around: true}
	var items []store.ID
	for _, s := range o.Steps {
		survey.Sites = append(survey.Sites, s.At)
		for _, work := range o.Ground.Work(s.ID) {
			items = append(items, store.ID(work.Item.ID))
		}
	}
	slices.Sort(items)
	roots, err := o.View.Nodes(ctx, slices.Compact(items)...)
	if err != nil {
		return refusal.OfStore(err)
	}
	survey.Roots = slices.Collect(maps.Values(roots))
	for _, one := range all.All() {
		survey.Roots, survey.Sites = append(survey.Roots, one.Services...), append(survey.Sites, one.Sites...)
	}
	if o.g, err = o.area.traversal.Graph(ctx, o.View, survey); err != nil {
		return err
	}
	if o.opens, err = o.on(ctx, o.windows); err != nil {
		return err
	}
	o.closes, err = o.on(ctx, o.freezes)
	return err
}

// on works out when openings are on, and for what.
func (o *Occasions) on(ctx context.Context, list []*calendar.Opening) (*conflict.Windows, error) {
	windows := make([]conflict.Window, len(list))
	for i, one := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		of := one.Opening()
		within, err := sites.Within(ctx, o.g, impact.NodesIn(o.g, one.Sites))
		if err != nil {
			return nil, err
		}
		for _, s := range o.Steps {
			if region := s.At.Props.Text("region"); region != "" && slices.Contains(of.Regions, region) {
				within = append(within, impact.NodesIn(o.g, []store.Node{s.At})...)
			}
		}
		except := map[string]bool{}
		for _, request := range o.Requests {
			except[request] = one.Excepts(request)
		}
		windows[i] = conflict.Window{Except: except, Scope: conflict.Scope{
			Everywhere: of.Everywhere, Classes: of.Classes, Environments: of.Environments, Sites: within, Services: impact.NodesIn(o.g, one.Services),
		}}
		if w, errs := plan.New(calendar.Spec(of)); errs == nil {
			o.ons[one] = plan.Of(w.Occurrences(o.Within)...)
		}
	}
	return conflict.NewWindows(ctx, o.g, windows)
}

// Of is the occasion of a step, by its place.
func (o *Occasions) Of(ctx context.Context, place int) (*running.Occasion, error) {
	s, occasion := o.Steps[place], &running.Occasion{}
	work := conflict.Work{Key: s.ID, Requests: o.Requests, Sites: impact.NodesIn(o.g, []store.Node{s.At})}
	for _, one := range o.Ground.Work(s.ID) {
		work.Items = append(work.Items, impact.NodesIn(o.g, []store.Node{{ID: store.ID(one.Item.ID)}})...)
	}
	told := [][]int{}
	for _, windows := range o.opens.Parties(work) {
		if slices.ContainsFunc(told, func(known []int) bool { return slices.Equal(known, windows) }) {
			continue
		}
		told = append(told, windows)
		spell, err := o.spell(ctx, "the maintenance windows ", o.windows, windows)
		if err != nil {
			return nil, err
		}
		occasion.Windows = append(occasion.Windows, spell)
	}
	for _, freeze := range o.closes.Applying(work) {
		spell, err := o.spell(ctx, "the freeze ", o.freezes, []int{freeze})
		if err != nil {
			return nil, err
		}
		occasion.Closed = append(occasion.Closed, spell)
	}
	if hours, are := o.serviceHours(s); are {
		occasion.Closed = append(occasion.Closed, hours)
	}
	return occasion, o.neighbours(ctx, place, occasion)
}

// spell is when any of some openings is on, with their names.
func (o *Occasions) spell(ctx context.Context, what string, list []*calendar.Opening, places []int) (running.Spell, error) {
	var nodes []store.Node
	var on plan.Ranges
	for _, i := range places {
		meta := list[i].Record.Meta()
		nodes = append(nodes, store.Node{ID: store.ID(meta.ID), Props: store.Props{"key": meta.Key}})
		on = on.Union(o.ons[list[i]])
	}
	keys, err := o.Seen.KeysSeen(ctx, nodes)
	return running.Spell{Name: what + strings.Join(keys, " and "), On: on}, err
}

// serviceHours are when the site of a step must not be disturbed.
func (o *Occasions) serviceHours(s Step) (running.Spell, bool) {
	text, zone := s.At.Props.Text("serviceHours"), s.At.Props.Text("timeZone")
	if text == "" || zone == "" {
		return running.Spell{}, false
	}
	hours, err := plan.ParseHours(text, zone)
	if err != nil {
		return running.Spell{}, false // it was checked when it was written
	}
	return running.Spell{Name: "the service hours of " + s.At.Props.Text("key"), On: plan.Open(hours, o.Within)}, true
}

// neighbours are the steps before and after one that have their hours, and that are not
// done with.
func (o *Occasions) neighbours(ctx context.Context, place int, occasion *running.Occasion) error {
	before, err := o.sequence.Before(place)
	if err != nil {
		return err
	}
	after, err := o.sequence.After(place)
	if err != nil {
		return err
	}
	for _, i := range before {
		if s := o.Steps[i].Is; s.Own() != nil && !s.Status.Final() {
			if occasion.After, err = o.neighbour(ctx, occasion.After, i); err != nil {
				return err
			}
		}
	}
	for _, i := range after {
		if s := o.Steps[i].Is; s.Own() != nil && s.Waits() {
			if occasion.Before, err = o.neighbour(ctx, occasion.Before, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *Occasions) neighbour(ctx context.Context, list []running.Neighbour, place int) ([]running.Neighbour, error) {
	keys, err := o.Seen.KeysSeen(ctx, []store.Node{o.Steps[place].At})
	if err != nil {
		return nil, err
	}
	return append(list, running.Neighbour{Site: keys[0], Hour: *o.Steps[place].Is.Own()}), nil
}

// Tied lists the places of the steps whose hours bear on that of one.
func (o *Occasions) Tied(place int) ([]int, error) {
	before, err := o.sequence.Before(place)
	if err != nil {
		return nil, err
	}
	after, err := o.sequence.After(place)
	return append(slices.Clone(before), after...), err
}
