package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/cli"
	"releasegraph/internal/domain"
)

// sites is a file of so many sites, all of them with so many users.
func sites(n, users int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"node":"Site","key":"s-%02d","name":"S","users":%d}`+"\n", i, users)
	}
	return b.String()
}

func TestADryRunReadsAsADifference(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "a.db")
	call(t, sites(30, 1), "import", db, "-").wants(t, 0, "30 created")
	first := call(t, sites(25, 2), "import", db, "--dry-run", "--prune", "-")
	first.wants(t, 0, "~ Site s-00 (users: 1 → 2)", "and 10 more changes; --all lists them", "25 would be updated", "5 other records and 0 relationships would be removed")
	all := call(t, sites(25, 2), "import", db, "--dry-run", "--prune", "--all", "-")
	all.wants(t, 0, "~ Site s-24 (users: 1 → 2)", "- Site s-29")
	if strings.Contains(all.out, "more changes") {
		t.Error(all.out)
	}
	var out struct {
		Changes []domain.Change
		Counts  []struct{ Updated, Removed int }
		Pruned  struct{ Removed int }
	}
	text := call(t, sites(25, 2), "import", db, "--dry-run", "--prune", "--all", "--json", "-")
	if err := json.Unmarshal([]byte(text.out), &out); err != nil || len(out.Changes) != 30 || out.Pruned.Removed != 5 {
		t.Errorf("%v: %+v\n%s", err, out, text.out)
	}
	call(t, sites(20, 2), "import", db, "--prune", "-").wants(t, 1, "10 of 30 Site (34 %)", "--prune-limit 34")
	call(t, sites(20, 2), "import", db, "--prune", "--prune-limit", "34", "-").wants(t, 0, "20 updated", "10 removed")
	call(t, sites(20, 2), "import", db, "--rename", "-").wants(t, 1, "--rename goes with --match")
}

func TestADifferenceHasColoursOnATerminalOnly(t *testing.T) {
	var out, errs buffer
	streams := cli.Streams{Stdin: strings.NewReader(sites(1, 1)), Stdout: &out, Stderr: &errs, Color: true}
	if code := cli.Run(t.Context(), []string{"import", "--store=sqlite::memory:", "--dry-run", "-"}, streams); code != 0 {
		t.Fatal(errs.String())
	}
	if !strings.Contains(out.String(), "\x1b[32m+ Site s-00") || strings.Contains(call(t, sites(1, 1), "import", "--store=sqlite::memory:", "--dry-run", "-").out, "\x1b[") {
		t.Error(out.String())
	}
}

func TestAHistoryAndABillOfMaterialsAreImported(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "a.db")
	past := `{"at":"2024-01-01T00:00:00Z","node":"Site","key":"a","name":"A"}` + "\n" + `{"at":"2024-02-01T00:00:00Z","op":"remove","node":"Site","key":"a"}`
	call(t, past, "import", db, "--history", "-").wants(t, 0, "1 created", "1 removed", "Revision 2.")
	call(t, past, "import", db, "--history", "-").wants(t, 0, "Nothing to change")
	call(t, past, "import", db, "-").wants(t, 1, "import such lines by --history")
	call(t, "", "import", db, "--source", "ci", "../../examples/data/sbom/shop.cdx.json").wants(t, 0, "5 created", "9 created")
	call(t, "", "import", db, "--source", "a b", "../../examples/data/sbom/shop.cdx.json").wants(t, 1, "source")
}

// H6: what an import puts on hold and releases stands in its report.
func TestAnImportTellsWhatItPutsOnHold_H6(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "a.db")
	at := func(days int) string { return time.Now().AddDate(0, 0, days).UTC().Format(time.RFC3339) }
	freeze := func(from int) string {
		return fmt.Sprintf(`{"node":"Freeze","key":"sale","name":"Sale","from":%q,"to":%q,"everywhere":true}`, at(from), at(from+9))
	}
	var plan strings.Builder
	for i := range 22 {
		fmt.Fprintf(&plan, `{"node":"ChangeRequest","key":"C-%02d","name":"C","plannedFrom":%q,"plannedTo":%q}`+"\n", i, at(10), at(11))
	}
	call(t, plan.String(), "import", db, "-").wants(t, 0, "22 created")
	call(t, freeze(5), "import", db, "--dry-run", "-").wants(t, 0, "! ChangeRequest C-00 would be on hold by sale", "Nothing was written.")
	held := call(t, freeze(5), "import", db, "-")
	held.wants(t, 0, "! ChangeRequest C-19 is on hold by sale", "and 2 more changes are put on hold or released; --json lists them")
	if strings.Contains(held.out, "C-20") {
		t.Error(held.out)
	}
	call(t, freeze(40), "import", db, "--json", "-").wants(t, 0, `{"changeRequest":"C-21","before":["sale"],"after":[]}`)
}

func TestADryRunMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	call(t, shop, "import", "--dry-run", "--store=sqlite:"+path, "-").wants(t, 0, "would be created", "Nothing was written")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dry run made the file: %v", err)
	}
}

func TestAMisspeltCommandIsSuggested(t *testing.T) {
	call(t, "", "serv").wants(t, 2, `did you mean "serve"?`)
	call(t, "", "improt", "a.ndjson").wants(t, 2, `did you mean "import"?`)
	if got := call(t, "", "whatever"); strings.Contains(got.err, "did you mean") {
		t.Error(got.err)
	}
}

func TestACommandThatIsInterruptedAtItsStartSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs buffer
	code := cli.Run(ctx, []string{"import", "--store=sqlite:" + filepath.Join(t.TempDir(), "k.db"), "-"}, cli.Streams{Stdin: strings.NewReader(shop), Stdout: &out, Stderr: &errs})
	if code != 1 || !strings.Contains(errs.String(), "interrupted while sqlite:") {
		t.Errorf("%d %s", code, errs.String())
	}
}
