package resolvers_test

import (
	"bytes"
	"strings"
	"testing"

	"releasegraph/internal/app/acting"

	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
)

// What a kind can do on the day that it is written down.
func TestAContractIsTheAdministratorsFromBirth(t *testing.T) {
	a := newAPI(t)
	admin, viewer := domain.Actor{Name: "ann", Roles: []domain.Role{domain.Admin}}, domain.Actor{Name: "vic", Roles: []domain.Role{domain.Viewer}}
	for _, write := range []string{
		`mutation { createConfigurationItem(input: {key: "shop", name: "Shop", class: SERVICE, status: LIVE, environment: LIVE}) { revision } }`,
		`mutation { createContract(input: {key: "c-1", name: "Support", publisher: "Acme", seats: 7, expires: "2027-01-01T00:00:00Z"}) { contract { id } } }`,
		`mutation { connectCover(input: {from: {key: "shop"}, to: {key: "c-1"}}) { revision } }`,
		`mutation { updateContract(input: {ref: {key: "c-1"}, patch: {seats: 8}}) { contract { seats } } }`,
	} {
		if code, all := a.codeAs(admin, write); code != "" {
			t.Fatalf("%s is answered %s", write, all)
		}
	}
	const read = `{
		contracts(filter: {publisher: {eq: "Acme"}, covers: {some: {key: {eq: "shop"}}}}, orderBy: [{field: SEATS, direction: DESC}]) {
			totalCount nodes { key seats expires covers { nodes { key } } }
		}
		configurationItem(key: "shop") { coveredBy { nodes { key publisher } } }
		statistics { contracts { total } }
	}`
	code, all := a.codeAs(admin, read)
	for _, part := range []string{`"key":"c-1"`, `"seats":8`, `"expires":"2027-01-01T00:00:00Z"`, `"key":"shop"`, `"publisher":"Acme"`, `"total":1`} {
		if code != "" || !strings.Contains(all, part) {
			t.Errorf("read without %s: %s", part, all)
		}
	}
	var out bytes.Buffer
	if _, err := a.app.Export.Export(acting.WithActor(t.Context(), admin), &out, export.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"node":"Contract","key":"c-1"`, `"edge":"COVERED_BY"`} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("exported without %s: %s", part, &out)
		}
	}
	for _, hidden := range []string{`{ contract(key: "c-1") { key } }`, `mutation { removeContract(input: {ref: {key: "c-1"}}) { revision } }`} {
		if code, all := a.codeAs(viewer, hidden); code != "FORBIDDEN" {
			t.Errorf("%s is answered a viewer %s", hidden, all)
		}
	}
}
