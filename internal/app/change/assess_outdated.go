package change

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// toldReasons is how many reasons are told why an assessment no longer holds.
const toldReasons = 20

// brought is by how much a record is younger than it says that an import must
// have brought it.
const brought = time.Hour

// resting is an assessment with the request that it is of.
type resting struct {
	assessment *domain.Assessment
	request    *domain.ChangeRequest
}

// outdated returns for each assessment what has changed since of what it rests on (H3),
// nothing while it still counts. The reasons name whatever has changed: show them only to
// those who see all of it.
func (a assessing) outdated(ctx context.Context, list []resting) ([][]string, error) {
	reasons, err := a.whyOutdated(acting.WithActor(ctx, acting.Local.Actor), list)
	for i := range reasons {
		if len(reasons[i]) > 0 && !a.judges(ctx) {
			reasons[i] = []string{"what it rests on has changed"}
		}
	}
	return reasons, err
}

func (a assessing) whyOutdated(ctx context.Context, list []resting) ([][]string, error) {
	head, err := a.estate.Store.Head(ctx)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	oldest, err := a.estate.Entire.Oldest(ctx)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	all := make([]*foundation, len(list))
	var known []*foundation
	for i, r := range list {
		all[i] = &foundation{resting: r, id: store.ID(r.request.ID), affected: map[store.ID]bool{}, touched: map[store.ID]bool{}}
		switch as := r.assessment; {
		case as.Revision > int64(head), as.CreatedAt.Sub(as.AssessedAt) > brought:
			all[i].reasons = []string{"it was brought from elsewhere, so that nobody can tell what has changed"}
		case as.Revision < int64(oldest):
			all[i].reasons = []string{tooMuch}
		default:
			known = append(known, all[i])
		}
	}
	if len(known) > 0 {
		err = a.compare(ctx, known, head)
	}
	reasons := make([][]string, len(all))
	for i, f := range all {
		reasons[i] = f.reasons
	}
	return reasons, err
}

// tooMuch is the reason that stands for all when they cannot be read.
const tooMuch = "more has changed than can be told"

// compare finds out what has changed since each assessment was made.
func (a assessing) compare(ctx context.Context, list []*foundation, head store.Revision) error {
	if err := a.restOn(ctx, list); err != nil {
		return err
	}
	since := make([]store.Revision, len(list))
	for i, f := range list {
		since[i] = store.Revision(f.assessment.Revision)
	}
	changed, err := a.estate.Past.Since(ctx, since, head, func(i int, e *store.Effect) bool { return list[i].concerned(e) })
	var much *asof.TooMuchError
	switch {
	case errors.As(err, &much), errors.Is(err, store.ErrCompacted):
		for _, f := range list {
			f.reasons = []string{tooMuch}
		}
		return nil
	case err != nil:
		return refusal.OfStore(err)
	}
	if err := a.tellChanges(ctx, list, changed); err != nil {
		return err
	}
	return a.newlyInFlight(ctx, list)
}

// tellChanges adds what has changed to the reasons.
func (a assessing) tellChanges(ctx context.Context, list []*foundation, changed [][]store.Effect) error {
	names := wording.NewNames(a.estate.Entire)
	for i, f := range list {
		changed[i] = f.minded(changed[i])
		names.Announce(changed[i][:min(len(changed[i]), toldReasons)])
	}
	for i, f := range list {
		told, err := names.Tell(ctx, changed[i][:min(len(changed[i]), toldReasons)])
		if err != nil {
			return err
		}
		for _, c := range told {
			f.reasons = append(f.reasons, reason(c))
		}
		if more := len(changed[i]) - len(told); more > 0 {
			f.reasons = append(f.reasons, fmt.Sprintf("%d changes more", more))
		}
	}
	return nil
}

// foundation is what an assessment rests on.
type foundation struct {
	resting
	id       store.ID // of the request
	affected map[store.ID]bool
	touched  map[store.ID]bool // affected and hit
	reasons  []string
}

// restOn finds the records by the keys that they had. One that is gone, or has
// another key, is a reason.
func (a assessing) restOn(ctx context.Context, list []*foundation) error {
	keys := map[string]bool{}
	for _, f := range list {
		for _, key := range slices.Concat(f.assessment.Affected, f.assessment.HitFull, f.assessment.HitDegraded) {
			keys[key] = true
		}
	}
	found, err := a.estate.Entire.Lookup(ctx, domain.KindConfigurationItem, "key", slices.Sorted(maps.Keys(keys))...)
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, f := range list {
		f.rest(found, f.assessment.Affected, f.affected, f.touched)
		f.rest(found, slices.Concat(f.assessment.HitFull, f.assessment.HitDegraded), f.touched)
		if f.assessment.Omitted == 0 {
			continue
		}
		now, err := a.snapshot(ctx, f.request) // what is hit is not all listed: look again
		if err != nil {
			return err
		}
		if now.Findings != f.assessment.Findings {
			f.reasons = append(f.reasons, "other items are hit, or with another strength")
		}
	}
	return nil
}

// rest puts the items with some keys into sets.
func (f *foundation) rest(found map[string]store.Node, keys []string, sets ...map[store.ID]bool) {
	for _, key := range keys {
		n, ok := found[key]
		if !ok {
			f.reasons = append(f.reasons, key+" is gone, or has another key")
			continue
		}
		for _, set := range sets {
			set[n.ID] = true
		}
	}
}

// What of an item, and of the request itself, an assessment looks at.
var (
	assessedFields = []string{"class", "status", "environment", "criticality", "users"}
	requestFields  = []string{"type", "backOutKind", "downtime", "plannedFrom", "plannedTo"}
	// idleFields change nothing about an item.
	idleFields = []string{"confirmedAt"}
)

// minded returns the effects on what the assessment rests on. These are all effects on an
// affected item or its dependencies (H3), and those on hit items and their dependencies
// that an analysis looks at.
func (f *foundation) minded(effects []store.Effect) (kept []store.Effect) {
	for _, e := range effects {
		if e.Node == "" {
			if f.mindsEdge(&e) {
				kept = append(kept, e)
			}
			continue
		}
		matters := f.mattering(e.Node)
		if matters != nil && touches(&e, matters) {
			e.Before, e.After = keep(e.Before, matters), keep(e.After, matters)
			kept = append(kept, e)
		}
	}
	return kept
}

// mattering tells which properties of a record matter, nil when none does.
func (f *foundation) mattering(id store.ID) func(property string) bool {
	switch {
	case id == f.id:
		return func(name string) bool { return slices.Contains(requestFields, name) }
	case f.affected[id]:
		return func(name string) bool { return !slices.Contains(idleFields, name) && !entity.Kept(name) }
	case f.touched[id]:
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

func (f *foundation) mindsEdge(e *store.Effect) bool {
	if e.Verb() == store.Updated && !touches(e, func(name string) bool { return !entity.Kept(name) }) {
		return false // who lists it is not what it is
	}
	return f.concerned(e)
}

// concerned reports whether a change to a record or relationship may matter.
func (f *foundation) concerned(e *store.Effect) bool {
	if e.Node != "" {
		return f.mattering(e.Node) != nil
	}
	switch e.Edge.Rel {
	case domain.RelAffects, domain.RelExcludes:
		return e.Edge.From == f.id
	case domain.RelDependsOn:
		return f.touched[e.Edge.From] || f.touched[e.Edge.To]
	case domain.RelInstalledAt:
		return f.touched[e.Edge.From]
	}
	return false
}

// touches reports whether an effect is about a property that matters.
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
	return fmt.Sprintf("%s %s (%s)", optional.Or(c.Key, c.Kind), verb, strings.Join(fields, ", "))
}

// newlyInFlight adds the requests that have come to be open in the same time.
func (a assessing) newlyInFlight(ctx context.Context, list []*foundation) error {
	requests := make([]*domain.ChangeRequest, len(list))
	for i, f := range list {
		requests[i] = f.request
	}
	open, err := a.openBeside(ctx, requests...)
	if err != nil {
		return err
	}
	for _, f := range list {
		for _, other := range open.inFlight(f.request, f.touched) {
			if !slices.Contains(f.assessment.InFlight, other.Key) {
				f.reasons = append(f.reasons, other.Key+" touches the same items in the same time")
			}
		}
	}
	return nil
}
