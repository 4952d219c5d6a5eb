package acceptance

import (
	"context"

	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
)

// Dossier is all that led, or is to lead, to the acceptance of a release.
type Dossier struct {
	Digest         string
	Sections       []*Section
	Lacks          []domain.MoveLack
	ChangeRequests []*domain.ChangeRequest
	Tests          []*domain.AcceptanceTest
	Runs           []*domain.TestRun
	Defects        []*domain.KnownError
	Deliverables   []*domain.Deliverable
	SignOffs       []*domain.SignOff
	Kit            []*domain.MediaItem
	Licences       []*domain.Licence
	Tasks          []*domain.Task

	of *reading
	by *decisions
}

// Section is a section of a dossier, which can be proved without the others.
type Section struct{ Name, Digest string }

// Dossier collects what led to where a release stands, as far as the caller may see
// it, and what is missing.
func (a *Area) Dossier(ctx context.Context, r *domain.Release) (*Dossier, error) {
	g, err := a.readFor(ctx, r)
	if err != nil {
		return nil, err
	}
	by, err := g.readDecisions(ctx)
	if err != nil {
		return nil, err
	}
	made, err := g.dossier(by)
	if err != nil {
		return nil, err
	}
	d := &Dossier{
		Lacks: g.Lacks(), ChangeRequests: g.Requests, Defects: g.Defects, SignOffs: g.signOffs, Kit: g.Kit, Licences: g.Licences, Tasks: by.tasks, of: g, by: by,
	}
	for _, name := range plan.Sections {
		d.Sections = append(d.Sections, &Section{name, made.Sections[name]})
	}
	for _, t := range g.tests {
		d.Tests = append(d.Tests, t.AcceptanceTest)
	}
	for _, one := range g.runs {
		d.Runs = append(d.Runs, one.TestRun)
	}
	for _, one := range g.deliverables {
		d.Deliverables = append(d.Deliverables, one.Deliverable)
	}
	d.Digest, err = made.Digest()
	return d, err
}

// DossierDigest is that of all that led to where the release stands.
func (g *reading) DossierDigest(ctx context.Context) (string, error) {
	by, err := g.readDecisions(ctx)
	if err != nil {
		return "", err
	}
	made, err := g.dossier(by)
	if err != nil {
		return "", err
	}
	return made.Digest()
}
