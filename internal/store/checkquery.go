package store

import (
	"fmt"
	"slices"
)

// CheckQuery says what is wrong with a query, or nil. Errors match ErrInvalid.
func (d *Declared) CheckQuery(q Query) error {
	if err := checkLimits(q.First, q.Last); err != nil {
		return err
	}
	if _, err := d.Ordering(q); err != nil {
		return err
	}
	return d.CheckFilter(q.Kind, q.Filter)
}

func checkLimits(first, last int) error {
	switch {
	case first < 0 || last < 0:
		return fmt.Errorf("%w: a page cannot have fewer than 0 entries", ErrInvalid)
	case first > 0 && last > 0:
		return fmt.Errorf("%w: give First or Last, not both", ErrInvalid)
	}
	return nil
}

func (d *Declared) checkKind(kind string) error {
	if d.kinds[kind] == nil {
		return fmt.Errorf("%w: there is no kind %q", ErrInvalid, kind)
	}
	return nil
}

func (d *Declared) checkRel(rel string, dir Direction) error {
	if !d.HasRel(rel) {
		return fmt.Errorf("%w: there is no relationship %q", ErrInvalid, rel)
	}
	return checkDirection(dir)
}

// Ordering checks and identifies the order of a query.
func (d *Declared) Ordering(q Query) (Ordering, error) {
	types, err := d.orderTypes(q.Kind, q.Order)
	return newOrdering("node "+q.Kind, q.Order, types), err
}

// EdgeOrdering checks and identifies the order of an edge query, whose far
// kind is EdgeEnd's.
func (d *Declared) EdgeOrdering(q EdgeQuery) (Ordering, error) {
	kind, err := d.EdgeEnd(q)
	if err != nil {
		return Ordering{}, err
	}
	var types []Type
	if kind != "" {
		types, err = d.orderTypes(kind, q.Order)
	}
	return newOrdering(fmt.Sprintf("edge %s %d %s", q.Rel, q.Direction, kind), q.Order, types), err
}

func (d *Declared) orderTypes(kind string, order []Order) ([]Type, error) {
	if err := d.checkKind(kind); err != nil {
		return nil, err
	}
	types := make([]Type, len(order))
	for i, o := range order {
		p, ok := builtIn[o.Property]
		if !ok {
			p, ok = d.kinds[kind].properties[o.Property]
		}
		if !ok {
			return nil, fmt.Errorf("%w: %s has no property %q to order by", ErrInvalid, kind, o.Property)
		}
		if p.Type == Strings {
			return nil, fmt.Errorf("%w: %s.%s is a list, which has no order", ErrInvalid, kind, o.Property)
		}
		types[i] = p.Type
	}
	return types, nil
}

// EdgeEnd is the kind that the far ends of the edges asked for must have, or
// "" for any. A filter or an order on them needs one kind: the query's, or the
// only one that the relationship leads to.
func (d *Declared) EdgeEnd(q EdgeQuery) (string, error) {
	if err := d.checkRel(q.Rel, q.Direction); err != nil {
		return "", err
	}
	far := d.FarKinds(q.Rel, "", q.Direction)
	switch {
	case q.Kind != "" && !slices.Contains(far, q.Kind):
		return "", fmt.Errorf("%w: %s does not lead to %q", ErrInvalid, q.Rel, q.Kind)
	case q.Kind != "":
		return q.Kind, nil
	case q.Filter == nil && len(q.Order) == 0:
		return "", nil
	case len(far) > 1:
		return "", fmt.Errorf("%w: %s leads to several kinds; a filter or an order needs one", ErrInvalid, q.Rel)
	}
	return far[0], nil
}

// CheckEdgeQuery says what is wrong with an edge query, or nil.
func (d *Declared) CheckEdgeQuery(q EdgeQuery) error {
	if err := checkLimits(q.First, q.Last); err != nil {
		return err
	}
	if _, err := d.EdgeOrdering(q); err != nil {
		return err
	}
	kind, err := d.EdgeEnd(q)
	if err != nil {
		return err
	}
	if err := d.CheckEdgeFilter(q.Rel, q.EdgeFilter); err != nil || kind == "" {
		return err
	}
	return d.CheckFilter(kind, q.Filter)
}

// CheckWalk says what is wrong with a walk, or nil.
func (d *Declared) CheckWalk(w Walk) error {
	if w.Depth < 0 || w.Limit < 0 {
		return fmt.Errorf("%w: depth and limit of a walk are not below 0", ErrInvalid)
	}
	for _, rel := range w.Rels {
		if err := d.checkRel(rel, w.Direction); err != nil {
			return err
		}
	}
	return checkDirection(w.Direction)
}

// CheckAggregation says what is wrong with an aggregation, or nil.
func (d *Declared) CheckAggregation(a Aggregation) error {
	if err := d.checkKind(a.Kind); err != nil {
		return err
	}
	if len(a.By) > 3 {
		return fmt.Errorf("%w: at most three properties can be grouped by", ErrInvalid)
	}
	for i, name := range a.By {
		p, ok := d.Property(a.Kind, name)
		switch {
		case !ok:
			return fmt.Errorf("%w: %s has no property %q to group by", ErrInvalid, a.Kind, name)
		case p.Type == Strings:
			return fmt.Errorf("%w: %s.%s is a list, which cannot be grouped by", ErrInvalid, a.Kind, name)
		case slices.Contains(a.By[:i], name):
			return fmt.Errorf("%w: grouped by %q twice", ErrInvalid, name)
		}
	}
	return d.CheckFilter(a.Kind, a.Filter)
}

// CheckScan says what is wrong with a scan, or nil.
func (d *Declared) CheckScan(s Scan) error {
	for _, kind := range s.Kinds {
		if err := d.checkKind(kind); err != nil {
			return err
		}
	}
	for _, rel := range s.Rels {
		if err := d.checkRel(rel, Out); err != nil {
			return err
		}
	}
	return nil
}

// CheckLookup says what is wrong with a look-up, or nil.
func (d *Declared) CheckLookup(kind, property string) error {
	if err := d.checkKind(kind); err != nil {
		return err
	}
	if !d.kinds[kind].properties[property].Unique {
		return fmt.Errorf("%w: %s has no unique property %q", ErrInvalid, kind, property)
	}
	return nil
}
