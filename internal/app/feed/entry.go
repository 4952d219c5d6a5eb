package feed

import (
	"context"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/app/booked"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/schedule"
)

// entryOf returns a scheduled change as a calendar tells it.
func entryOf(ctx context.Context, c *calendar.ScheduledChange) (schedule.Entry, error) {
	r := c.ChangeRequest
	e := schedule.Entry{
		ID: r.ID, Key: r.Key, Name: r.Name, When: c.Window, Status: c.Status, Sequence: r.Version, Changed: r.UpdatedAt, HeldBy: r.HeldBy,
		Description: strings.TrimSpace(optional.Or(r.Description, "")), Person: strings.TrimSpace(optional.Or(r.Assignee, "")),
	}
	sites, err := c.Sites(ctx)
	if err != nil {
		return e, err
	}
	for _, s := range sites {
		e.Sites = append(e.Sites, s.Name)
	}
	e.Zone = commonZone(sites)
	items, err := c.Items(ctx)
	if err != nil {
		return e, err
	}
	for _, i := range items {
		e.Items = append(e.Items, i.Name)
		if i.Class == domain.Service {
			e.Services = append(e.Services, i.Name)
		}
	}
	return e, nil
}

// entryOfBooking returns the booking of a test environment as a calendar tells it (R12).
func entryOfBooking(b *booked.Booking) schedule.Entry {
	r := b.Of
	says := []string{"Booked by " + strings.TrimSpace(r.BookedBy)}
	if comment := strings.TrimSpace(optional.Or(r.Comment, "")); comment != "" {
		says = append(says, comment)
	}
	e := schedule.Entry{
		ID: r.ID, Key: r.Key, Name: r.Name, When: r.Keeps(), Status: schedule.Confirmed, Sequence: r.Version, Changed: r.UpdatedAt, Description: strings.Join(says, "\n"),
	}
	for _, item := range b.Items {
		e.Items = append(e.Items, item.Props.Text("name"))
	}
	return e
}

// mostNames is how many sites and items of a roll-out are told by their names.
const mostNames = 20

// entryOfRollout returns what a wave does at some hours as a calendar tells it.
func entryOfRollout(ctx context.Context, r *booked.Rollout) (schedule.Entry, error) {
	w := r.Wave
	e := schedule.Entry{
		ID: fmt.Sprintf("%s-%d", w.ID, r.Window.From.Unix()), Key: r.Deployment.Key, Name: w.Name, When: r.Window, Status: schedule.Confirmed, Sequence: w.Version, Changed: w.UpdatedAt,
		Description: strings.TrimSpace(optional.Or(r.Deployment.Description, "")), Person: strings.TrimSpace(optional.Or(r.Deployment.CarriedOutBy, "")),
	}
	if !r.Deployment.Status.Open() && w.Status != domain.WaveSucceeded {
		e.Status = schedule.Cancelled
	}
	sites, err := r.Sites(ctx, mostNames)
	if err != nil {
		return e, err
	}
	for _, s := range sites {
		e.Sites = append(e.Sites, s.Name)
	}
	if e.Zone = commonZone(sites); r.SiteCount() > len(sites) {
		e.Sites, e.Zone = append(e.Sites, fmt.Sprintf("%d more", r.SiteCount()-len(sites))), nil
	}
	items, err := r.Items(ctx, mostNames)
	for _, i := range items {
		e.Items = append(e.Items, i.Name)
	}
	return e, err
}

// commonZone returns the zone of all sites, nil when they have none or several.
func commonZone(sites []*domain.Site) *time.Location {
	name := ""
	for _, s := range sites {
		if s.TimeZone == nil || name != "" && *s.TimeZone != name {
			return nil
		}
		name = *s.TimeZone
	}
	if name == "" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
