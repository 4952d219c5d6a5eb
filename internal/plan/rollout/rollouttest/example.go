package rollouttest

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// Example is an estate of the rules' worked examples, and what is asked.
type Example struct {
	Number int
	Name   string
	lines  string
	ask    func(*rollout.Question)
}

// Input returns the input of the example.
func (x Example) Input() rollout.Input {
	in, err := Read(base + x.lines)
	if err != nil {
		panic(fmt.Sprintf("example %d: %s", x.Number, err))
	}
	in.Now = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	in.Approach = domain.Phased
	if x.ask != nil {
		x.ask(&in.Question)
	}
	return in
}

// Instant reads an instant, as of the examples.
func Instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func pointer[T any](v T) *T { return &v }

// With returns the example with more asked for.
func (x Example) With(ask func(*rollout.Question)) Example {
	before := x.ask
	x.ask = func(q *rollout.Question) {
		if before != nil {
			before(q)
		}
		ask(q)
	}
	return x
}

const base = `
{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}
{"node":"Site","key":"b","name":"B","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}
{"node":"Site","key":"c","name":"C","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}
{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"node":"ConfigurationItem","key":"api","name":"api","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:api","kind":"USES","impact":"FULL"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:api","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}
{"node":"Release","key":"REL-1","name":"REL-1","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}
`

// Examples are the worked examples of the rules.
var Examples = []Example{
	{1, "chain order", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:api","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
`, nil},
	{2, "coexists false at one end", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":false}
`, nil},
	{3, "cycle of sites", `
{"node":"ConfigurationItem","key":"job","name":"job","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:job","to":"ConfigurationItem:app","kind":"USES","impact":"FULL"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:job","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:job","action":"MODIFY","toVersion":"2.0.0","coexists":true}
`, nil},
	{4, "a pilot that must wait", `
{"node":"Site","key":"a","name":"A","region":"emea","ring":"PILOT_ALPHA","timeZone":"Europe/Paris","users":100}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
`, nil},
	{5, "limits", `
{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":60}
{"node":"Site","key":"b","name":"B","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":60}
{"node":"Site","key":"c","name":"C","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":60}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
`, func(q *rollout.Question) {
		q.Limits.SitesPerWave, q.Limits.UsersPerWave = pointer(3), pointer(100)
	}},
	{6, "a pair never together", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"STANDS_IN_FOR","from":"Site:a","to":"Site:b"}
`, nil},
	{7, "a site needs another through one without a step", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"node":"ConfigurationItem","key":"fax","name":"fax","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:fax","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:fax","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"SITE_NEEDS","from":"Site:a","to":"Site:b"}
{"edge":"SITE_NEEDS","from":"Site:b","to":"Site:c"}
`, nil},
	{8, "the clocks are put forward", `
{"node":"Site","key":"d","name":"D","region":"amer","ring":"GENERAL","timeZone":"America/New_York","users":100}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:d","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"node":"MaintenanceWindow","key":"w-a","name":"w-a","startsAt":"2027-01-01T02:30","duration":"PT2H","timeZone":"Europe/Paris","recurrence":"FREQ=DAILY"}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-a","to":"Site:a"}
{"node":"MaintenanceWindow","key":"w-d","name":"w-d","startsAt":"2027-01-01T02:30","duration":"PT2H","timeZone":"America/New_York","recurrence":"FREQ=DAILY"}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-d","to":"Site:d"}
`, func(q *rollout.Question) {
		q.NotBefore, q.WorkDuration = pointer(Instant("2027-03-27T23:00:00Z")), time.Hour
	}},
	{9, "soak and freeze", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"node":"MaintenanceWindow","key":"w","name":"w","startsAt":"2027-01-01T01:00","duration":"PT3H","timeZone":"Europe/Paris","recurrence":"FREQ=DAILY"}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w","to":"Site:a"}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w","to":"Site:b"}
{"node":"Freeze","key":"f","name":"Month end","from":"2027-01-30T00:00:00Z","to":"2027-02-03T00:00:00Z","everywhere":true}
`, func(q *rollout.Question) {
		q.NotBefore, q.Soak, q.WorkDuration = pointer(Instant("2027-01-28T12:00:00Z")), 24*time.Hour, 2*time.Hour
	}},
	{10, "an instant that cannot be met", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"node":"MaintenanceWindow","key":"w","name":"w","startsAt":"2027-01-02T22:00","duration":"PT4H","timeZone":"Europe/Paris","recurrence":"FREQ=WEEKLY"}
{"edge":"WINDOW_AT","from":"MaintenanceWindow:w","to":"Site:a"}
`, func(q *rollout.Question) {
		q.NotBefore, q.Soak, q.WorkDuration = pointer(Instant("2027-02-20T00:00:00Z")), 72*time.Hour, time.Hour
		q.Activation, q.ActivateAt = domain.Scheduled, pointer(Instant("2027-02-25T00:00:00Z"))
	}},
	{11, "an intermediate release", `
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.5.0","activeVersion":"1.5.0"}
{"node":"Release","key":"REL-0","name":"REL-0","releaseVersion":"1.5.0","type":"MINOR","category":"DELTA","status":"ACCEPTED"}
{"edge":"CHANGES","from":"Release:REL-0","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"1.5.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","fromVersion":"1.5.0","toVersion":"2.0.0","coexists":true}
{"edge":"REQUIRES","from":"Release:REL-1","to":"Release:REL-0"}
`, nil},
	{12, "nothing coexists", `
{"node":"Site","key":"a","name":"A","region":"emea","ring":"PILOT_ALPHA","timeZone":"Europe/Paris","users":100}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":false}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":false}
`, func(q *rollout.Question) {
		q.Limits.SitesPerWave = pointer(3)
	}},
}
