package device

import (
	"bytes"
	"context"
	"encoding/json"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/ddi"
	"releasegraph/internal/domain"
)

// reports is the action of whoever says something for a site.
const reports authz.Action = "reportSite"

// shelf is where lies what devices say of themselves, by the id of their site: facts of a
// device, which are no records of the estate.
const shelf = "devices"

// Data is what the device of a site said of itself.
func (a *Area) Data(ctx context.Context, site string) (map[string]string, error) {
	_, _, data, err := a.held(ctx, site)
	return data, err
}

// held reads what lies on the shelf for a site.
func (a *Area) held(ctx context.Context, site string) (id string, text []byte, data map[string]string, err error) {
	at, err := estate.One[*domain.Site](ctx, a.estate.Today(ctx), domain.Ref{Key: &site}, "controllerId")
	if err != nil || a.estate.Shelf == nil {
		return "", nil, nil, err
	}
	held, err := a.estate.Shelf.Shelved(ctx, shelf, at.ID)
	if err != nil {
		return "", nil, nil, refusal.OfStore(err)
	}
	text = held[at.ID]
	if text != nil {
		err = json.Unmarshal(text, &data)
	}
	return at.ID, text, data, err
}

// Describe keeps what a device says of itself. Whoever may report for the site may.
func (a *Area) Describe(ctx context.Context, site string, d ddi.Data) error {
	at, err := estate.One[*domain.Site](ctx, a.estate.Today(ctx), domain.Ref{Key: &site}, "controllerId")
	if err != nil {
		return err
	}
	if err := a.estate.Within(ctx, reports, domain.KindSiteRollout, at, "controllerId"); err != nil {
		return err
	}
	for {
		id, was, had, err := a.held(ctx, site)
		if err != nil || id == "" {
			return err
		}
		now, err := d.Over(had)
		if err != nil {
			return refusal.Wrong("data", "%s", err)
		}
		text, err := json.Marshal(now)
		if err != nil || bytes.Equal(text, was) {
			return err
		}
		if done, err := a.estate.Shelf.Swap(ctx, shelf, id, was, text); err != nil || done {
			return refusal.OfStore(err)
		}
	}
}
