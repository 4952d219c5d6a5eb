package release

import (
	"context"

	"releasegraph/internal/app/document"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
)

// Notes are release notes for an audience (R11).
type Notes struct {
	Audience NotesAudience
	release.Notes

	of *domain.Release
}

// NotesAudience is for whom release notes are.
type NotesAudience string

// Notes tells what a release brings, for an audience (R11): what the reader may see
// of it.
func (a *Area) Notes(ctx context.Context, r *domain.Release, audience NotesAudience) (*Notes, error) {
	f, err := a.factsFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return &Notes{Audience: audience, Notes: f.notes().ForAudience(release.Audience(audience)), of: r}, nil
}

// notes are all that can be told of the release.
func (f *facts) notes() release.Notes {
	n := release.Notes{BackOut: f.backOut.Steps}
	for _, c := range f.requests {
		n.Changes = append(n.Changes, release.NotedChange{Type: string(c.request.Type), Key: c.request.Key, Name: c.request.Name})
	}
	for _, p := range f.problems() {
		n.Problems = append(n.Problems, release.NotedProblem{Category: text(p.Category), Key: p.Key, Name: p.Name})
	}
	for _, d := range f.defects {
		n.Errors = append(n.Errors, release.NotedError{Key: d.Key, Name: d.Name, Symptoms: text(d.Symptoms), Workaround: text(d.Workaround)})
	}
	for _, one := range f.held.items {
		n.Items = append(n.Items, release.NotedItem{Content: one.Content, Name: f.units.items[one.Item].Name})
	}
	for _, step := range f.of.ManualSteps {
		n.Asked = append(n.Asked, release.NotedStep{Kind: "MANUAL_STEP", Text: step})
	}
	if from, to := f.of.PlannedFrom, f.of.PlannedTo; from != nil && to != nil {
		n.Calendar = append(n.Calendar, release.NotedStep{Kind: "ROLL_OUT", Key: f.of.Key, Text: document.Minute(*from) + " to " + document.Minute(*to)})
	}
	for i := len(f.backOut.Steps) - 1; i >= 0; i-- {
		if item := f.backOut.Steps[i].Item; len(n.Install) == 0 || n.Install[len(n.Install)-1] != item {
			n.Install = append(n.Install, item)
		}
	}
	for _, p := range f.kit.parts {
		n.Kit = append(n.Kit, release.KitItem{Key: p.media.Key, Sha256: p.media.Sha256})
	}
	return n
}

// Comparison is how a release differs from another one.
type Comparison struct {
	Added, Dropped, Changed []*ItemComparison
	Same                    []string
	Sets                    []*SetComparison
}

// ItemComparison is an item that two releases leave in different states.
type ItemComparison struct {
	Item          string
	First, Second *string
}

// SetComparison is what one of two releases has and the other has not.
type SetComparison struct {
	Name                  string
	OnlyFirst, OnlySecond []string
}

// CompareWith tells how a release differs from another one, nil when there is none
// that the caller may see (R11).
func (a *Area) CompareWith(ctx context.Context, first *domain.Release, with domain.Ref) (*Comparison, error) {
	second, err := a.estate.CohortOf(ctx, first).View.Record(ctx, entity.KindNamed(domain.KindRelease), with, "with")
	if err != nil || second == nil {
		return nil, err
	}
	return a.compare(ctx, first, second.(*domain.Release))
}

func (a *Area) compare(ctx context.Context, first, second *domain.Release) (*Comparison, error) {
	f, err := a.factsFor(ctx, first)
	if err != nil {
		return nil, err
	}
	g, err := a.factsFor(ctx, second)
	if err != nil {
		return nil, err
	}
	c := release.Compare(f.compared(), g.compared(), f.numbering.Items)
	out := &Comparison{Added: items(c.Added), Dropped: items(c.Dropped), Changed: items(c.Changed), Same: append([]string{}, c.Same...), Sets: []*SetComparison{}}
	for _, s := range c.Sets {
		out.Sets = append(out.Sets, &SetComparison{s.Name, append([]string{}, s.OnlyFirst...), append([]string{}, s.OnlySecond...)})
	}
	return out, nil
}

func items(list []release.ItemDifference) []*ItemComparison {
	out := make([]*ItemComparison, len(list))
	for i, d := range list {
		out[i] = &ItemComparison{Item: d.Item, First: optional.Text(d.First.Does()), Second: optional.Text(d.Second.Does())}
	}
	return out
}

// compared is what of the release is compared with another.
func (f *facts) compared() release.Compared {
	sets := map[string][]string{}
	for _, c := range f.requests {
		sets["changeRequests"] = append(sets["changeRequests"], c.request.Key)
	}
	for _, p := range f.problems() {
		sets["problems"] = append(sets["problems"], p.Key)
	}
	for _, d := range f.defects {
		sets["knownErrors"] = append(sets["knownErrors"], d.Key)
	}
	for _, p := range f.kit.parts {
		sets["kit"] = append(sets["kit"], p.media.Key)
	}
	return release.Compared{Contents: f.contents(), Sets: sets}
}

func text(s *string) string { return optional.Or(s, "") }

// Markdown writes the notes as a document.
func (n *Notes) Markdown() string { return document.Notes(n.of, n.Notes) }

// HTML is the document as HTML. What records say is escaped: it is text.
func (n *Notes) HTML() (string, error) { return document.HTML(n.Markdown()) }
