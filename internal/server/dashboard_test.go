package server_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The dashboard asks for metrics that are there: each is named in the docs,
// whose list other tests hold to what is shown.
func TestTheDashboardAsksForMetricsThatAreDocumented(t *testing.T) {
	dashboard, err := os.ReadFile("../../examples/grafana/releasegraph.json")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/edge.md")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`releasegraph_[a-z_]+`).FindAllString(string(dashboard), -1)
	if len(asked) < 10 {
		t.Fatalf("it asks for %v", asked)
	}
	for _, name := range asked {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")
		if !strings.Contains(string(docs), name) {
			t.Errorf("%s is not in docs/edge.md", name)
		}
	}
}
