package library

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
)

// State is what a copy of a content turned out to be.
type State string

// The states of a copy.
const (
	Equal      State = "EQUAL"      // it is what it was
	Missing    State = "MISSING"    // there is none
	Different  State = "DIFFERENT"  // its digest or size is another: it must not be deployed from
	Unreadable State = "UNREADABLE" // it could not be read, and may be right
)

// Copy is a content at a location, compared with its digest (L6).
type Copy struct {
	Location string
	State    State
	Err      error // nil: Equal
}

// Compare reads each copy of a content, and says what it is.
func (l *Library) Compare(ctx context.Context, d digest.SHA256, size int64) ([]Copy, error) {
	copies := make([]Copy, 0, len(l.shelves))
	for _, s := range l.shelves {
		err := verify(ctx, s.store, d, size)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		copies = append(copies, Copy{s.Name, stateOf(err), err})
	}
	return copies, nil
}

// CompareAt is Compare for the copy at one location.
func (l *Library) CompareAt(ctx context.Context, d digest.SHA256, size int64, location string) (Copy, error) {
	s, err := l.shelf(location)
	if err != nil {
		return Copy{}, err
	}
	err = verify(ctx, s.store, d, size)
	if ctx.Err() != nil {
		return Copy{}, context.Cause(ctx)
	}
	return Copy{s.Name, stateOf(err), err}, nil
}

func verify(ctx context.Context, s *blob.Store, d digest.SHA256, size int64) error {
	info, err := s.Stat(ctx, d)
	if err == nil && info.Size != size {
		return &digest.SizeError{Want: size, Got: info.Size}
	}
	if err != nil {
		return err
	}
	return s.Verify(ctx, d)
}

func stateOf(err error) State {
	var mismatch *digest.MismatchError
	var size *digest.SizeError
	switch {
	case err == nil:
		return Equal
	case errors.Is(err, blob.ErrNotFound):
		return Missing
	case errors.As(err, &mismatch), errors.As(err, &size):
		return Different
	}
	return Unreadable
}

// Item is a media item whose content is to be checked.
type Item struct {
	Key    string
	Digest digest.SHA256
	Size   int64
	// Locations are those where its content is said to lie; none: one at least
	// has it.
	Locations []string
}

// Finding is a copy that is not what its item says.
type Finding struct {
	Key      string `json:"key"`
	Location string `json:"location"` // empty: at none
	State    State  `json:"state"`
	Problem  string `json:"problem"`
}

// Checked counts what a check has read.
type Checked struct {
	Items  int64 `json:"items"`
	Copies int64 `json:"copies"`
	Bytes  int64 `json:"bytes"`
}

// Check reads the contents of items again, wherever they lie, and tells of each
// copy that is not what its item says (L6). Of what lies at a location without
// its item's knowing, only a wrong digest is told.
func (l *Library) Check(ctx context.Context, items iter.Seq2[Item, error], found func(Finding)) (Checked, error) {
	var done Checked
	for item, err := range items {
		if err != nil {
			return done, err
		}
		copies, err := l.Compare(ctx, item.Digest, item.Size)
		if err != nil {
			return done, err
		}
		done.Items++
		equal := 0
		for _, c := range copies {
			switch c.State {
			case Equal:
				equal++
				done.Copies, done.Bytes = done.Copies+1, done.Bytes+item.Size
			case Missing:
				if slices.Contains(item.Locations, c.Location) {
					found(Finding{item.Key, c.Location, c.State, "its bytes are gone"})
				}
			default:
				found(Finding{item.Key, c.Location, c.State, c.Err.Error()})
			}
		}
		if equal == 0 && len(item.Locations) == 0 {
			found(Finding{Key: item.Key, State: Missing, Problem: "no location has its bytes"})
		}
		l.foreign(item, found)
	}
	return done, nil
}

// foreign tells of locations that an item names and that the library has not.
func (l *Library) foreign(item Item, found func(Finding)) {
	for _, name := range item.Locations {
		if !slices.Contains(l.Locations(), name) {
			found(Finding{item.Key, name, Missing, fmt.Sprintf("there is no location %s", name)})
		}
	}
}

// Contents lists what lies at a location.
func (l *Library) Contents(ctx context.Context, location string) iter.Seq2[blob.Info, error] {
	s, err := l.shelf(location)
	if err != nil {
		return func(yield func(blob.Info, error) bool) { yield(blob.Info{}, err) }
	}
	return s.store.All(ctx)
}
