package cli_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

const plannedEstate = `{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}
{"node":"Site","key":"b","name":"B","region":"emea","ring":"GENERAL","timeZone":"America/New_York","users":50}
{"node":"Site","key":"c","name":"C","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":7}
{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}
{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}
{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}
{"node":"Release","key":"REL-1","name":"REL-1","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}
{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}
`

func TestAReleaseIsPlannedFromTheCommandLine_P10(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, plannedEstate, "import", db, "-").wants(t, 0)
	at := []string{"plan", db, "--not-before=2127-01-10T00:00:00Z", "--work-duration=PT1H", "REL-1"}
	with := func(more ...string) outcome { return call(t, "", append(at, more...)...) }
	with().wants(t, 0, "2127-01-10 01:00 CET", "2127-01-09 20:00 EST", "P4.AFTER", "PHASED: 2 waves, 3 steps (no plan has fewer)", "157 users, 3 sites")
	with("--approach=continuous").wants(t, 0, "Before the first wave: TEST, gate FUNCTIONAL, TECHNICAL", "ACCEPTANCE, gate INSTALLATION, BACKOUT", "CONTINUOUS: 2 waves")
	with("--first=1").wants(t, 0, "and 2 more")
	with("--explain=a").wants(t, 0, "a gets REL-1 in wave 2, 2127-01-10 02:00 CET", "app → db", "P4.AFTER")
	with("--explain=nowhere").wants(t, 1, "nowhere has no step in the plan")
	with("--mermaid").wants(t, 0, "flowchart", "depends on")
	with("--dot").wants(t, 0, "digraph")
	with("--gantt").wants(t, 0, "gantt", "section Wave 2")
	var got struct {
		Deployment struct{ Waves []struct{ Ordinal int } }
	}
	if err := json.Unmarshal([]byte(with("--json").out), &got); err != nil || len(got.Deployment.Waves) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	call(t, "", "export", db, "--kind=Deployment").wants(t, 0, "0 records")

	with("--keep").wants(t, 0)
	with("--sites-per-wave=1", "--compare=REL-1/deployment-1").wants(t, 0, "7, 107, 157", "7, 157", "1 site moves", "wave 3, 2127-01-09 21:00 EST")
	with("--compare=none").wants(t, 1, `there is no Deployment with the key "none"`)
	with("--compare=none", "--explain=a").wants(t, 2, "do not go together")
	with("--finish-by=2127-01-10T01:30:00Z").wants(t, 1, "P8 finishBy", "without it", "no plan holds")
	with("--sites-per-wave=-1").wants(t, 1, "input.limits.sitesPerWave")
	with("--compare=none", "--dot").wants(t, 2, "not as a picture")
	call(t, "", "plan", db, "none").wants(t, 1, "none")
	call(t, "", "plan").wants(t, 2, "<release>")
	call(t, "", "plan", "--help").wants(t, 0, "Example")
}

func TestAServerIsAskedForAPlan_P10(t *testing.T) {
	url, _ := serving(t, "demo", "--still")
	call(t, "", "plan", "--url", url, "POS-12.5.0", "--soak=PT24H").wants(t, 0, "WAVE", "waves")
}
