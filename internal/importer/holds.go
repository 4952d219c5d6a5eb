package importer

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/interchange"
)

// maxPlanned is how many lines about plans and freezes a dry run looks at
// together.
const maxPlanned = 5_000

// holds gathers which changes a run puts on hold and releases (H6): of each
// what held it before the run, and what after.
type holds struct {
	byKey   map[string]bulk.ImportHold
	planned []*interchange.Item // by a dry run
	more    int                 // that were not looked at
}

func (h *holds) add(list []bulk.ImportHold) {
	if h.byKey == nil {
		h.byKey = map[string]bulk.ImportHold{}
	}
	for _, one := range list {
		if was, again := h.byKey[one.ChangeRequest]; again {
			one.Before = was.Before
		}
		h.byKey[one.ChangeRequest] = one
	}
}

// plan keeps what items say of plans and freezes, and tells whether they do.
func (h *holds) plan(items []*interchange.Item) (any bool) {
	for _, i := range items {
		switch {
		case !calendar.OfPlan(i):
			continue
		case len(h.planned) < maxPlanned:
			h.planned = append(h.planned, i)
		default:
			h.more++
		}
		any = true
	}
	return any
}

// foresee finds out which changes would be held, by all that the files say of
// plans and freezes together: by parts, a dry run does not see that a freeze has
// sites, or a change items.
func (r *run) foresee(ctx context.Context) error {
	if len(r.holds.planned) == 0 {
		return nil
	}
	done, err := retry(ctx, r, func() (bulk.Imported, error) { return r.target.Write(ctx, r.holds.planned) })
	r.holds.add(done.Held)
	return err
}

// settle adds to a summary what is held otherwise than before the run.
func (r *run) settle(s Summary) Summary {
	for _, key := range slices.Sorted(maps.Keys(r.holds.byKey)) {
		if one := r.holds.byKey[key]; !slices.Equal(one.Before, one.After) {
			s.Held = append(s.Held, one)
		}
	}
	s.HoldsUnseen = r.holds.more
	return s
}
