package webhook

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/optional"
)

const (
	// maxHooks is how many webhooks there are at most.
	maxHooks = 100
	// overlap is how long the secret before signs, too, after a new one was made.
	overlap = 24 * time.Hour
	// maxAgain is over how many revisions events are sent once more at a time.
	maxAgain = 100_000
)

// NewWebhook is a webhook to make.
type NewWebhook struct {
	Name, URL        string
	Target           *Target // nil: STANDARD
	Every            *int    // minutes
	Language         *string
	Filter           *domain.EventFilter
	Roles            []domain.Role // none: VIEWER
	Sites, Suppliers []string
	After            *int64 // nil: from now on
}

// Created is a webhook with its new secret, which is told this once.
type Created struct {
	Secret  string
	Webhook *Webhook
}

// Pausing pauses a webhook.
type Pausing struct {
	ID     string
	Reason string
}

// Resending has the events of some revisions sent once more.
type Resending struct {
	ID       string
	From, To int64
}

// may asks whether the caller may do anything with webhooks.
func (a *Area) may(ctx context.Context) error {
	if err := a.estate.May(ctx, authz.Manage, authz.KindWebhook); err != nil {
		return err
	}
	if a.estate.Shelf == nil {
		return &domain.Error{Code: domain.Unavailable, Message: "this store keeps no webhooks"}
	}
	return nil
}

// CreateWebhook makes a webhook.
func (a *Area) CreateWebhook(ctx context.Context, in NewWebhook) (*Created, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	w := &Webhook{
		state: &state{}, ID: a.estate.NewID(), Name: in.Name, URL: in.URL, Target: optional.Or(in.Target, Standard), Minutes: in.Every, Language: in.Language, Roles: in.Roles, Sites: in.Sites, Suppliers: in.Suppliers,
		CreatedBy: acting.Name(ctx), CreatedAt: a.estate.Clock(), Secrets: []secret{{Text: newSecret()}},
	}
	if in.Filter != nil {
		w.Filter = *in.Filter
	}
	if len(w.Roles) == 0 {
		w.Roles = []domain.Role{domain.Viewer}
	}
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.check(ctx, w, in.After, head); err != nil {
		return nil, err
	}
	at := head
	if in.After != nil {
		at = *in.After
	}
	if err := a.put(ctx, w, &state{At: strconv.FormatInt(at, 10), DigestedAt: w.CreatedAt}); err != nil {
		return nil, err
	}
	return a.withSecret(ctx, w.ID)
}

// check tells all that is wrong with a new webhook.
func (a *Area) check(ctx context.Context, w *Webhook, after *int64, head int64) error {
	var errs domain.Errors
	wrong := func(field string, err error) {
		if err != nil {
			errs = append(errs, refusal.Wrong("input."+field, "%s", err))
		}
	}
	wrong("name", domain.CheckKey(w.Name))
	wrong("url", a.checkAddress(w.URL))
	for i, r := range w.Roles {
		if !slices.Contains(domain.Roles, r) {
			errs = append(errs, refusal.Wrong(refusal.Element("input.roles", i), "%q is none of %v", r, domain.Roles))
		}
	}
	if e := domain.CheckRoles(w.Roles, a.estate.Exclusive); e != nil {
		e.Field = "input.roles"
		errs = append(errs, e)
	}
	if after != nil && (*after < 0 || *after > head) {
		errs = append(errs, refusal.Wrong("input.after", "is %d; the last change has the revision %d", *after, head))
	}
	others, err := a.all(ctx)
	if err != nil {
		return err
	}
	if len(others) >= maxHooks {
		errs = append(errs, &domain.Error{Code: domain.Limit, Message: fmt.Sprintf("there are %d webhooks already; remove one first", maxHooks)})
	}
	if slices.ContainsFunc(others, func(o *Webhook) bool { return o.Name == w.Name }) {
		errs = append(errs, &domain.Error{Code: domain.Conflict, Field: "input.name", Message: fmt.Sprintf("%q is the name of another webhook", w.Name)})
	}
	return refusal.Both(errs.Err(), checkTarget(w), a.filterErr(ctx, w))
}

// filterErr says what is wrong with the filter of a webhook, for what it sees.
func (a *Area) filterErr(ctx context.Context, w *Webhook) error {
	err := a.events.CheckFilter(a.as(ctx, w), &w.Filter)
	var one *domain.Error
	var several domain.Errors
	switch {
	case errors.As(err, &several):
	case errors.As(err, &one):
		several = domain.Errors{one}
	default:
		return err
	}
	return several.Under("input").Err()
}

func (a *Area) checkAddress(url string) error {
	if a.Sender == nil {
		return fmt.Errorf("cannot be checked: this program sends nothing")
	}
	return a.Sender.CheckAddress(url)
}

// put puts a new webhook on the shelf: its state first, without which it is not told.
func (a *Area) put(ctx context.Context, w *Webhook, s *state) error {
	for shelf, v := range map[string]any{stateShelf: s, hookShelf: w} {
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := a.estate.Shelf.Shelve(ctx, shelf, w.ID, value); err != nil {
			return refusal.OfStore(err)
		}
	}
	return nil
}

// newSecret is 256 bits of chance, as Standard Webhooks writes them.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // which never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

// Webhooks lists all webhooks, by name.
func (a *Area) Webhooks(ctx context.Context) ([]*Webhook, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	list, err := a.all(ctx)
	slices.SortFunc(list, func(x, y *Webhook) int { return cmp.Compare(x.Name, y.Name) })
	return list, err
}

// Webhook finds a webhook by its id, nil when there is none.
func (a *Area) Webhook(ctx context.Context, id string) (*Webhook, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	list, err := a.all(ctx, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// existing finds a webhook that must be there.
func (a *Area) existing(ctx context.Context, id string) (*Webhook, error) {
	w, err := a.Webhook(ctx, id)
	if err == nil && w == nil {
		err = noHook()
	}
	return w, err
}

func (a *Area) withSecret(ctx context.Context, id string) (*Created, error) {
	w, err := a.existing(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Created{Secret: w.Secrets[0].Text, Webhook: w}, nil
}

// PauseWebhook has nothing sent until it is resumed. What happens meanwhile waits in the
// log.
func (a *Area) PauseWebhook(ctx context.Context, in Pausing) (*Webhook, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	by := acting.Name(ctx)
	if _, err := changed(ctx, a, hookShelf, in.ID, func(w *Webhook) error {
		w.Pause = &Pause{Reason: in.Reason, By: by, At: a.estate.Clock()}
		return nil
	}); err != nil {
		return nil, err
	}
	return a.existing(ctx, in.ID)
}

// pausedBy pauses a webhook because of how its receiver answers.
func (a *Area) pausedBy(ctx context.Context, id, reason string) error {
	_, err := changed(ctx, a, hookShelf, id, func(w *Webhook) error {
		w.Pause = &Pause{Reason: reason, By: acting.Clock.Name, At: a.estate.Clock()}
		return nil
	})
	return err
}

// ResumeWebhook goes on where a pause, or giving up, left off. What failed is tried at
// once.
func (a *Area) ResumeWebhook(ctx context.Context, id string) (*Webhook, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	if _, err := changed(ctx, a, hookShelf, id, func(w *Webhook) error {
		w.Pause = nil
		return nil
	}); err != nil {
		return nil, err
	}
	if _, err := changed(ctx, a, stateShelf, id, func(s *state) error {
		s.GaveUpAt, s.Failures, s.FailedAt = nil, 0, nil
		for i := range s.Waiting {
			s.Waiting[i].Due = a.estate.Clock()
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return a.existing(ctx, id)
}

// RotateSecret makes a new secret; the one before signs, too, for a day.
func (a *Area) RotateSecret(ctx context.Context, id string) (*Created, error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	if _, err := changed(ctx, a, hookShelf, id, func(w *Webhook) error {
		until := a.estate.Clock().Add(overlap)
		before := w.Secrets[0]
		before.Until = &until
		w.Secrets = []secret{{Text: newSecret()}, before}
		return nil
	}); err != nil {
		return nil, err
	}
	return a.withSecret(ctx, id)
}

// ResendEvents has the events of some revisions sent once more, marked as such: all that
// the webhook's filter chooses of them.
func (a *Area) ResendEvents(ctx context.Context, in Resending) (*Webhook, error) {
	w, err := a.existing(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case w.Target == Email:
		return nil, refusal.Wrong("input.id", "%s", errNoDigestAgain)
	case in.From < 1 || in.From > head:
		return nil, refusal.Wrong("input.from", "is %d; revisions run from 1 to %d", in.From, head)
	case in.To < in.From:
		return nil, refusal.Wrong("input.to", "is before from")
	case in.To-in.From >= maxAgain:
		return nil, &domain.Error{Code: domain.Limit, Field: "input.to", Message: fmt.Sprintf("at most %d revisions are sent once more at a time", maxAgain)}
	}
	if _, err := changed(ctx, a, stateShelf, w.ID, func(s *state) error {
		if s.Again != nil {
			return &domain.Error{Code: domain.Conflict, Message: "events are being sent once more already; wait until these are through"}
		}
		s.Again = &again{At: strconv.FormatInt(in.From-1, 10), To: min(in.To, head)}
		return nil
	}); err != nil {
		return nil, err
	}
	return a.existing(ctx, in.ID)
}

// RemoveWebhook removes a webhook, with all that is known of what it was sent.
func (a *Area) RemoveWebhook(ctx context.Context, id string) (*Webhook, error) {
	w, err := a.existing(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, shelf := range []string{hookShelf, stateShelf} {
		if err := a.estate.Shelf.Shelve(ctx, shelf, id, nil); err != nil {
			return nil, refusal.OfStore(err)
		}
	}
	return w, a.forget(ctx, id, reversed(w.state.Log))
}

// TestWebhook sends one event of the type webhook.tested, which is of nothing, and says
// what came of it.
func (a *Area) TestWebhook(ctx context.Context, id string) (*Delivery, error) {
	w, err := a.existing(ctx, id)
	if err != nil {
		return nil, err
	}
	if a.Sender == nil {
		return nil, &domain.Error{Code: domain.Unavailable, Message: "this program sends nothing"}
	}
	now := a.estate.Clock()
	e := &happening.Event{
		Type: happening.Tested, At: now, Actor: acting.Name(ctx), Source: "api",
		Subject: happening.Named{Kind: authz.KindWebhook, ID: w.ID, Key: w.Name}, Changes: map[string]happening.Difference{}, Concerns: []happening.Named{},
	}
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	e.Revision, e.Place, e.Of = max(1, head), 1, 1
	as := "test-" + a.estate.NewID()
	if w.Target == Email {
		d := a.send(ctx, a.Sender, w, tested(w, e, as))
		return &d, nil
	}
	body, answer := a.post(ctx, a.Sender, w, e, cloudevent.Envelope{ID: as, Source: a.Source})
	d := deliveryOf(e, 1, now, body, answer)
	return &d, nil
}
