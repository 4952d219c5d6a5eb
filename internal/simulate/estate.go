package simulate

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Estate is an estate whose sites get a release.
type Estate struct {
	// Paris are the sites whose clocks are those of Paris.
	Paris []string
	// Lines are the estate as an import brings it.
	Lines []string
	// Release is the key of the release, which is accepted.
	Release string
	// Kit is the SHA-256 of what is installed, "" where the release has no kit.
	Kit string
	// Has are the versions of what is installed, by site and item.
	Has map[string]map[string]string
}

// NewEstate draws an estate: an application at each of so many sites, most of which use
// the database of a hub, and a release that changes both, adds a library and removes what
// is old. It carries out a request, which resolves a problem, and brings a defect.
func NewEstate(seed uint64, sites int) *Estate {
	e := &Estate{Release: "SIM-2", Has: map[string]map[string]string{}, Lines: []string{
		`{"node":"ConfigurationItem","key":"app","name":"Application","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"db","name":"Database","class":"DATABASE","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"old","name":"What is removed","class":"PROGRAM","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"new","name":"What is added","class":"PROGRAM","status":"IN_TEST","environment":"LIVE"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:new","kind":"USES","impact":"FULL"}`,
		`{"node":"Release","key":"SIM-2","name":"Simulated","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"CHANGES","from":"Release:SIM-2","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:SIM-2","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:SIM-2","to":"ConfigurationItem:old","action":"REMOVE","fromVersion":"1.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:SIM-2","to":"ConfigurationItem:new","action":"ADD","toVersion":"1.0.0","coexists":true}`,
		`{"node":"Problem","key":"SIM-P","name":"It is slow","status":"DIAGNOSED","cause":"no index"}`,
		`{"node":"ChangeRequest","key":"SIM-C","name":"Add the index","type":"NORMAL","status":"IN_RELEASE","requester":"rita"}`,
		`{"edge":"RESOLVES","from":"ChangeRequest:SIM-C","to":"Problem:SIM-P"}`,
		`{"edge":"IMPLEMENTS","from":"Release:SIM-2","to":"ChangeRequest:SIM-C"}`,
		`{"node":"KnownError","key":"SIM-K","name":"Odd totals","symptoms":"totals are odd","workaround":"add them up"}`,
		`{"edge":"INTRODUCED_BY","from":"KnownError:SIM-K","to":"Release:SIM-2"}`,
	}}
	if seed%2 == 1 {
		e.Kit = strings.Repeat("ab", 32)
		e.Lines = append(e.Lines,
			fmt.Sprintf(`{"node":"MediaItem","key":"sim-kit","name":"Kit","productVersion":"2.0.0","sha256":%q,"size":3,"status":"ACCEPTED","stored":true}`, e.Kit),
			`{"edge":"KIT_OF","from":"MediaItem:sim-kit","to":"Release:SIM-2"}`)
	}
	r := rand.New(rand.NewPCG(seed, 1<<41))
	for i := range sites {
		e.site(r, i)
	}
	return e
}

// AtNight has the sites of Paris worked at by night alone, by their own clocks: from half
// past two for two hours (P7).
func (e *Estate) AtNight() {
	e.Lines = append(e.Lines, `{"node":"MaintenanceWindow","key":"night","name":"By night","startsAt":"2026-01-01T02:30","duration":"PT2H","timeZone":"Europe/Paris","recurrence":"FREQ=DAILY"}`)
	for _, key := range e.Paris {
		e.Lines = append(e.Lines, fmt.Sprintf(`{"edge":"WINDOW_AT","from":"MaintenanceWindow:night","to":"Site:%s"}`, key))
	}
}

// hubs is one of how many sites is a hub.
const hubs = 8

// site draws a site.
func (e *Estate) site(r *rand.Rand, i int) {
	key, ring := fmt.Sprintf("site-%04d", i), "GENERAL"
	if r.IntN(6) == 0 {
		ring = [...]string{"PILOT_ALPHA", "PILOT_BETA"}[r.IntN(2)]
	}
	region, zone := [...]string{"emea", "amer", "apac"}[r.IntN(3)], [...]string{"Europe/Paris", "America/New_York", "Asia/Tokyo"}[r.IntN(3)]
	e.Lines = append(e.Lines, fmt.Sprintf(`{"node":"Site","key":%q,"name":%q,"region":%q,"ring":%q,"timeZone":%q,"users":%d}`, key, key, region, ring, zone, 10+r.IntN(90)))
	if zone == "Europe/Paris" {
		e.Paris = append(e.Paris, key)
	}
	e.Has[key] = map[string]string{}
	has := func(item string) {
		e.Has[key][item] = "1.0.0"
		e.Lines = append(e.Lines, fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:%s","to":"Site:%s","version":"1.0.0","activeVersion":"1.0.0"}`, item, key))
	}
	hub := i - i%hubs
	if i == hub {
		has("db")
	} else {
		e.Lines = append(e.Lines, fmt.Sprintf(`{"edge":"SITE_NEEDS","from":"Site:%s","to":"Site:site-%04d"}`, key, hub))
	}
	if i != hub || r.IntN(2) == 0 {
		has("app")
	}
	if i != hub && r.IntN(3) == 0 {
		has("old")
	}
}
