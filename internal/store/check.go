package store

import (
	"fmt"
	"time"
)

// Check says what is wrong with a change set that needs no look at the graph
// to be seen, or nil. Errors match ErrInvalid; those of an operation come in a
// FailedOp. State.Apply finds the rest.
func Check(d *Declared, cs Changeset) error {
	if cs.Actor == "" {
		return fmt.Errorf("%w: a change set needs an actor", ErrInvalid)
	}
	for _, text := range []string{cs.Actor, cs.Reason, cs.Source, cs.Key} {
		if err := checkText(text); err != nil {
			return err
		}
	}
	if len(cs.Key) > MaxIndexed {
		return fmt.Errorf("%w: the change set's key has %d bytes, at most %d are allowed", ErrInvalid, len(cs.Key), MaxIndexed)
	}
	if err := checkMoment(cs.At); err != nil {
		return err
	}
	for _, g := range cs.Guards {
		if err := checkGuard(d, g); err != nil {
			return err
		}
	}
	for i, op := range cs.Ops {
		if err := checkOp(d, op); err != nil {
			return &FailedOp{i, err}
		}
	}
	return nil
}

func checkMoment(at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("%w: a change set needs a time", ErrInvalid)
	}
	return CheckValue(at)
}

func checkGuard(d *Declared, g Guard) error {
	switch g := g.(type) {
	case NodeAt:
		return checkID(g.ID)
	case EdgeAt:
		return checkKey(d, g.EdgeKey)
	case NoEdges:
		if g.Rel != "" && !d.HasRel(g.Rel) {
			return fmt.Errorf("%w: there is no relationship %q", ErrInvalid, g.Rel)
		}
		if err := checkDirection(g.Direction); err != nil {
			return err
		}
		return checkID(g.ID)
	case Unchanged:
		if (g.Kind == "") == (g.Rel == "") || g.Kind != "" && d.kinds[g.Kind] == nil || g.Rel != "" && !d.HasRel(g.Rel) || g.Since < 0 {
			return fmt.Errorf("%w: %+v names neither one kind nor one relationship, since a revision", ErrInvalid, g)
		}
		return nil
	}
	return fmt.Errorf("%w: %T is no guard", ErrInvalid, g)
}

func checkOp(d *Declared, op Op) error {
	switch op := op.(type) {
	case CreateNode:
		if err := checkID(op.ID); err != nil {
			return err
		}
		k := d.kinds[op.Kind]
		if k == nil {
			return fmt.Errorf("%w: there is no kind %q", ErrInvalid, op.Kind)
		}
		return k.check(op.Props)
	case UpdateNode:
		return checkID(op.ID)
	case RemoveNode:
		return checkID(op.ID)
	case PutEdge:
		return checkKey(d, op.EdgeKey)
	case RemoveEdge:
		return checkKey(d, op.EdgeKey)
	}
	return fmt.Errorf("%w: %T is no operation", ErrInvalid, op)
}

// checkID holds ids to what both ends of a cable and every index can carry.
func checkID(id ID) error {
	if id == "" || len(id) > 64 {
		return fmt.Errorf("%w: an id has 1 to 64 bytes, not %d", ErrInvalid, len(id))
	}
	for i := range len(id) {
		if id[i] < 0x20 || id[i] > 0x7e {
			return fmt.Errorf("%w: id %q is not printable ASCII", ErrInvalid, id)
		}
	}
	return nil
}

func checkKey(d *Declared, k EdgeKey) error {
	if !d.HasRel(k.Rel) {
		return fmt.Errorf("%w: there is no relationship %q", ErrInvalid, k.Rel)
	}
	if err := checkID(k.From); err != nil {
		return err
	}
	if err := checkID(k.To); err != nil {
		return err
	}
	if len(k.Tag) > MaxIndexed {
		return fmt.Errorf("%w: an edge's tag has %d bytes, at most %d are allowed", ErrInvalid, len(k.Tag), MaxIndexed)
	}
	return checkText(k.Tag)
}

func checkDirection(dir Direction) error {
	if dir > In {
		return fmt.Errorf("%w: direction %d is neither Out nor In", ErrInvalid, dir)
	}
	return nil
}

// check says what is wrong with properties of the kind. A nil value is fine:
// it means an absent property.
func (k *declaredKind) check(props Props) error {
	for name, v := range props {
		p, ok := k.properties[name]
		switch {
		case !ok && !k.open(name):
			return fmt.Errorf("%w: %s has no property %q", ErrInvalid, k.Name, name)
		case !ok:
			p = Property{Name: name, Type: String}
			if err := checkText(name); err != nil {
				return err
			}
		}
		if v == nil {
			continue
		}
		if err := checkProperty(p, v); err != nil {
			return fmt.Errorf("%s.%w", k.Name, err)
		}
	}
	return nil
}

func (r *declaredRel) check(props Props) error {
	for name, v := range props {
		p, ok := r.properties[name]
		if !ok {
			return fmt.Errorf("%w: %s has no property %q", ErrInvalid, r.Name, name)
		}
		if v == nil {
			continue
		}
		if err := checkProperty(p, v); err != nil {
			return fmt.Errorf("%s.%w", r.Name, err)
		}
	}
	return nil
}

func checkProperty(p Property, v any) error {
	if err := CheckValue(v); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	if !isOf(p.Type, v) {
		return fmt.Errorf("%s: %w: %T is not of type %s", p.Name, ErrInvalid, v, p.Type)
	}
	if s, ok := v.(string); ok && (p.Indexed || p.Unique) && len(s) > MaxIndexed {
		return fmt.Errorf("%s: %w: text of %d bytes, at most %d are allowed here", p.Name, ErrInvalid, len(s), MaxIndexed)
	}
	return nil
}

// isOf tells whether a value is of a property type.
func isOf(t Type, v any) bool {
	ok := false
	switch t {
	case Bool:
		_, ok = v.(bool)
	case Int:
		_, ok = v.(int64)
	case Float:
		_, ok = v.(float64)
	case String:
		_, ok = v.(string)
	case Time:
		_, ok = v.(time.Time)
	case Strings:
		_, ok = v.([]string)
	}
	return ok
}

// String names the type.
func (t Type) String() string {
	names := [...]string{"bool", "int", "float", "string", "time", "list of strings"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}
