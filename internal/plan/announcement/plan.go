package announcement

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Question is what a release is announced by.
type Question struct {
	Told      Told
	Listeners []Listener
	// Existing are the announcements of the release.
	Existing []*domain.Announcement
	// News says that those are told who have not been; otherwise only those for whom
	// something has changed.
	News bool
	// DiscardEdits has texts written anew that a person edited.
	DiscardEdits bool
	Now          time.Time
	Writer       Writer
	// digests are those of what was told, as far as they were worked out: most sites of a
	// roll-out are told the same.
	digests map[toldTo]string
}

// toldTo tells apart what is told of one release.
type toldTo struct {
	audience domain.AnnouncementAudience
	from, to string
}

// digest stands for what an audience is told, worked out once.
func (q Question) digest(t Told, a domain.AnnouncementAudience) (string, error) {
	of := toldTo{a, instant(t.From), instant(t.To)}
	if known, is := q.digests[of]; is {
		return known, nil
	}
	digest, err := t.digest(a)
	if err == nil {
		q.digests[of] = digest
	}
	return digest, err
}

// Step is an announcement that is to be: Before is nil of a new one.
type Step struct{ Before, After *domain.Announcement }

// group tells the announcements of a release apart: one for each audience, channel,
// language and occasion, and for each site.
type group struct {
	audience domain.AnnouncementAudience
	channel  domain.AnnouncementChannel
	occasion domain.AnnouncementOccasion
	language string
	site     string
}

func groupOf(a *domain.Announcement) group {
	g := group{audience: a.Audience, channel: a.Channel, occasion: a.Occasion, language: a.Language}
	if a.Audience == domain.ToSite && len(a.Recipients) > 0 {
		g.site = a.Recipients[0].Key
	}
	return g
}

// Plan says what becomes of the announcements of a release: drafts are written anew,
// or dropped where nobody is left to tell, and new ones are made. What was sent
// stays, and nobody is told twice: who was told is told again only when that has
// changed.
func (q Question) Plan(ctx context.Context) ([]Step, error) {
	q.digests = map[toldTo]string{}
	wanted, err := q.wanted(ctx)
	if err != nil {
		return nil, err
	}
	var steps []Step
	kept := map[group]bool{}
	for _, a := range q.drafts() {
		g := groupOf(a)
		listeners := wanted[g]
		if len(listeners) == 0 || kept[g] {
			after := *a
			after.Status = domain.AnnouncementDropped
			steps = append(steps, Step{Before: a, After: &after})
			continue
		}
		kept[g] = true
		after := *a
		if err := q.write(&after, g, listeners); err != nil {
			return nil, err
		}
		steps = append(steps, Step{Before: a, After: &after})
	}
	for _, g := range inOrder(wanted) {
		if kept[g] {
			continue
		}
		a := &domain.Announcement{Audience: g.audience, Channel: g.channel, Occasion: g.occasion, Language: g.language, Status: domain.AnnouncementDraft}
		if err := q.write(a, g, wanted[g]); err != nil {
			return nil, err
		}
		steps = append(steps, Step{After: a})
	}
	return steps, nil
}

// wanted are those who are to be told, by what they are told with.
func (q Question) wanted(ctx context.Context) (map[group][]Listener, error) {
	h := q.history()
	steps, wanted, told := pace.Of(ctx), map[group][]Listener{}, map[string]bool{}
	for _, l := range append(slices.Clone(q.Listeners), h.others(q.Listeners)...) {
		if err := steps.Steps(1); err != nil {
			return nil, err
		}
		box := l.mailbox()
		occasion, err := q.occasion(h, l)
		if err != nil {
			return nil, err
		}
		if occasion == "" || told[l.who()] || box != "" && told[box] {
			continue
		}
		told[l.who()] = true
		if box != "" {
			told[box] = true
		}
		g := group{audience: l.Audience, channel: l.channel(), occasion: occasion, language: q.Writer.Nearest(l.Language)}
		if l.Kind == domain.KindSite {
			g.site = l.Key
		}
		wanted[g] = append(wanted[g], l)
	}
	return wanted, nil
}

// occasion is what a listener is to be told for; "" when there is nothing to tell
// them.
func (q Question) occasion(h history, l Listener) (domain.AnnouncementOccasion, error) {
	last, told := h.last(l), q.Told.at(l)
	switch {
	case last == nil && (!q.News || told.Cancelled || told.From == nil || told.To == nil):
		return "", nil
	case last == nil && h.refused[l.who()] == l.Address && l.Address != "":
		return "", nil // the mail server would refuse it again
	case last == nil:
		return domain.OnPlan, nil
	}
	now, err := q.digest(told, last.Audience)
	switch {
	case err != nil || now == given(last.Tells):
		return "", err
	case q.Told.Cancelled:
		return domain.OnCancellation, nil
	}
	return domain.OnChange, nil
}

func (q Question) drafts() (list []*domain.Announcement) {
	for _, a := range q.Existing {
		if a.Status == domain.AnnouncementDraft {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b *domain.Announcement) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// write drafts an announcement for those who are told with it. A text that a person
// edited stays, and is marked once the plan has moved.
func (q Question) write(a *domain.Announcement, g group, listeners []Listener) error {
	told := q.Told.at(listeners[0]) // a site is told by a letter of its own
	digest, err := q.digest(told, g.audience)
	if err != nil {
		return err
	}
	moved := given(a.Tells) != digest
	a.Recipients, a.Tells = recipients(listeners), &digest
	if a.Edited && !q.DiscardEdits {
		a.Outdated = a.Outdated || moved
		return nil
	}
	letter := Letter{Told: told.ForAudience(g.audience), Audience: g.audience, Occasion: g.occasion, Language: g.language, Zones: zones(listeners)}
	if g.site != "" {
		letter.Place = listeners[0].Name
	}
	if a.Subject, a.Text, err = q.Writer.Write(letter); err != nil {
		return err
	}
	if a.PlannedAt == nil || moved || a.Edited {
		a.PlannedAt = q.due(g, letter)
	}
	a.Edited, a.Outdated = false, false
	return nil
}

func recipients(listeners []Listener) []domain.AnnouncementRecipient {
	list := make([]domain.AnnouncementRecipient, len(listeners))
	for i, l := range listeners {
		list[i] = domain.AnnouncementRecipient{Kind: l.Kind, Key: l.Key, Address: some(l.Address), TimeZone: some(l.TimeZone), Outcome: domain.RecipientWaiting}
	}
	return list
}

// zones are those in which the clocks of listeners are set, each once.
func zones(listeners []Listener) (list []string) {
	for _, l := range listeners {
		zone := l.TimeZone
		if zone == "" {
			zone = "UTC"
		}
		if !slices.Contains(list, zone) {
			list = append(list, zone)
		}
	}
	slices.Sort(list)
	return list
}

func inOrder(wanted map[group][]Listener) []group {
	list := make([]group, 0, len(wanted))
	for g := range wanted {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b group) int {
		return cmp.Or(
			slices.Index(domain.AnnouncementAudiences, a.audience)-slices.Index(domain.AnnouncementAudiences, b.audience), cmp.Compare(a.site, b.site),
			cmp.Compare(a.language, b.language), cmp.Compare(a.channel, b.channel), cmp.Compare(a.occasion, b.occasion),
		)
	})
	return list
}

func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
