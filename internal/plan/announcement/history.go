package announcement

import (
	"cmp"
	"slices"

	"releasegraph/internal/domain"
)

// history is who was told what, by the announcements that were sent.
type history struct {
	// by holds the last announcement by which a listener or a mailbox was told, or may
	// have been.
	by map[string]*domain.Announcement
	// refused holds the address of a listener that a mail server refused.
	refused map[string]string
	// listeners are those who were told, as they were then.
	listeners []Listener
}

func (q Question) history() history {
	h := history{by: map[string]*domain.Announcement{}, refused: map[string]string{}}
	var sent []*domain.Announcement
	for _, a := range q.Existing {
		if a.Status == domain.AnnouncementSent {
			sent = append(sent, a)
		}
	}
	slices.SortFunc(sent, func(a, b *domain.Announcement) int {
		return cmp.Or(a.SentAt.Compare(*b.SentAt), cmp.Compare(a.Key, b.Key))
	})
	for _, a := range sent {
		for _, r := range a.Recipients {
			h.note(a, r)
		}
	}
	return h
}

func (h *history) note(a *domain.Announcement, r domain.AnnouncementRecipient) {
	l := Listener{Kind: r.Kind, Key: r.Key, Name: r.Key, Audience: a.Audience, Address: given(r.Address), Language: a.Language, TimeZone: given(r.TimeZone)}
	if r.Outcome == domain.RecipientRefused {
		h.refused[l.who()] = l.Address
		return
	}
	if h.by[l.who()] == nil {
		h.listeners = append(h.listeners, l)
	}
	h.by[l.who()] = a
	if box := l.mailbox(); box != "" {
		h.by[box] = a
	}
}

// last is the announcement by which a listener was told last, nil when they were not:
// what arrived at the mailbox counts, and what the listener heard elsewhere only where
// nothing did.
func (h *history) last(l Listener) *domain.Announcement {
	if at := h.by[l.mailbox()]; at != nil {
		return at
	}
	return h.by[l.who()]
}

// others are those who were told, and whom the release no longer concerns: they are told
// what becomes of what they heard.
func (h *history) others(listeners []Listener) (list []Listener) {
	known := map[string]bool{}
	for _, l := range listeners {
		known[l.who()] = true
	}
	for _, l := range h.listeners {
		if !known[l.who()] {
			list = append(list, l)
		}
	}
	return list
}
