package resolvers_test

import "testing"

// What a record names by its key comes as a record, and as the key alone once no
// record has it any more.
func TestWhatIsNamedByItsKeyComesAsARecord(t *testing.T) {
	a := newAPI(t)
	a.bring(
		`{"node":"ConfigurationItem","key":"db","name":"Database","class":"DATABASE","criticality":4}`,
		`{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`,
		`{"edge":"DEPENDS_ON","from":"shop","to":"db","kind":"USES"}`,
		`{"node":"Board","key":"CAB","name":"CAB","members":["ann"],"quorum":1}`,
		`{"node":"ChangeRequest","key":"R1","name":"R1","status":"SUBMITTED","plannedFrom":"2026-04-01T10:00:00Z","plannedTo":"2026-04-01T12:00:00Z"}`,
		`{"node":"ChangeRequest","key":"R2","name":"Two","status":"SUBMITTED","plannedFrom":"2026-04-01T10:00:00Z","plannedTo":"2026-04-01T12:00:00Z"}`,
		`{"edge":"AFFECTS","from":"R1","to":"db"}`, `{"edge":"AFFECTS","from":"R2","to":"db"}`,
		`{"node":"Freeze","key":"peak","name":"Peak","everywhere":true,"from":"2026-03-31T00:00:00Z","to":"2026-04-02T00:00:00Z"}`,
	)
	a.ask(`mutation { assessChangeRequest(input: {ref: {key: "R1"}}) { revision } }`, nil)
	got := a.ask(`{ changeRequest(key: "R1") {
		heldBy { key freeze { name } }
		assessment { affected { key item { name } } hitFull { key item { class } } riskParts { name points most why } }
	} }`, nil)
	got.is("changeRequest.heldBy.0.key", "peak")
	got.is("changeRequest.heldBy.0.freeze.name", "Peak")
	got.is("changeRequest.assessment.affected.0.item.name", "Database")
	got.is("changeRequest.assessment.hitFull.0.item.class", "SERVICE")
	got.is("changeRequest.assessment.riskParts.0.name", "CRITICALITY")
	got.is("changeRequest.assessment.riskParts.0.points", 16.0)

	a.ask(`mutation { updateConfigurationItem(input: {ref: {key: "shop"}, patch: {key: "store"}}) { revision } }`, nil)
	got = a.ask(`{ changeRequest(key: "R1") { assessment { hitFull { key item { class } } } } }`, nil)
	got.is("changeRequest.assessment.hitFull.0.key", "shop")
	got.is("changeRequest.assessment.hitFull.0.item", nil)

	calls := func(query string) int64 {
		before := a.reads.n.Load()
		a.ask(query, nil)
		return a.reads.n.Load() - before
	}
	if one, two := calls(`{ changeRequests(first: 1) { nodes { heldBy { freeze { name } } } } }`), calls(`{ changeRequests { nodes { heldBy { freeze { name } } } } }`); two > one {
		t.Errorf("a page of one costs %d calls, of two %d", one, two)
	}
}
