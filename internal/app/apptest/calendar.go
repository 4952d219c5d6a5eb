package apptest

import (
	"time"

	"releasegraph/internal/domain"
)

// Change stores a request for change that is planned from an hour of 10 March
// 2026 to another and affects an item.
func (f *Fixture) Change(k string, from, to int, item string, more Values) *domain.ChangeRequest {
	f.T.Helper()
	in := Values{"plannedFrom": March(10, from), "plannedTo": March(10, to)}
	for name, v := range more {
		in[name] = v
	}
	r := f.Create(domain.KindChangeRequest, k, in).(*domain.ChangeRequest)
	if item != "" {
		f.Connect(domain.RelAffects, k, item, nil)
	}
	return r
}

// March is an hour of a day of March 2026.
func March(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// Days is a range of days of March 2026.
func Days(from, to int) domain.TimeRange {
	return domain.TimeRange{From: March(from, 0), To: March(to, 0)}
}

// EstateOfChanges is a shop on a database, each at a site of its own.
func (f *Fixture) EstateOfChanges() {
	f.Item("shop")
	f.Item("app", Values{"class": "APPLICATION"})
	f.Item("db", Values{"class": "DATABASE"})
	f.Item("mail")
	f.Create(domain.KindSite, "par", Values{"region": "emea", "timeZone": "Europe/Paris"})
	f.Create(domain.KindSite, "nyc", Values{"region": "amer", "timeZone": "America/New_York"})
	f.Connect(domain.RelDependsOn, "shop", "app", nil)
	f.Connect(domain.RelDependsOn, "app", "db", nil)
	f.Connect(domain.RelInstalledAt, "db", "par", nil)
	f.Connect(domain.RelInstalledAt, "mail", "nyc", nil)
}
