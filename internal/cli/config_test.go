package cli_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "releasegraph.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "--config=" + path
}

func TestTheConfigurationComesFromTheLineThenTheEnvironmentThenTheFile(t *testing.T) {
	file := configFile(t, "listen: 127.0.0.1:1\nrate: 1\nslow-operation: 4s\norigin: [https://a.example, https://b.example]\n")
	t.Setenv("RELEASEGRAPH_RATE", "2")
	t.Setenv("RELEASEGRAPH_LISTEN", "127.0.0.1:2")
	call(t, "", "serve", file, "--print-config", "--listen=127.0.0.1:3").wants(t, 0,
		"listen: 127.0.0.1:3\n", "rate: 2.0\n", "slow-operation: 4s\n", "origin:\n- https://a.example\n- https://b.example\n", "drain: 20s\n")
}

func TestThePrintedConfigurationShowsNoSecretAndCanBeReadBack(t *testing.T) {
	t.Setenv("RELEASEGRAPH_STORE_PASSWORD", "hunter2")
	printed := call(t, "", "serve", "--print-config", "--store=bolt://neo4j:hunter2@127.0.0.1:7687", "--keep-history=P1Y")
	printed.wants(t, 0, "store: bolt://neo4j:********@127.0.0.1:7687", "keep-history: 8760h0m0s", "RELEASEGRAPH_STORE_PASSWORD: set")
	if strings.Contains(printed.out, "hunter2") {
		t.Error(printed.out)
	}
	again := call(t, "", "serve", configFile(t, printed.out), "--print-config")
	if again.out != printed.out {
		t.Errorf("read back:\n%s\nwas\n%s", again.out, printed.out)
	}
}

func TestCallersAreLimitedOnceTheyAreKnownUnlessTheOperatorSaysOtherwise(t *testing.T) {
	known := "--identities=" + filepath.Join(t.TempDir(), "identities.yaml")
	call(t, "", "serve", "--print-config").wants(t, 0, "rate: 0.0\n")
	call(t, "", "serve", "--print-config", known).wants(t, 0, "rate: 50.0\n")
	call(t, "", "serve", "--print-config", known, "--rate=0").wants(t, 0, "rate: 0.0\n")
	call(t, "", "serve", "--help").wants(t, 0, "50 with --identities")
}

func TestMistakesInTheConfigurationAreAllNamed(t *testing.T) {
	call(t, "", "serve", configFile(t, "lisen: x\nrates: 1\nrate: much\nlog-level: loud\ndrain: soon\n"), "--print-config").wants(t, 2,
		"the configuration file ", "releasegraph.yaml", "lisen: is no flag", "rates: is no flag", "rate: expected a float", "log-level: must be one of debug, ",
		"drain: expected duration", "serve --help")
	call(t, "", "serve", "--config=/nowhere/releasegraph.yaml").wants(t, 2, "/nowhere/releasegraph.yaml")
	call(t, "", "serve", configFile(t, "- a list\n"), "--print-config").wants(t, 2, "no map of flags")
	call(t, "", "serve", configFile(t, "rate: much\n"), "--print-config").wants(t, 2, "rate")
	call(t, "", "serve", "--tls-cert=x.pem", "--store=sqlite::memory:").wants(t, 2, "give both or none")
	call(t, "", "serve", "--origin=*", "--store=sqlite::memory:").wants(t, 1, "there is no star")
}

func TestMetricsShowTheStoreTheLogAndTheGraphInMemory(t *testing.T) {
	url, _ := serving(t, "demo", "--still")
	call(t, "", "impact", "--url", url, "db-orders-1").wants(t, 0)
	answer, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	metrics := string(text)
	for _, want := range []string{
		`releasegraph_store_call_seconds_count{method="Commit"}`, "releasegraph_log_head ", "releasegraph_topology_lag_revisions ",
		"releasegraph_topology_loaded 1", "releasegraph_subscribers 0", "go_goroutines", `releasegraph_operations_total{operation=`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
