package release

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/version"
)

// Held is a unit as a live release holds it, and what the release does to the
// unit's items.
type Held struct {
	Unit Unit
	// Number is the release's; for a package that of its highest leaf of the unit
	// (HighestNumber).
	Number   string
	Contents []Content
}

// Live is a release that went live.
type Live struct {
	Release string
	Type    Type
	LiveAt  time.Time
	Units   []Held
	// Leaves are those of a package.
	Leaves []string
	// KeptInForce says that the release stays although others would supersede it.
	KeptInForce bool
}

// Superseded is a release that another supersedes, for some of its units.
type Superseded struct {
	Release string
	Units   []Unit // by key
}

// Supersedes works out which releases one supersedes when it is CLOSED (R1).
// Those are, unit by unit, the releases that went live before it, have a lower
// number, and changed nothing that it does not contain: it removes what they
// added or modified, or has it at least as high. A MAJOR supersedes every such
// release. A MINOR supersedes the emergency releases with no earlier live MAJOR
// or MINOR of the unit between their number and its own. An EMERGENCY supersedes
// nothing. A leaf of a package may have the package's number itself.
// It stops when its context ends.
func Supersedes(ctx context.Context, r Live, others []Live, numbers, items *version.Reader) ([]Superseded, error) {
	if r.Type == Emergency {
		return nil, nil
	}
	s := superseding{r: r, numbers: numbers, items: items, brings: map[string]Content{}, owns: map[Unit]version.Version{}, floors: map[Unit]*version.Version{}}
	for _, h := range r.Units {
		if v, err := numbers.Read(h.Number); err == nil {
			s.owns[h.Unit] = v
		}
		for _, c := range h.Contents {
			s.brings[c.Item] = c
		}
	}
	earlier := slices.DeleteFunc(slices.Clone(others), func(q Live) bool {
		return q.Release == r.Release || !q.LiveAt.Before(r.LiveAt)
	})
	s.findFloors(earlier)
	steps, list := pace.Of(ctx), []Superseded(nil)
	for _, q := range earlier {
		if err := steps.Steps(1 + q.size()); err != nil {
			return nil, err
		}
		if q.KeptInForce {
			continue
		}
		if units := s.units(q); len(units) > 0 {
			list = append(list, Superseded{q.Release, units})
		}
	}
	slices.SortFunc(list, func(a, b Superseded) int { return cmp.Compare(a.Release, b.Release) })
	return list, nil
}

// size is how much of a release has to be looked at.
func (q Live) size() (n int) {
	for _, h := range q.Units {
		n += 1 + len(h.Contents)
	}
	return n
}

type superseding struct {
	r              Live
	numbers, items *version.Reader
	brings         map[string]Content
	owns           map[Unit]version.Version // the release's number, by unit
	// floors are, by unit, the highest number of an earlier MAJOR or MINOR below
	// the release's own.
	floors map[Unit]*version.Version
}

func (s *superseding) findFloors(earlier []Live) {
	for _, q := range earlier {
		if q.Type == Emergency {
			continue
		}
		for _, h := range q.Units {
			own, shared := s.owns[h.Unit]
			number, err := s.numbers.Read(h.Number)
			if !shared || err != nil || number.Compare(own) >= 0 {
				continue
			}
			if floor := s.floors[h.Unit]; floor == nil || number.Compare(*floor) > 0 {
				s.floors[h.Unit] = &number
			}
		}
	}
}

// units are those for which an earlier release is superseded.
func (s *superseding) units(q Live) (list []Unit) {
	for _, h := range q.Units {
		own, shared := s.owns[h.Unit]
		number, err := s.numbers.Read(h.Number)
		if !shared || err != nil {
			continue
		}
		c := number.Compare(own)
		if c > 0 || c == 0 && !slices.Contains(s.r.Leaves, q.Release) {
			continue
		}
		if s.r.Type == Minor && (q.Type != Emergency || s.below(h.Unit, number)) {
			continue
		}
		if s.contains(h.Contents) {
			list = append(list, h.Unit)
		}
	}
	slices.SortFunc(list, compareUnits)
	return list
}

// below reports whether a MAJOR or MINOR lies between a number and the
// release's own.
func (s *superseding) below(u Unit, number version.Version) bool {
	floor := s.floors[u]
	return floor != nil && number.Compare(*floor) < 0
}

// contains reports whether the release contains all that another ADDed or
// MODIFIED. A version that cannot be read is not contained.
func (s *superseding) contains(changes []Content) bool {
	for _, c := range changes {
		if c.Action != Add && c.Action != Modify {
			continue
		}
		has, ok := s.brings[c.Item]
		if !ok {
			return false
		}
		if has.Action == Remove {
			continue
		}
		if higher, err := s.items.Compare(has.To, c.To); err != nil || higher < 0 {
			return false
		}
	}
	return true
}

// Whole reports whether a release is superseded in all of its units, by one
// release or by several together.
func Whole(units []Unit, by []Superseded) bool {
	if len(units) == 0 {
		return false
	}
	return !slices.ContainsFunc(units, func(u Unit) bool {
		return !slices.ContainsFunc(by, func(s Superseded) bool { return slices.Contains(s.Units, u) })
	})
}

// HighestNumber is the number that a package counts for a unit: the highest of
// its leaves that hold it. It is empty when none of theirs can be read.
func HighestNumber(unit Unit, leaves []Numbered, numbers *version.Reader) string {
	var top *standing
	for _, l := range leaves {
		v, err := numbers.Read(l.Number)
		if err != nil || !slices.Contains(l.Units, unit) {
			continue
		}
		if s := (&standing{l.Release, v}); s.higher(top) {
			top = s
		}
	}
	if top == nil {
		return ""
	}
	return top.version.String()
}
