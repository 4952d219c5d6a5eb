package webhook

import (
	"net/url"
	"strings"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/optional"
)

// Target is what takes what a webhook sends, which decides how that is written (E3).
type Target string

// The targets: a program that takes CloudEvents, or those alone that CDEvents know; the
// chats of Slack and Microsoft Teams; or a mailbox, which is sent one letter for the
// events of a period.
const (
	Standard Target = "STANDARD"
	CDEvents Target = "CDEVENTS"
	Slack    Target = "SLACK"
	Teams    Target = "TEAMS"
	Email    Target = "EMAIL"
)

// Targets lists all targets.
var Targets = []Target{Standard, CDEvents, Slack, Teams, Email}

const (
	// usualEvery is after how many minutes a digest is sent where that is not said, from
	// minEvery to maxEvery.
	usualEvery, minEvery, maxEvery = 60, 5, 7 * 24 * 60
	// mailto begins the address of a mailbox.
	mailto = "mailto:"
	// mediaJSON is what chats take.
	mediaJSON = "application/json"
)

// Mailbox returns the mailbox that an address names, and whether it names one.
func Mailbox(address string) (mailbox string, is bool) {
	text, is := strings.CutPrefix(address, mailto)
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return text, is
}

// period is how long a digest reaches.
func (w *Webhook) period() time.Duration { return time.Duration(w.minutes()) * time.Minute }

func (w *Webhook) minutes() int {
	if w.Minutes == nil {
		return usualEvery
	}
	return *w.Minutes
}

// Every is after how many minutes a digest is sent; nil: events are sent as they come.
func (w *Webhook) Every() *int {
	if w.Target != Email {
		return nil
	}
	n := w.minutes()
	return &n
}

// checkTarget tells what is wrong with where a new webhook leads, and what goes there.
func checkTarget(w *Webhook) error {
	var errs domain.Errors
	mailbox, is := Mailbox(w.URL)
	switch {
	case w.Target != Email && is:
		errs = append(errs, refusal.Wrong("input.url", "is a mailbox, which takes digests alone: set target to EMAIL"))
	case w.Target == Email && !is:
		errs = append(errs, refusal.Wrong("input.url", "must be a mailbox such as mailto:releases@example.org for the target EMAIL"))
	case w.Target == Email:
		if err := domain.CheckEmail(mailbox); err != nil {
			errs = append(errs, refusal.Wrong("input.url", "%s", err))
		}
	}
	if w.Minutes != nil && w.Target != Email {
		errs = append(errs, refusal.Wrong("input.every", "belongs to the target EMAIL"))
	} else if n := w.minutes(); n < minEvery || n > maxEvery {
		errs = append(errs, refusal.Wrong("input.every", "is %d minutes; it runs from %d to %d", n, minEvery, maxEvery))
	}
	if w.Language != nil && !w.Target.speaks() {
		errs = append(errs, refusal.Wrong("input.language", "belongs to the targets SLACK, TEAMS and EMAIL"))
	} else if w.Language != nil {
		if err := domain.CheckLanguage(*w.Language); err != nil {
			errs = append(errs, refusal.Wrong("input.language", "%s", err))
		}
	}
	return errs.Err()
}

// speaks reports whether people read what a target is sent.
func (t Target) speaks() bool { return t == Slack || t == Teams || t == Email }

// written is an event as the target of a webhook takes it, and its media type.
func (a *Area) written(w *Webhook, e *happening.Event, in cloudevent.Envelope) (body []byte, media string, err error) {
	switch w.Target {
	case Slack:
		body, err = a.notices.Slack(e, optional.Or(w.Language, ""))
		return body, mediaJSON, err
	case Teams:
		body, err = a.notices.Teams(e, optional.Or(w.Language, ""))
		return body, mediaJSON, err
	}
	if _, has := cloudevent.CDEvent(e); has && w.Target == CDEvents {
		body, err = cloudevent.EncodeCD(e, in)
	} else {
		body, err = cloudevent.Encode(e, in)
	}
	return body, cloudevent.MediaType, err
}

// takes reports whether a target is sent an event.
func (t Target) takes(e *happening.Event) bool {
	_, has := cloudevent.CDEvent(e)
	return has || t != CDEvents
}
