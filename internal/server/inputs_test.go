package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/server"
)

// wrongFields asks, and tells what is said of which field.
func (r *running) wrongFields(t *testing.T, query string, variables map[string]any) map[string]string {
	t.Helper()
	a := r.post(document(t, query, variables), nil)
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Field, Code string }
		}
	}
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	told := map[string]string{}
	for _, e := range answer.Errors {
		if e.Extensions.Code == "" {
			t.Errorf("an error without a code: %s", a.body)
		}
		told[e.Extensions.Field] = e.Message
	}
	return told
}

const (
	makeItem   = `mutation($input: CreateConfigurationItemInput!, $options: WriteOptions) { createConfigurationItem(input: $input, options: $options) { revision } }`
	makeFreeze = `mutation($input: CreateFreezeInput!) { createFreeze(input: $input) { dryRun } }`
)

func TestAllThatIsWrongWithVariablesIsToldWithItsField(t *testing.T) {
	r := overDemo(t, server.Config{})
	told := r.wrongFields(t, makeItem, map[string]any{
		"input":   map[string]any{"name": nil, "class": "PLATINUM", "status": 7, "colour": "red", "users": "many"},
		"options": map[string]any{"dryRun": "yes", "expectedRevision": 1},
	})
	for field, part := range map[string]string{
		"input.class":              `"PLATINUM" is not a valid Class; the values are SERVICE, `,
		"input.status":             `7 is not a valid ItemStatus; the values are `,
		"input.colour":             "is no field of CreateConfigurationItemInput",
		"input.users":              `an Int is a whole number without quotes, not the text "many"`,
		"input.name":               "must not be null",
		"input.key":                "must be given",
		"options.dryRun":           "must be of the type Boolean",
		"options.expectedRevision": "is no field of WriteOptions",
	} {
		if !strings.HasPrefix(told[field], field+": ") || !strings.Contains(told[field], part) {
			t.Errorf("of %s is said %q, not %q", field, told[field], part)
		}
		delete(told, field)
	}
	if len(told) > 0 {
		t.Errorf("and besides: %v", told)
	}
}

func TestAllThatIsWrongWithValuesInADocumentIsToldWithItsField(t *testing.T) {
	r := overDemo(t, server.Config{})
	told := r.wrongFields(t, `mutation { createSite(input: {
		key: "x", ring: PLATINUM, colour: "red"
	}) { revision } }`, nil)
	if got, want := slices.Sorted(maps.Keys(told)), []string{"input.colour", "input.name", "input.ring"}; !slices.Equal(got, want) {
		t.Errorf("told of %v, not %v: %v", got, want, told)
	}
	if !strings.Contains(told["input.ring"], "the values are PILOT_ALPHA, ") {
		t.Errorf("%v", told)
	}
	told = r.wrongFields(t, `{ sites(filter: {or: [{name: {eq: "a"}}, {ring: {in: [GENERAL, PLATINUM]}}]}) { totalCount } }`, nil)
	if len(told) != 1 || told["filter.or.1.ring.in.1"] == "" {
		t.Errorf("%v", told)
	}
}

// createFreeze tells what cannot be read with all else that is wrong.
func TestAllTextsThatCannotBeReadAreToldWithTheirFields(t *testing.T) {
	r := overDemo(t, server.Config{})
	wrong := map[string]any{
		"key": "f", "name": "F", "reason": "R", "timeZone": "Mars/Base", "from": "noon", "duration": "long", "everywhere": true,
	}
	for name, told := range map[string]map[string]string{
		"variables": r.wrongFields(t, makeFreeze, map[string]any{"input": wrong}),
		"literals": r.wrongFields(t, `mutation { createFreeze(input: {
			key: "f", name: "F", reason: "R", timeZone: "Mars/Base", from: "noon", duration: "long", everywhere: true}) { dryRun } }`, nil),
	} {
		for field, part := range map[string]string{"input.timeZone": "Mars/Base", "input.from": "noon", "input.duration": "long"} {
			if !strings.Contains(told[field], part) {
				t.Errorf("%s: of %s is said %q", name, field, told[field])
			}
		}
		if len(told) != 3 {
			t.Errorf("%s: %v", name, told)
		}
	}
}

func TestATextIsNoNumber(t *testing.T) {
	r := overDemo(t, server.Config{})
	const sites = `query($n: Int) { sites(first: $n) { nodes { key } } }`
	for _, n := range []any{"5", "1000", "05"} {
		if told := r.wrongFields(t, sites, map[string]any{"n": n})["first"]; !strings.Contains(told, "a whole number without quotes") {
			t.Errorf("%q: %q", n, told)
		}
	}
	r.post(document(t, sites, map[string]any{"n": 5}), nil).lacks(t, `"errors"`)
	told := r.wrongFields(t, makeItem, map[string]any{"input": map[string]any{"key": "k", "name": "n", "class": "SERVICE", "users": "5"}})
	if !strings.Contains(told["input.users"], "must be a whole number") {
		t.Errorf("%v", told)
	}
}
