package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"releasegraph/internal/server"
)

// Of three mutations the second fails: it answers null and says why, and the
// others answer what they wrote.
func TestAFailedMutationLeavesTheOthersTheirAnswers(t *testing.T) {
	for name, query := range map[string]string{
		"derived": `mutation {
			first: createSite(input: {key: "one", name: "One", ring: GENERAL}) { site { key } }
			second: createSite(input: {key: "one", name: "Two", ring: GENERAL}) { site { key } }
			third: createSite(input: {key: "three", name: "Three", ring: GENERAL}) { site { key } }
		}`,
		"relationships": `mutation {
			first: connectDependency(input: {from: {key: "web-shop"}, to: {key: "db-care"}, kind: USES, impact: FULL}) { dryRun }
			second: connectDependency(input: {from: {key: "web-shop"}, to: {key: "nope"}, kind: USES, impact: FULL}) { dryRun }
			third: disconnectDependency(input: {from: {key: "web-shop"}, to: {key: "db-care"}, kind: USES}) { dryRun }
		}`,
		"written by people": `mutation {
			first: createBaseline(input: {key: "one", name: "One"}) { baseline { key } }
			second: withdrawConfigurationItem(input: {ref: {key: "nope"}}) { revision }
			third: createBaseline(input: {key: "three", name: "Three"}) { baseline { key } }
		}`,
	} {
		r := overDemo(t, server.Config{})
		a := r.post(document(t, query, nil), nil)
		var answer struct {
			Data   map[string]any
			Errors []struct {
				Path       []any
				Extensions map[string]any
			}
		}
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			t.Fatal(err)
		}
		if a.status != http.StatusOK || answer.Data["first"] == nil || answer.Data["second"] != nil || answer.Data["third"] == nil {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if len(answer.Errors) != 1 || len(answer.Errors[0].Path) != 1 || answer.Errors[0].Path[0] != "second" || answer.Errors[0].Extensions["code"] == nil {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}
