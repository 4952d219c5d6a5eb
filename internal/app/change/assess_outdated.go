package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// toldReasons is how many reasons are told why an assessment no longer holds.
const toldReasons = 20

// brought is by how much a record is younger than it says that an import must
// have brought it.
const brought = time.Hour

// outdated tells what has changed of what an assessment rests on (H3): nothing
// while it holds. The reasons name whatever has
// changed, so that they are told only to those who see all of it.
func (a assessing) outdated(ctx context.Context, as *domain.Assessment, c *domain.ChangeRequest) ([]string, error) {
	reasons, err := a.whyOutdated(estate.WithActor(ctx, estate.Local.Actor), as, c)
	if len(reasons) > 0 && !a.judges(ctx) {
		reasons = []string{"what it rests on has changed"}
	}
	return reasons, err
}

func (a assessing) whyOutdated(ctx context.Context, as *domain.Assessment, c *domain.ChangeRequest) ([]string, error) {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return nil, estate.StoreError(err)
	}
	if as.Revision > int64(head) || as.CreatedAt.Sub(as.AssessedAt) > brought {
		return []string{"it was brought from elsewhere, so that nobody can tell what has changed"}, nil
	}
	changed, err := a.Past.Diff(ctx, store.Revision(as.Revision), head)
	var much *asof.TooMuchError
	switch {
	case errors.As(err, &much), errors.Is(err, store.ErrCompacted):
		return []string{"more has changed than can be told"}, nil
	case err != nil:
		return nil, estate.StoreError(err)
	}
	rests, reasons, err := a.restsOn(ctx, as, c)
	if err != nil {
		return nil, err
	}
	effects, err := changed.Where(ctx, rests.concerned)
	if err != nil {
		return nil, estate.StoreError(err)
	}
	effects = rests.minded(effects)
	told, err := a.Changes(ctx, effects[:min(len(effects), toldReasons)], nil)
	if err != nil {
		return nil, err
	}
	for i := range told {
		reasons = append(reasons, reason(&told[i]))
	}
	if more := len(effects) - len(told); more > 0 {
		reasons = append(reasons, fmt.Sprintf("%d changes more", more))
	}
	return a.newlyInFlight(ctx, as, c, rests, reasons)
}

// foundation is what an assessment rests on.
type foundation struct {
	request  store.ID
	affected map[store.ID]bool
	touched  map[store.ID]bool // affected and hit
}

// restsOn finds the records by the keys that they had. One that is gone, or
// has another key, is a reason.
func (a assessing) restsOn(ctx context.Context, as *domain.Assessment, c *domain.ChangeRequest) (*foundation, []string, error) {
	rests := &foundation{request: store.ID(c.ID), affected: map[store.ID]bool{}, touched: map[store.ID]bool{}}
	var reasons []string
	for _, part := range []struct {
		keys []string
		sets []map[store.ID]bool
	}{
		{as.Affected, []map[store.ID]bool{rests.affected, rests.touched}},
		{slices.Concat(as.HitFull, as.HitDegraded), []map[store.ID]bool{rests.touched}},
	} {
		found, err := a.Entire.Lookup(ctx, domain.KindConfigurationItem, "key", part.keys...)
		if err != nil {
			return nil, nil, estate.StoreError(err)
		}
		for _, key := range part.keys {
			n, ok := found[key]
			if !ok {
				reasons = append(reasons, key+" is gone, or has another key")
				continue
			}
			for _, set := range part.sets {
				set[n.ID] = true
			}
		}
	}
	if as.Omitted > 0 { // what is hit is not all listed: look again
		now, err := a.snapshot(ctx, c)
		if err != nil {
			return nil, nil, err
		}
		if now.Findings != as.Findings {
			reasons = append(reasons, "other items are hit, or with another strength")
		}
	}
	return rests, reasons, nil
}

// What of an item, and of the request itself, an assessment looks at.
var (
	assessedFields = []string{"class", "status", "environment", "criticality", "users"}
	requestFields  = []string{"type", "backOutKind", "downtime", "plannedFrom", "plannedTo"}
	// idleFields change nothing about an item.
	idleFields = []string{"confirmedAt"}
)

// minded keeps, of what has changed, that on which the assessment rests: any
// change to an affected item or its dependencies (H3), and what of the hit items
// and their dependencies an analysis looks at. What else was changed with it is
// left out.
func (r *foundation) minded(effects []store.Effect) (kept []store.Effect) {
	for _, e := range effects {
		if e.Node == "" {
			if r.mindsEdge(&e) {
				kept = append(kept, e)
			}
			continue
		}
		matters := r.mattering(e.Node)
		if matters != nil && touches(&e, matters) {
			e.Before, e.After = keep(e.Before, matters), keep(e.After, matters)
			kept = append(kept, e)
		}
	}
	return kept
}

// mattering tells which properties of a record matter, nil when none does.
func (r *foundation) mattering(id store.ID) func(property string) bool {
	switch {
	case id == r.request:
		return func(name string) bool { return slices.Contains(requestFields, name) }
	case r.affected[id]:
		return func(name string) bool { return !slices.Contains(idleFields, name) && !entity.Kept(name) }
	case r.touched[id]:
		return func(name string) bool { return slices.Contains(assessedFields, name) }
	}
	return nil
}

// keep leaves the properties that matter; what was or is not there stays so.
func keep(props store.Props, matters func(string) bool) store.Props {
	if props == nil {
		return nil
	}
	kept := store.Props{}
	for name, v := range props {
		if matters(name) {
			kept[name] = v
		}
	}
	return kept
}

func (r *foundation) mindsEdge(e *store.Effect) bool {
	if e.Verb() == store.Updated && !touches(e, func(name string) bool { return !entity.Kept(name) }) {
		return false // who lists it is not what it is
	}
	return r.concerned(e)
}

// concerned tells whether a change to a record or relationship may matter.
func (r *foundation) concerned(e *store.Effect) bool {
	if e.Node != "" {
		return r.mattering(e.Node) != nil
	}
	switch e.Edge.Rel {
	case domain.RelAffects, domain.RelExcludes:
		return e.Edge.From == r.request
	case domain.RelDependsOn:
		return r.touched[e.Edge.From] || r.touched[e.Edge.To]
	case domain.RelInstalledAt:
		return r.touched[e.Edge.From]
	}
	return false
}

// touches tells whether an effect is about a property that matters.
func touches(e *store.Effect, matters func(string) bool) bool {
	for _, props := range []store.Props{e.Before, e.After} {
		for name := range props {
			if matters(name) {
				return true
			}
		}
	}
	return false
}

// reason words a change.
func reason(c *domain.Change) string {
	verb := map[domain.ChangeType]string{
		domain.ChangeCreated: "was added", domain.ChangeUpdated: "was changed", domain.ChangeRemoved: "was removed",
	}[c.Type]
	if c.From != nil && c.To != nil {
		return fmt.Sprintf("%s from %s to %s %s", c.Kind, c.From.Key, c.To.Key, verb)
	}
	var fields []string
	for _, f := range c.Fields {
		if !entity.Kept(f.Field) {
			fields = append(fields, f.Field)
		}
	}
	return fmt.Sprintf("%s %s (%s)", estate.ValueOr(c.Key, c.Kind), verb, strings.Join(fields, ", "))
}

// newlyInFlight adds the requests that have come to be open in the same time.
func (a assessing) newlyInFlight(ctx context.Context, as *domain.Assessment, c *domain.ChangeRequest, rests *foundation, reasons []string) ([]string, error) {
	now, err := a.inFlight(ctx, c, rests.touched)
	if err != nil {
		return nil, err
	}
	for _, n := range now {
		if key := estate.Text(n.Props["key"]); !slices.Contains(as.InFlight, key) {
			reasons = append(reasons, key+" touches the same items in the same time")
		}
	}
	return reasons, nil
}
