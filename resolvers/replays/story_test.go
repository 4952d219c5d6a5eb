package replays_test

import (
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// step is a mutation of a story, and who makes it.
type step struct{ who, call string }

// story brings records some way along their lives, so that the verbs find some in
// each state: nobody gets there by chance.
func (w *world) story() {
	w.names++
	w.requestStory(w.names)
	w.releaseStory(w.names)
	w.partyStory(w.names)
	w.preparationStory(w.names)
}

// preparationStory prepares the releases of the house: a task, a test environment, and what
// is announced.
func (w *world) preparationStory(n int) {
	w.tell([]step{
		{"ann", fmt.Sprintf(`createTask(input: {key: "story-task-%d", name: "T", kind: OTHER})`, n)},
		{"ann", fmt.Sprintf(`updateTask(input: {ref: {key: "story-task-%d"}, patch: {description: "d"}})`, n)},
	})
	w.tell([]step{
		w.brought(fmt.Sprintf(`{"node":"TestEnvironment","key":"story-place-%d","name":"P","environment":"ACCEPTANCE"}`, n)),
		{"ann", fmt.Sprintf(`bookTestEnvironment(input: {environment: {key: "story-place-%[1]d"}, release: {key: "story-%[1]d"}, startsAt: "2027-03-01T00:00:00Z", endsAt: "2027-03-02T00:00:00Z"})`, n)},
	})
	announcement := fmt.Sprintf(`ref: {key: "story-accepted-%d/announcement-1"}`, n)
	steps := []step{
		{"ann", fmt.Sprintf(`draftAnnouncements(input: {release: {key: "story-accepted-%d"}})`, n)},
		{"ann", `editAnnouncement(input: {` + announcement + `, text: "t"})`},
		{"ann", `sendAnnouncement(input: {` + announcement + `})`},
	}
	w.tell(steps[:1+w.rand.IntN(len(steps))])
}

// partyStory has somebody join a company, and leave it.
func (w *world) partyStory(n int) {
	steps := []step{
		{"ann", fmt.Sprintf(`createParty(input: {key: "story-team-%d", name: "T", type: TEAM})`, n)},
		{"ann", fmt.Sprintf(`createParty(input: {key: "story-company-%d", name: "C", type: SUPPLIER})`, n)},
		{"ann", fmt.Sprintf(`connectMembership(input: {from: {key: "story-team-%[1]d"}, to: {key: "story-company-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`disconnectMembership(input: {from: {key: "story-team-%[1]d"}, to: {key: "story-company-%[1]d"}})`, n)},
	}
	w.tell(steps[:3+w.rand.IntN(2)])
}

// tell makes the first steps of a story, and stops where one is refused.
func (w *world) tell(steps []step) {
	for _, s := range steps {
		if refusal := w.send(s.who, "mutation { "+s.call+" { __typename } }"); refusal != "" {
			w.t.Logf("%s\n%s", s.call, refusal)
			return
		}
		name, _, _ := strings.Cut(s.call, "(")
		w.done[name]++
	}
}

// requestStory brings a request for change some way towards a decision.
func (w *world) requestStory(n int) {
	steps := []step{
		w.brought(fmt.Sprintf(`{"node":"ChangeRequest","key":"story-brought-%d","name":"B","status":%q}`, n, pick(w, domain.ChangeRequestStatuses))),
		{"ann", fmt.Sprintf(`createConfigurationItem(input: {key: "story-item-%[1]d", name: "I", class: SERVICE})`, n)},
		{"ann", fmt.Sprintf(`createBoard(input: {key: "story-board-%[1]d", name: "B", members: ["bob", "cid", "dora"], quorum: 1})`, n)},
		{"ann", fmt.Sprintf(`createChangeRequest(input: {key: "story-%[1]d", name: "S", justification: "j", plan: "p", backOutKind: FULL, backOutPlan: "b"})`, n)},
		{"ann", fmt.Sprintf(`connectAffectedItem(input: {from: {key: "story-%[1]d"}, to: {key: "story-item-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`connectDecidingBoard(input: {from: {key: "story-%[1]d"}, to: {key: "story-board-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`submitChangeRequest(input: {ref: {key: "story-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`assessChangeRequest(input: {ref: {key: "story-%[1]d"}})`, n)},
		{"bob", fmt.Sprintf(`castVote(input: {ref: {key: "story-%[1]d"}, verdict: APPROVE})`, n)}, // not on one's own request
	}
	w.tell(steps[:7+w.rand.IntN(3)])
}

// releaseStory brings what a release needs, and carries the release some way into
// acceptance and back.
func (w *world) releaseStory(n int) {
	w.tell([]step{w.brought(w.house(n)...)})
	steps := []step{
		{"ann", fmt.Sprintf(`startBuild(input: {ref: {key: "story-%d"}})`, n)},
		{"ann", fmt.Sprintf(`connectKitPart(input: {from: {key: "story-program-%[1]d"}, to: {key: "story-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`connectKitPart(input: {from: {key: "story-script-%[1]d"}, to: {key: "story-%[1]d"}})`, n)},
		{"ann", fmt.Sprintf(`submitForAcceptance(input: {ref: {key: "story-%d"}})`, n)},
		{"ann", fmt.Sprintf(`rejectRelease(input: {ref: {key: "story-%d"}, reason: "slow"})`, n)},
		{"ann", fmt.Sprintf(`replanRelease(input: {ref: {key: "story-%d"}, reason: "again"})`, n)},
	}
	w.tell(steps[:w.rand.IntN(len(steps)+1)])
	plan := []step{
		{"ann", fmt.Sprintf(`planDeployment(input: {release: {key: "story-accepted-%[1]d"}, key: "story-plan-%[1]d", notBefore: "2027-02-01T00:00:00Z"})`, n)},
		{"ann", fmt.Sprintf(`editDeploymentPlan(input: {deployment: {key: "story-plan-%[1]d"}, edit: {kind: SPLIT, wave: 1, sites: [{key: "story-there-%[1]d"}]}})`, n)},
		{"ann", fmt.Sprintf(`editDeploymentPlan(input: {deployment: {key: "story-plan-%d"}, undo: true})`, n)},
		{"ann", fmt.Sprintf(`acceptDeploymentPlan(input: {deployment: {key: "story-plan-%d"}})`, n)},
	}
	w.tell(plan[:1+w.rand.IntN(len(plan))])
	w.rollout(n)
}

// rollout carries one deployment out that was accepted, and another that runs, some way.
func (w *world) rollout(n int) {
	of, run := fmt.Sprintf(`deployment: {key: "story-planned-%d"}`, n), fmt.Sprintf(`deployment: {key: "story-run-%d"}`, n)
	here, there := run+fmt.Sprintf(`, site: {key: "story-here-%d"}`, n), run+fmt.Sprintf(`, site: {key: "story-there-%d"}`, n)
	w.tell([]step{w.brought(deployed("run", "live", `"status":"RUNNING","startedAt":"2026-01-01T00:00:00Z","activation":"TRIGGERED"`, "RUNNING", n)...)})
	steps := []step{
		{"ann", `reportSiteRollout(input: {` + here + `, status: FAILED, reportId: "r1", detail: "no room"})`},
		{"ann", `resumeDeployment(input: {` + run + `, reason: "r"})`},
		{"ann", `retrySiteRollout(input: {` + here + `, reason: "r"})`},
		{"ann", `skipSiteRollout(input: {` + there + `, reason: "r"})`},
		{"ann", `reportSiteRollouts(input: {reports: [{` + here + `, status: INSTALLED, reportId: "r3"}]})`},
		{"ann", `activateDeployment(input: {` + run + `})`},
		{"ann", `backOut(input: {` + run + `, reason: "r"})`},
		{"ann", `reportSiteRollout(input: {` + here + `, status: BACKED_OUT, reportId: "r4"})`},
	}
	w.tell(steps[:1+w.rand.IntN(len(steps))])
	w.tell([]step{
		w.brought(deployed("pull", "live", `"status":"RUNNING","startedAt":"2026-01-01T00:00:00Z","approach":"PULL"`, "RUNNING", n)...),
		{"ann", fmt.Sprintf(`chooseSiteTime(input: {deployment: {key: "story-pull-%d"}, site: {key: "story-there-%[1]d"}, from: "2030-02-01T00:00:00Z"})`, n)},
	})
	w.tell([]step{
		w.brought(fmt.Sprintf(`{"node":"Release","key":"story-shown-%d","name":"S","releaseVersion":"9.0.%[1]d","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`, n)),
		{"ann", fmt.Sprintf(`planExposure(input: {release: {key: "story-shown-%d"}, shares: [10, 100]})`, n)},
	})
	w.tell([]step{{"ann", fmt.Sprintf(`reviewRelease(input: {release: {key: "story-live-%d"}, verdict: INEFFECTIVE, comment: "slow"})`, n)}})
	w.tell([]step{
		w.brought(fmt.Sprintf(`{"node":"ConfigurationItem","key":"story-service-%d","name":"S","class":"SERVICE"}`, n)),
		{"ann", `recordOutage(input: {` + run + fmt.Sprintf(`, service: {key: "story-service-%d"}, startedAt: "2026-01-01T01:00:00Z", endedAt: "2026-01-01T02:00:00Z"})`, n)},
	})
	w.tell([]step{
		{"ann", fmt.Sprintf(`registerDeployment(input: {release: {key: "story-accepted-%d"}, key: "story-other-%[1]d", carriedOutBy: "Acme", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", outcome: FAILED})`, n)},
		{"ann", fmt.Sprintf(`answerReleaseCalendar(input: {release: {key: "story-accepted-%d"}, site: {key: "story-here-%[1]d"}, verdict: ACCEPT})`, n)},
		{"ann", fmt.Sprintf(`answerReleaseCalendar(input: {release: {key: "story-accepted-%d"}, site: {key: "story-there-%[1]d"}, verdict: ACCEPT})`, n)},
		w.brought(deployed("planned", "accepted", `"acceptedBy":"ann","acceptedAt":"2026-01-01T00:00:00Z"`, "PENDING", n)...),
		{"ann", `setWaveGate(input: {` + of + `, wave: 1, gate: PERSON})`},
		{"ann", `startDeployment(input: {` + of + `})`},
		{"ann", `openGate(input: {` + of + `, wave: 1})`},
		{"ann", `pauseDeployment(input: {` + of + `, reason: "r"})`},
		{"ann", `abortDeployment(input: {` + of + `, reason: "r"})`},
	})
}

// deployed is a deployment of a release of the house, at its two sites.
func deployed(key, release, says, wave string, n int) []string {
	lines := []string{
		`{"node":"Deployment","key":"story-` + key + `-%d","name":"N",` + says + `}`,
		`{"edge":"DEPLOYS","from":"Deployment:story-` + key + `-%d","to":"Release:story-` + release + `-%[1]d"}`,
		`{"node":"Wave","key":"story-` + key + `-%d-wave","name":"N","ordinal":1,"status":"` + wave + `"}`,
		`{"edge":"HAS_WAVE","from":"Deployment:story-` + key + `-%d","to":"Wave:story-` + key + `-%[1]d-wave"}`,
	}
	for _, site := range []string{"here", "there"} {
		step := "story-" + key + "-" + site
		lines = append(lines,
			`{"node":"SiteRollout","key":"`+step+`-%d","name":"N"}`,
			`{"edge":"TARGETS","from":"Wave:story-`+key+`-%d-wave","to":"SiteRollout:`+step+`-%[1]d"}`,
			`{"edge":"TARGETS","from":"SiteRollout:`+step+`-%d","to":"Site:story-`+site+`-%[1]d"}`,
		)
	}
	for i := range lines {
		lines[i] = fmt.Sprintf(lines[i], n)
	}
	return lines
}

// brought is the import of some lines.
func (*world) brought(lines ...string) step {
	quoted := make([]string, len(lines))
	for i, line := range lines {
		quoted[i] = fmt.Sprintf("%q", line)
	}
	return step{"ann", "importRecords(input: {records: [" + strings.Join(quoted, ", ") + "]})"}
}

// house is what a release needs and what stands beside it: a program in a unit, the
// request to change it, master copies in each state, a policy for the unit, a
// licence and stock; releases of each status, one that is live, and a package.
func (w *world) house(n int) (lines []string) {
	node := func(kind, key, rest string) {
		lines = append(lines, fmt.Sprintf(`{"node":%q,"key":"%s-%d","name":"N",%s}`, kind, key, n, rest))
	}
	edge := func(rel, from, to, rest string) {
		lines = append(lines, fmt.Sprintf(`{"edge":%q,"from":"%s-%d","to":"%s-%d"%s}`, rel, from, n, to, n, rest))
	}
	media := func(key, kind, version string, status domain.MediaStatus) {
		node("MediaItem", key, fmt.Sprintf(`"kind":%q,"productVersion":%q,"sha256":%q,"size":3,"status":%q,"stored":true,"putBy":"dora"`, kind, version, digests[0], status))
	}
	node("ConfigurationItem", "program", `"class":"PROGRAM","productVersion":"1.0.0"`)
	node("ReleaseUnit", "unit", `"description":"u"`)
	node("Board", "board", `"members":["bob"],"quorum":1`)
	node("ChangeRequest", "authorised", `"status":"AUTHORISED","plan":"p","backOutKind":"FULL","backOutPlan":"b"`)
	edge("GROUPS", "ReleaseUnit:unit", "ConfigurationItem:program", "")
	edge("AFFECTS", "ChangeRequest:authorised", "ConfigurationItem:program", "")
	edge("DECIDED_BY", "ChangeRequest:authorised", "Board:board", "")

	media("story-before", "PACKAGE", "1.0.0", domain.MediaAccepted)
	media("story-program", "PACKAGE", "1.1.0", domain.MediaAccepted)
	media("story-script", "SCRIPT", "1.1.0", domain.MediaAccepted)
	media("story-new", "PACKAGE", "1.2.0", domain.MediaQuarantine)
	media("story-alone", "DOCUMENT", "1.0.0", pick(w, domain.MediaStatuses))
	for _, key := range []string{"before", "program", "new"} {
		edge("MASTER_OF", "MediaItem:story-"+key, "ConfigurationItem:program", "")
	}
	node("Licence", "story", `"seats":2`)
	edge("LICENSED_BY", "MediaItem:story-new", "Licence:story", "")
	node("HardwareSpare", "story", `"model":"m","quantity":9`)

	node("ReleasePolicy", "story", fmt.Sprintf(`"status":"IN_FORCE","mediaCriteria":[%q]`, criterion))
	node("ReleasePolicy", "story-draft", `"status":"DRAFT"`)
	edge("GOVERNS", "ReleasePolicy:story", "ReleaseUnit:unit", "")
	edge("GOVERNS", "ReleasePolicy:story-draft", "ConfigurationItem:program", "")

	release := func(key, kind, category string, status domain.ReleaseStatus) {
		at := w.now.Format(time.RFC3339)
		node("Release", key, fmt.Sprintf(`"releaseVersion":"1.1.%d","type":%q,"category":%q,"status":%q,"liveAt":%q,"approach":"PHASED","assembly":"make",`+
			`"plannedFrom":"2027-01-01T00:00:00Z","plannedTo":"2027-01-05T00:00:00Z","manager":"ann","buildManager":"bob","testManager":"cid","deploymentManager":"dora"`,
			len(lines), kind, category, status, at))
	}
	release("story", "MINOR", "DELTA", domain.ReleasePlanned)
	edge("CHANGES", "Release:story", "ConfigurationItem:program", `,"action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"`)
	edge("IMPLEMENTS", "Release:story", "ChangeRequest:authorised", "")
	for _, kind := range domain.TestKinds {
		test := "story-" + string(kind)
		node("AcceptanceTest", test, fmt.Sprintf(`"kind":%q,"criteria":"it works","environment":"ACCEPTANCE","testers":["tim"]`, kind))
		edge("TESTS", "AcceptanceTest:"+test, "Release:story", "")
	}
	release("story-accepted", "MINOR", "DELTA", domain.ReleaseAccepted)
	edge("CHANGES", "Release:story-accepted", "ConfigurationItem:program", `,"action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.2.0"`)
	for _, site := range []string{"story-here", "story-there"} {
		node("Site", site, `"region":"emea"`)
		edge("INSTALLED_AT", "ConfigurationItem:program", "Site:"+site, `,"version":"1.0.0"`)
	}
	release("story-brought", "MINOR", "DELTA", pick(w, domain.ReleaseStatuses))
	release("story-tested", "MINOR", "DELTA", domain.ReleaseInAcceptance)
	release("story-live", "EMERGENCY", "DELTA", domain.ReleaseClosed)
	release("story-package", "MINOR", "PACKAGE", domain.ReleasePlanned)
	edge("BUNDLES", "Release:story-package", "Release:story-brought", "")
	return lines
}

// criterion is what policies want of media, digests are such as media have.
const criterion = "scanned"

var digests = []string{strings.Repeat("9f86d081", 8), strings.Repeat("0b822cd1", 8)}
