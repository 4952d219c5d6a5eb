package records

import (
	"context"
	"strings"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Statistics is where counts are asked for, kind by kind.
type Statistics struct{}

// Grouping says what to count.
type Grouping struct {
	By           []string // fields as enumeration values: CLASS
	ByAttributes []string
	Filter       map[string]any
	First        *int
}

// Counts answers a Grouping.
type Counts struct {
	// Total counts the records that match.
	Total int
	// Groups come by count, largest first, then by values.
	Groups []*CountGroup
	// GroupCount counts all groups, Omitted the records in those left out.
	GroupCount int
	Omitted    int
}

// CountGroup is one combination of values.
type CountGroup struct {
	Values []*CountValue
	Count  int
}

// CountValue is the value that a field has in a group, nil where it has none.
type CountValue struct {
	Field string
	Value *string
}

// How many groups are handed out.
const (
	defaultGroups = 100
	maxGroups     = 10_000
)

// CountBy counts the records of a kind by up to three fields. The store counts;
// no record is read here.
func (a *Area) CountBy(ctx context.Context, kind string, g Grouping) (*Counts, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	by, byErr := k.ParseGrouping(g.By, g.ByAttributes)
	filter, filterErr := a.estate.Filters(ctx, k, g.Filter)
	first, firstErr := GroupLimit(g.First)
	if err := refusal.Both(byErr, filterErr, firstErr); err != nil {
		return nil, err
	}
	groups, err := a.estate.Today(ctx).Aggregate(ctx, store.Aggregation{Kind: kind, Filter: filter, By: by})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return CountsOf(by, groups, first), nil
}

// GroupLimit returns how many groups are told.
func GroupLimit(first *int) (int, error) {
	switch {
	case first == nil:
		return defaultGroups, nil
	case *first < 0 || *first > maxGroups:
		return 0, refusal.Wrong("first", "must be from 0 to %d, not %d", maxGroups, *first)
	}
	return *first, nil
}

// CountsOf tells groups as counts, the first of them one by one.
func CountsOf(by []string, groups []store.Group, first int) *Counts {
	c := &Counts{GroupCount: len(groups), Groups: []*CountGroup{}}
	for i, g := range groups {
		c.Total += int(g.Count)
		if i >= first {
			c.Omitted += int(g.Count)
			continue
		}
		group := &CountGroup{Count: int(g.Count), Values: []*CountValue{}}
		for n, v := range g.Values {
			name := strings.TrimPrefix(by[n], entity.AttributePrefix)
			group.Values = append(group.Values, &CountValue{Field: name, Value: wording.Text(v)})
		}
		c.Groups = append(c.Groups, group)
	}
	if len(by) == 0 { // one group of everything is the total
		c.Groups, c.GroupCount, c.Omitted = []*CountGroup{}, 0, 0
	}
	return c
}
