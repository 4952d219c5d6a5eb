// Package library is the definitive media library (docs/media-library.md): the
// contents of media items, in one or several named locations. What the items are
// and who may do what with them is told by Items.
package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store/blob"
)

// Location is a place where contents lie (L6).
type Location struct {
	Name string `yaml:"name"`
	// URL is a folder's path, or an address such as s3://bucket.
	URL string `yaml:"url"`
	// Writers are the roles that may write there; none: whoever may put items.
	Writers []domain.Role `yaml:"writers"`
}

// Opener opens the store of a location by its URL.
type Opener func(ctx context.Context, url string) (*blob.Store, error)

// OpenFolder opens a folder by its path or by a file URL.
func OpenFolder(_ context.Context, url string) (*blob.Store, error) {
	return blob.NewFolder(strings.TrimPrefix(url, "file://"))
}

// shelf is a location that was opened.
type shelf struct {
	Location
	store *blob.Store
}

// Library keeps contents in its locations. The first takes what is put to no
// location in particular.
type Library struct {
	shelves []shelf
	held    holds
}

// Open opens all locations: each by the opener of its URL's scheme, and what has
// none as a folder. Everything that is wrong with them is told at once.
func Open(ctx context.Context, locations []Location, openers map[string]Opener) (*Library, error) {
	if err := CheckLocations(locations); err != nil {
		return nil, err
	}
	l := &Library{}
	var wrong []error
	for _, at := range locations {
		store, err := openerOf(at.URL, openers)(ctx, at.URL)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("location %s: %w", at.Name, err))
			continue
		}
		l.shelves = append(l.shelves, shelf{at, store})
	}
	if len(wrong) > 0 {
		return nil, errors.Join(append(wrong, l.Close())...)
	}
	return l, nil
}

func openerOf(url string, openers map[string]Opener) Opener {
	scheme, _, ok := strings.Cut(url, "://")
	if !ok || scheme == "file" {
		return OpenFolder
	}
	if open := openers[scheme]; open != nil {
		return open
	}
	return func(context.Context, string) (*blob.Store, error) {
		return nil, fmt.Errorf("%q: a location is a folder, or an address of s3", url)
	}
}

// CheckLocations tells all that is wrong with a list of locations.
func CheckLocations(locations []Location) error {
	var wrong []error
	if len(locations) == 0 {
		wrong = append(wrong, errors.New("there is no location: a library has one at least"))
	}
	seen := map[string]bool{}
	for i, at := range locations {
		if err := domain.CheckKey(at.Name); err != nil {
			wrong = append(wrong, fmt.Errorf("location %d: its name %w", i+1, err))
		}
		if seen[at.Name] {
			wrong = append(wrong, fmt.Errorf("location %s: there are two of this name", at.Name))
		}
		seen[at.Name] = true
		if at.URL == "" {
			wrong = append(wrong, fmt.Errorf("location %s: its url must not be empty", at.Name))
		}
		for _, r := range at.Writers {
			if !slices.Contains(domain.Roles, r) {
				wrong = append(wrong, fmt.Errorf("location %s: %q is no role; there are %v", at.Name, r, domain.Roles))
			}
		}
	}
	return errors.Join(wrong...)
}

// Close ends the use of all locations.
func (l *Library) Close() error {
	errs := make([]error, len(l.shelves))
	for i, s := range l.shelves {
		errs[i] = s.store.Close()
	}
	return errors.Join(errs...)
}

// Locations returns the names of the locations; the first is the one for what is
// put to none in particular.
func (l *Library) Locations() []string {
	names := make([]string, len(l.shelves))
	for i, s := range l.shelves {
		names[i] = s.Name
	}
	return names
}

func (l *Library) shelf(name string) (*shelf, error) {
	for i := range l.shelves {
		if s := &l.shelves[i]; s.Name == name || name == "" {
			return s, nil
		}
	}
	return nil, &domain.Error{
		Code: domain.Invalid, Rule: "L6", Field: "location", Message: fmt.Sprintf("%q is no location of the library; there are %s", name, strings.Join(l.Locations(), ", ")),
		Details: map[string]any{"locations": l.Locations()},
	}
}

// Writable returns the name of the location that is to take what is put to it,
// or an error that it is none, or none that these roles may write to (L6). The
// empty name is that of the first.
func (l *Library) Writable(name string, roles []domain.Role) (string, error) {
	s, err := l.shelf(name)
	if err != nil {
		return "", err
	}
	if len(s.Writers) == 0 || slices.Contains(roles, domain.Admin) {
		return s.Name, nil
	}
	for _, r := range roles {
		if slices.Contains(s.Writers, r) {
			return s.Name, nil
		}
	}
	return "", &domain.Error{
		Code: domain.Forbidden, Rule: "L6", Field: "location", Message: fmt.Sprintf("to write to the location %s takes one of %v", s.Name, s.Writers),
		Details: map[string]any{"roles": s.Writers},
	}
}

// Put keeps a content at a location, as blob.Store.Put does.
func (l *Library) Put(ctx context.Context, location string, from io.Reader, d digest.SHA256, size int64) error {
	s, err := l.shelf(location)
	if err != nil {
		return err
	}
	return s.store.Put(ctx, from, d, size)
}

// Take keeps the content of a file at a location, and removes the file: it is
// moved, where that can be done, and otherwise copied. Whoever calls it has
// hashed the file as it was written.
func (l *Library) Take(ctx context.Context, location, file string, d digest.SHA256, size int64) error {
	s, err := l.shelf(location)
	if err != nil {
		return err
	}
	if moved, err := s.store.Adopt(file, d); moved || err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.store.Put(ctx, f, d, size); err != nil {
		return err
	}
	return os.Remove(file)
}

// Open opens a content at the first of the locations where it can be, in the
// order of the library's, and returns that location's name. No names are all.
func (l *Library) Open(ctx context.Context, d digest.SHA256, locations []string) (blob.Content, string, error) {
	failed := []error{blob.ErrNotFound}
	for _, s := range l.shelves {
		if len(locations) > 0 && !slices.Contains(locations, s.Name) {
			continue
		}
		c, err := s.store.Open(ctx, d)
		if err == nil {
			return c, s.Name, nil
		}
		if !errors.Is(err, blob.ErrNotFound) {
			failed = append(failed, fmt.Errorf("location %s: %w", s.Name, err))
		}
	}
	if len(failed) > 1 {
		failed = failed[1:] // it may be there
	}
	return nil, "", errors.Join(failed...)
}

// Copy puts a copy of a content to another location, whole and checked.
func (l *Library) Copy(ctx context.Context, d digest.SHA256, from, to string) error {
	c, _, err := l.Open(ctx, d, []string{from})
	if err != nil {
		return err
	}
	defer c.Close()
	return l.Put(ctx, to, c, d, c.Size())
}

// Delete takes a content away at all locations.
func (l *Library) Delete(ctx context.Context, d digest.SHA256) error {
	errs := make([]error, len(l.shelves))
	for i, s := range l.shelves {
		if err := s.store.Delete(ctx, d); err != nil {
			errs[i] = fmt.Errorf("location %s: %w", s.Name, err)
		}
	}
	return errors.Join(errs...)
}

// Sweep clears away, at all locations, what killed processes left before a
// moment.
func (l *Library) Sweep(ctx context.Context, before time.Time) (blob.Swept, error) {
	var all blob.Swept
	var errs []error
	for _, s := range l.shelves {
		swept, err := s.store.Sweep(ctx, before)
		all.Files, all.Uploads = all.Files+swept.Files, all.Uploads+swept.Uploads
		if err != nil {
			errs = append(errs, fmt.Errorf("location %s: %w", s.Name, err))
		}
	}
	return all, errors.Join(errs...)
}
