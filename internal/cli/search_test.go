package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

const searchedEstate = `{"node":"ConfigurationItem","key":"db-1","name":"Orders, Zürich","class":"DATABASE","attributes":{"tier":"gold 🏅 tier"}}
{"node":"Site","key":"zrh","name":"Zürich Höngg"}
`

func TestRecordsAreSearchedFromTheCommandLine(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, searchedEstate, "import", db, "-").wants(t, 0, "Site", "1 created")
	call(t, "", "search", db, "zurich").wants(t, 0, "db-1", "Orders, [Zürich]", "[Zürich] Höngg", "Site", "2 found")
	call(t, "", "search", db, "hong", "ZÜR").wants(t, 0, "[Zürich] [Höngg]", "1 found")
	call(t, "", "search", db, "🏅").wants(t, 0, "attributes.tier", "gold [🏅] tier", "1 found")
	call(t, "", "search", db, "--first=1", "z").wants(t, 0, "zrh", "and 1 more", "2 found")
	call(t, "", "search", db, "--kind=site", "z").wants(t, 0, "zrh", "1 found")
	call(t, "", "search", db, "nothing").wants(t, 0, "0 found")
	call(t, "", "search", db, "--kind=ship", "z").wants(t, 1, "SHIP")
	call(t, "", "search", db, " ").wants(t, 1, "text: is empty")
	call(t, "", "search", db).wants(t, 2, "<text>")
	var got struct {
		Edges []struct{ Node struct{ Key string } }
	}
	if err := json.Unmarshal([]byte(call(t, "", "search", db, "--json", "gold").out), &got); err != nil || len(got.Edges) != 1 || got.Edges[0].Node.Key != "db-1" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAServerIsSearchedFromTheCommandLine(t *testing.T) {
	url, _ := serving(t, "demo", "--still")
	call(t, "", "search", "--url", url, "orders").wants(t, 0, "db-[orders]-1", "KEY", "found")
	if out := call(t, "", "search", "--url", url, "--json", "orders").out; !strings.Contains(out, `"totalCount"`) {
		t.Errorf("no JSON: %s", out)
	}
}
