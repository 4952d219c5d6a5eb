package apptest

import (
	"context"
	"time"

	"releasegraph/internal/app/calendar"
	"releasegraph/internal/domain"
)

// NewFreeze is a freeze to declare. What it does not give is nil.
type NewFreeze struct {
	Key, Name    string
	From, To     *time.Time
	Everywhere   *bool
	Regions      []string
	Classes      []domain.Class
	Environments []domain.Environment
	Sites        []*domain.Ref
	Services     []*domain.Ref
	More         Values
}

func (f NewFreeze) opening() domain.NewOpening {
	fields := Values{"key": f.Key, "name": f.Name}
	for name, t := range map[string]*time.Time{"from": f.From, "to": f.To} {
		if t != nil {
			fields[name] = *t
		}
	}
	if f.Everywhere != nil {
		fields["everywhere"] = *f.Everywhere
	}
	if f.Regions != nil {
		fields["regions"] = f.Regions
	}
	if f.Classes != nil {
		fields["classes"] = f.Classes
	}
	if f.Environments != nil {
		fields["environments"] = f.Environments
	}
	for name, v := range f.More {
		fields[name] = v
	}
	return domain.NewOpening{Fields: fields, Sites: f.Sites, Services: f.Services}
}

// CreateFreeze declares a freeze.
func (f *Fixture) CreateFreeze(ctx context.Context, in NewFreeze, o *domain.WriteOptions) (*calendar.FreezeHold, error) {
	return f.App.Calendar.CreateFreeze(ctx, in.opening(), o)
}
