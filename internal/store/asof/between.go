package asof

import "releasegraph/internal/store"

// between is what turns one side into the other: nothing, one effect, or two
// for a node that is another kind on the other side.
func between(e store.Effect, was, is side) []store.Effect {
	switch {
	case was.exists && is.exists && was.kind != is.kind:
		return []store.Effect{was.goes(e), is.comes(e)}
	case was.exists && is.exists:
		return []store.Effect{was.turns(e, is)}
	case was.exists:
		return []store.Effect{was.goes(e)}
	case is.exists:
		return []store.Effect{is.comes(e)}
	}
	return nil
}

// present are the properties that a side is known to have.
func (s side) present() store.Props {
	props := make(store.Props, len(s.props))
	for name, v := range s.props {
		if v != nil {
			props[name] = v
		}
	}
	return props
}

func (s side) goes(e store.Effect) store.Effect {
	e.Version, e.Before = s.version, s.present()
	if e.Node != "" {
		e.Kind, e.CreatedAt, e.UpdatedAt = s.kind, s.CreatedAt, s.UpdatedAt
	}
	return e
}

func (s side) comes(e store.Effect) store.Effect {
	e.Version, e.After = s.version, s.present()
	if e.Node != "" {
		e.Kind, e.Becomes = s.kind, s.Times
	}
	return e
}

// turns keeps the properties that differ. Those that neither side knows are the
// same; where one side is known whole, the other is as well.
func (s side) turns(e store.Effect, is side) store.Effect {
	e.Version, e.Before, e.After = is.version, store.Props{}, store.Props{}
	before, after := s.present(), is.present()
	for name, v := range before {
		if w, stays := after[name]; !stays || !store.EqualValues(v, w) {
			e.Before[name] = v
		}
	}
	for name, w := range after {
		if v, had := before[name]; !had || !store.EqualValues(v, w) {
			e.After[name] = w
		}
	}
	if e.Node != "" {
		e.Kind, e.CreatedAt, e.UpdatedAt, e.Becomes = s.kind, s.CreatedAt, s.UpdatedAt, is.Times
	}
	return e
}
