package store

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// CheckFilter says what is wrong with a filter on nodes of a kind, or nil.
func (d *Declared) CheckFilter(kind string, f Filter) error {
	if err := d.checkKind(kind); err != nil {
		return err
	}
	return d.checkFilter(f, filterScope{
		what:     kind,
		property: func(name string) (Property, bool) { return d.Property(kind, name) },
		open:     d.kinds[kind].open,
		related:  func(r Related) error { return d.checkRelated(kind, r) },
		ofKind:   func(k OfKind) error { return d.CheckFilter(k.Kind, k.Filter) },
	})
}

// openNameForm is what the name of an indexed open property is made of, so that
// it can stand in the definition of an index of any store.
var openNameForm = regexp.MustCompile(`^[A-Za-z0-9 _.:/-]+$`)

// CheckIndexOpen says what is wrong with properties to index, or nil.
func (d *Declared) CheckIndexOpen(kind string, properties []string) error {
	if err := d.checkKind(kind); err != nil {
		return err
	}
	for _, name := range properties {
		if !d.kinds[kind].open(name) {
			return fmt.Errorf("%w: %s.%s is no undeclared property", ErrInvalid, kind, name)
		}
		if !openNameForm.MatchString(name) {
			return fmt.Errorf("%w: %s.%q cannot be indexed: the name may hold ASCII letters, digits, blanks and _ . : / - only", ErrInvalid, kind, name)
		}
	}
	return nil
}

// CheckEdgeFilter says what is wrong with a filter on edges, or nil.
func (d *Declared) CheckEdgeFilter(rel string, f Filter) error {
	return d.checkFilter(f, filterScope{
		what:     rel,
		property: func(name string) (Property, bool) { return d.RelProperty(rel, name) },
		open:     func(string) bool { return false },
		related: func(Related) error {
			return fmt.Errorf("%w: a filter on edges cannot follow further edges", ErrInvalid)
		},
		ofKind: func(OfKind) error { return fmt.Errorf("%w: edges are of no kind", ErrInvalid) },
	})
}

// checkRelated wants the filter on the far end to fit at least one kind that
// the relationship leads to. Nodes of the others lack what they do not declare.
func (d *Declared) checkRelated(kind string, r Related) error {
	if err := d.checkRel(r.Rel, r.Direction); err != nil {
		return err
	}
	far := d.FarKinds(r.Rel, kind, r.Direction)
	if len(far) == 0 {
		return fmt.Errorf("%w: %s has no relationship %s in this direction", ErrInvalid, kind, r.Rel)
	}
	if err := d.CheckEdgeFilter(r.Rel, r.EdgeFilter); err != nil {
		return err
	}
	var first error
	for _, k := range far {
		err := d.CheckFilter(k, r.Filter)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

type filterScope struct {
	what     string
	property func(name string) (Property, bool)
	open     func(name string) bool
	related  func(Related) error
	ofKind   func(OfKind) error
}

func (d *Declared) checkFilter(f Filter, s filterScope) error {
	switch f := f.(type) {
	case nil:
		return nil
	case Compare:
		return s.checkCompare(f)
	case And:
		return d.checkFilters(f, s)
	case Or:
		return d.checkFilters(f, s)
	case Not:
		if f.Filter == nil {
			return fmt.Errorf("%w: Not needs a filter", ErrInvalid)
		}
		return d.checkFilter(f.Filter, s)
	case Related:
		return s.related(f)
	case OfKind:
		return s.ofKind(f)
	}
	return fmt.Errorf("%w: %T is no filter", ErrInvalid, f)
}

func (d *Declared) checkFilters(list []Filter, s filterScope) error {
	for _, f := range list {
		if f == nil {
			return fmt.Errorf("%w: a filter in a list is missing", ErrInvalid)
		}
		if err := d.checkFilter(f, s); err != nil {
			return err
		}
	}
	return nil
}

func (s filterScope) checkCompare(c Compare) error {
	p, ok := s.property(c.Property)
	if !ok {
		return fmt.Errorf("%w: %s has no property %q", ErrInvalid, s.what, c.Property)
	}
	if c.Numeric() && s.open(c.Property) {
		p.Type = Float
	}
	if !c.Op.appliesTo(p.Type) {
		return fmt.Errorf("%w: %s.%s is a %s, to which operator %d does not apply", ErrInvalid, s.what, c.Property, p.Type, c.Op)
	}
	if c.IgnoringCase && (p.Type != String || !c.Op.foldable()) {
		return fmt.Errorf("%w: %s.%s is a %s, operator %d cannot ignore case with it", ErrInvalid, s.what, c.Property, p.Type, c.Op)
	}
	values := []any{c.Value}
	if c.Op == IsNull {
		return nil
	}
	if c.Op == OneOf {
		if values, ok = c.Value.([]any); !ok {
			return fmt.Errorf("%w: %s.%s: OneOf takes []any, not %T", ErrInvalid, s.what, c.Property, c.Value)
		}
	}
	for _, v := range values {
		if !isOf(p.Type, v) {
			return fmt.Errorf("%w: %s.%s is a %s, it cannot be compared with %T", ErrInvalid, s.what, c.Property, p.Type, v)
		}
		if err := CheckValue(v); err != nil {
			return err
		}
		if text, _ := v.(string); c.IgnoringCase && utf8.RuneCountInString(text) > MaxFolded {
			return fmt.Errorf("%w: %s.%s: a text that is compared ignoring case may have %d characters", ErrInvalid, s.what, c.Property, MaxFolded)
		}
	}
	return nil
}

// foldable tells whether the operator can ignore case.
func (o Operator) foldable() bool {
	return o == Eq || o == OneOf || o == Contains || o == StartsWith || o == EndsWith
}

func (o Operator) appliesTo(t Type) bool {
	switch o {
	case Eq, OneOf, IsNull:
		return true
	case Lt, Lte, Gt, Gte:
		return t == Int || t == Float || t == String || t == Time
	case Contains, StartsWith, EndsWith:
		return t == String
	}
	return false
}
