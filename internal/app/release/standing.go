package release

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Acceptance tells what the moves of a release need of its tests, deliverables and
// signatures, which the area above keeps.
type Acceptance interface {
	Beside(ctx context.Context, s *Standing) (Beside, error)
}

// Beside is what stands beside the content of a release.
type Beside interface {
	// Lacking is what lacks of it.
	Lacking() []release.Lack
	// Holding are the guards that hold it as it was read.
	Holding() []store.Guard
	// Brought are the deliverables, as they are signed.
	Brought() []release.SignedDeliverable
	// Around is what goes on with the release beyond it.
	Around() domain.ReleaseAround
	// DossierDigest is that of all that led to where the release stands (R8).
	DossierDigest(ctx context.Context) (string, error)
}

// Standing is a release as acceptance looks at it: what was read of it and worked
// out. Guards hold it as it was read.
type Standing struct {
	View     estate.View
	Release  *domain.Release
	Policy   *domain.ReleasePolicy
	Natures  []domain.DeploymentNature
	Kit      []*domain.MediaItem
	Licences []*domain.Licence
	Requests []*domain.ChangeRequest
	Defects  []*domain.KnownError
	BackOut  *release.BackOutPlan
	// Items are all that it holds, Tasks what prepares it.
	Items []*domain.ConfigurationItem
	Tasks []*domain.Task
	// Parts are the release itself and those below a package.
	Parts  []*domain.Release
	Guards []store.Guard

	f *facts
}

// Standing reads a release in a view as acceptance looks at it.
func (a *Area) Standing(ctx context.Context, v estate.View, r *domain.Release) (*Standing, error) {
	f, err := a.factsIn(ctx, v, r)
	if err != nil {
		return nil, err
	}
	return f.standing(), nil
}

// StandingFor is Standing of what the caller may see, at the moment of which the
// release is.
func (a *Area) StandingFor(ctx context.Context, r *domain.Release) (*Standing, error) {
	f, err := a.factsFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return f.standing(), nil
}

func (f *facts) standing() *Standing {
	s := &Standing{
		View: f.view, Release: f.of, Policy: f.policy.Policy, Defects: f.defects, BackOut: f.backOut, Tasks: f.tasks, Guards: f.guards, f: f,
	}
	for _, one := range f.held.items {
		s.Items = append(s.Items, f.units.items[one.Item])
	}
	for _, n := range f.natures() {
		s.Natures = append(s.Natures, domain.DeploymentNature(n))
	}
	licences := map[string]bool{}
	for _, p := range f.kit.parts {
		s.Kit = append(s.Kit, p.media)
		for _, l := range p.licences {
			if !licences[l.ID] {
				licences[l.ID] = true
				s.Licences = append(s.Licences, l)
			}
		}
	}
	for _, c := range f.requests {
		s.Requests = append(s.Requests, c.request)
	}
	for _, key := range slices.Sorted(maps.Keys(f.parts)) {
		s.Parts = append(s.Parts, f.parts[key].release)
	}
	return s
}

// Asks reports whether the policy asks the release for a need that it may leave
// out.
func (s *Standing) Asks(need domain.MoveNeed) bool { return s.f.asks(need) }

// Beside is what stands beside the content.
func (s *Standing) Beside() Beside { return s.f.beside }

// Notes are all that can be told of the release (R11).
func (s *Standing) Notes() release.Notes { return s.f.notes() }

// Signed is what the signatures of the release stand for (R21).
func (s *Standing) Signed() release.Signed { return s.f.sealed() }

// Lacks are all that the release lacks before it can be accepted.
func (s *Standing) Lacks() []domain.MoveLack { return s.f.decided("").AcceptanceLacks() }

// KitDigest stands for the kit, for which test runs are made (R21).
func (s *Standing) KitDigest() (string, error) { return release.KitDigest(s.f.sealed().Kit) }

// readBeside asks the area above for what stands beside the content.
func (f *facts) readBeside(ctx context.Context, above Acceptance) (err error) {
	if f.beside, err = above.Beside(ctx, f.standing()); err != nil {
		return err
	}
	f.guards = append(f.guards, f.beside.Holding()...)
	return nil
}

// AcceptRelease accepts a release whose acceptance lacks nothing (R8): what was
// accepted, and all that led there, is kept by its digest (R21).
func (a *Area) AcceptRelease(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Test, name: domain.AcceptRelease, does: accept}, in, o)
}

// accept keeps the digests of what is accepted.
func accept(ctx context.Context, f *facts, after *domain.Release) error {
	if err := f.seal(after); err != nil {
		return err
	}
	dossier, err := f.beside.DossierDigest(ctx)
	after.AcceptedDigest, after.DossierDigest = after.ContentDigest, &dossier
	return err
}

// handIn notes who put the parts of the kit into the library: none of them judges
// the release (R7).
func handIn(_ context.Context, f *facts, after *domain.Release) error {
	for _, p := range f.kit.parts {
		if p.media.PutBy != nil {
			after.Deed(domain.ReleaseDeed{Kind: domain.DeedPutMedia, By: *p.media.PutBy, Media: &p.media.Key, At: *after.StatusSince})
		}
	}
	return f.seal(after)
}
