package domain

import (
	"fmt"
	"slices"
	"time"
)

// SendAnnouncement is the verb that sends an announcement.
const SendAnnouncement = "sendAnnouncement"

// AnnouncementMove is a move that an announcement has.
type AnnouncementMove = LegalMove[AnnouncementStatus]

// AnnouncementLife is the life of an announcement (R14). A draft is dropped when the
// plan leaves nobody to tell; what was sent stays as it was sent.
var AnnouncementLife = Lifecycle[AnnouncementStatus, *Announcement]{
	Rule: "R14",
	Moves: []Move[AnnouncementStatus, *Announcement]{
		{Verb: SendAnnouncement, From: []AnnouncementStatus{AnnouncementDraft}, To: AnnouncementSent, Needs: []Need[*Announcement]{
			{Name: NeedAudience, Field: "recipients", Lacks: unless(func(a *Announcement) bool { return len(a.Recipients) > 0 }, "somebody to tell")},
			{Name: NeedUpToDate, Field: "outdated", Lacks: unless(func(a *Announcement) bool { return !a.Outdated },
				"a look at its text, which was edited before the plan moved (editAnnouncement, or draftAnnouncements with discardEdits)")},
		}},
		{From: []AnnouncementStatus{AnnouncementDraft}, To: AnnouncementDropped},
	},
}

// Moves tells where the announcement can go, and what each way lacks.
func (a *Announcement) Moves() []*AnnouncementMove {
	moves := AnnouncementLife.From(a.Status, a)
	list := make([]*AnnouncementMove, len(moves))
	for i := range moves {
		list[i] = &moves[i]
	}
	return list
}

// Send fixes the announcement as it is told from now on. Those who are told by the
// event have been told with it; the others wait for their message.
func (a *Announcement) Send(by string, at time.Time) {
	a.Status, a.SentAt, a.SentBy = AnnouncementSent, &at, &by
	a.Recipients = slices.Clone(a.Recipients)
	for i := range a.Recipients {
		r := &a.Recipients[i]
		r.Outcome, r.At = RecipientWaiting, nil
		if a.Channel == ByEvent {
			r.Outcome, r.At = RecipientTold, &at
		}
	}
	a.count()
}

// count notes how many recipients wait for their message.
func (a *Announcement) count() {
	a.Waiting = 0
	for _, r := range a.Recipients {
		if r.Outcome == RecipientWaiting || r.Outcome == RecipientSending {
			a.Waiting++
		}
	}
}

// CheckStays says which fields of an announcement that is no draft would change: what
// was sent stays as it was sent (R14).
func (a *Announcement) CheckStays(now *Announcement) Errors {
	var es Errors
	if a.Status == AnnouncementDraft {
		return es
	}
	for _, f := range []struct {
		field string
		same  bool
	}{
		{"audience", a.Audience == now.Audience}, {"channel", a.Channel == now.Channel}, {"occasion", a.Occasion == now.Occasion},
		{"language", a.Language == now.Language}, {"subject", a.Subject == now.Subject}, {"text", a.Text == now.Text}, {"status", a.Status == now.Status},
		{"plannedAt", sameTime(a.PlannedAt, now.PlannedAt)}, {"sentAt", sameTime(a.SentAt, now.SentAt)}, {"sentBy", sameText(a.SentBy, now.SentBy)},
		{"tells", sameText(a.Tells, now.Tells)}, {"recipients", sameRecipients(a.Recipients, now.Recipients)},
	} {
		if !f.same {
			es.rule("R14", f.field, fmt.Sprintf("stays as it was: the announcement is %s", a.Status))
		}
	}
	return es
}

// sameRecipients reports whether the same are told, whatever came of it.
func sameRecipients(a, b []AnnouncementRecipient) bool {
	return slices.EqualFunc(a, b, func(x, y AnnouncementRecipient) bool {
		return x.Kind == y.Kind && x.Key == y.Key && sameText(x.Address, y.Address)
	})
}

// Announced reports whether a release of the status is announced (R14): until it is live,
// and unless it was given up.
func (s ReleaseStatus) Announced() bool { return slices.Contains(PlannedReleases, s) }
