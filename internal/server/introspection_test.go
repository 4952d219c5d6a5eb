package server_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"releasegraph/internal/server"
)

// The questions as graphql-js 16 and 17 (which ask alike) and graphql-core 3
// write them, by themselves and with each option that a stable schema has.
func TestTheStandardIntrospectionQueriesAreAnsweredAsTheLibrariesWriteThem(t *testing.T) {
	r := overDemo(t, server.Config{})
	files, err := filepath.Glob("testdata/introspection/*.graphql")
	if err != nil || len(files) != 4 {
		t.Fatalf("%d questions, %v", len(files), err)
	}
	for _, file := range files {
		query, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := r.post(document(t, string(query), nil), nil)
		a.wants(t, http.StatusOK, `"__schema"`)
		a.lacks(t, `"errors":[`)
		var answer struct {
			Data struct {
				Schema struct {
					Types []struct {
						Name   string
						Fields []struct{ Name string }
					}
				} `json:"__schema"`
			}
		}
		if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
			t.Fatal(err)
		}
		fields := map[string]int{}
		for _, d := range answer.Data.Schema.Types {
			fields[d.Name] = len(d.Fields)
		}
		if len(fields) < 200 || fields["ConfigurationItem"] < 20 || fields["Query"] < 20 {
			t.Errorf("%s: %d types, %d fields of ConfigurationItem, %d of Query", file, len(fields), fields["ConfigurationItem"], fields["Query"])
		}
	}
}

func TestAFragmentOfIntrospectionMayBeAsDeepAsIntrospection(t *testing.T) {
	r := serving(t, server.Config{})
	chain := func(n int) string {
		return " fragment F on __Type {" + strings.Repeat("ofType{", n) + "name" + strings.Repeat("}", n) + "}"
	}
	r.query("{__schema{types{...F}}}"+chain(13)).wants(t, http.StatusOK, `"data"`)
	r.query("{__schema{types{...F}}}"+chain(14)).wants(t, http.StatusOK, "introspection is 17 levels deep", `"code":"LIMIT"`)
	r.query("{a{x}}"+chain(16)).wants(t, http.StatusOK, "introspection is 17 levels deep") // spread nowhere
	r.query("{a{...F}}"+chain(11)).wants(t, http.StatusOK, "operation is 13 levels deep")  // spread where it does not belong
	r.query("{a{x}} fragment F on A"+nested(12)).wants(t, http.StatusOK, "operation is 13 levels deep")
}
