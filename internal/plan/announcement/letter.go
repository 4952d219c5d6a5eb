package announcement

import (
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/canonical"
	"releasegraph/internal/plan/release"
)

// Told is what can be told of a release.
type Told struct {
	Name, Version, Need string
	// From and To are its calendar, nil while it has none.
	From, To *time.Time
	// Hours are when the plan that was accepted comes to each site, by key.
	Hours     map[string]domain.TimeRange
	Cancelled bool
	Notes     release.Notes
}

// Letter is what an announcement is written from: what is told, to whom, in which
// language.
type Letter struct {
	Told
	Audience domain.AnnouncementAudience
	Occasion domain.AnnouncementOccasion
	Language string // as it is wanted
	// Place is the name of the site that is told, empty of other audiences.
	Place string
	// Zones are where the clocks of the recipients are set.
	Zones []string
}

// Writer writes a letter, in the language that comes nearest to the one wanted.
type Writer interface {
	Nearest(language string) string
	Write(Letter) (subject, text string, err error)
}

// ForAudience is what of the release is for an audience: SUPPORT is told what support
// has to know, everybody else what customers are told (R11).
func (t Told) ForAudience(a domain.AnnouncementAudience) Told {
	notes := release.Customers
	if a == domain.ToSupport {
		notes = release.Support
	}
	t.Notes = t.Notes.ForAudience(notes)
	return t
}

// at is what a listener is told: a site its own hours, as soon as a plan has them.
func (t Told) at(l Listener) Told {
	if hours, planned := t.Hours[l.Key]; planned && l.Kind == domain.KindSite {
		t.From, t.To = &hours.From, &hours.To
	}
	return t
}

// digest stands for what an audience is told, whatever the words and the clocks.
func (t Told) digest(a domain.AnnouncementAudience) (string, error) {
	if t.Cancelled {
		return canonical.Digest(map[string]any{"form": "release-told/1", "name": t.Name, "cancelled": true})
	}
	t = t.ForAudience(a)
	return canonical.Digest(map[string]any{
		"form": "release-told/1", "name": t.Name, "version": t.Version, "need": t.Need, "from": some(instant(t.From)), "to": some(instant(t.To)),
		"changes": t.Notes.Changes, "problems": t.Notes.Problems, "errors": t.Notes.Errors, "asked": t.Notes.Asked, "items": t.Notes.Items,
	})
}

// instant is a moment as digests have it, "" for none.
func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
