package feed

import (
	"context"
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
	r := b.Record
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
