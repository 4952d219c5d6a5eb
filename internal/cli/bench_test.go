package cli_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// measuredRow is a row of what bench prints as JSON.
type measuredRow struct {
	Work, Refused string
	Requests      int
	CPU, Bytes    int64
}

func rowsOf(t *testing.T, o outcome) (rows []measuredRow) {
	t.Helper()
	require.Zero(t, o.code, o.err)
	require.NoError(t, json.Unmarshal([]byte(o.out), &rows))
	require.NotEmpty(t, rows)
	for _, row := range rows {
		require.Empty(t, row.Refused, row.Work)
		require.NotZero(t, row.Requests, row.Work)
		require.NotZero(t, row.Bytes, row.Work)
	}
	return rows
}

func TestAMadeEstateIsMeasuredOverAServerOfItsOwnAndGoesAfterwards(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rows := rowsOf(t, call(t, "", "bench", "--items=60", "--within=60ms", "--json"))
	require.Equal(t, "create 1 item with 3 dependencies", rows[len(rows)-1].Work)
	for _, row := range rows {
		require.GreaterOrEqual(t, row.CPU, int64(0), "%s: the server tells what it used", row.Work)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAServerThatRunsIsMeasuredAndLeftAsItIs(t *testing.T) {
	_, from := filled(t)
	before := call(t, "", "export", from).out
	url, _ := serving(t, "serve", from)
	rows := rowsOf(t, call(t, "", "bench", "--url="+url, "--within=30ms", "--json"))
	require.NotContains(t, rows[len(rows)-1].Work, "create")
	call(t, "", "bench", "--url="+url, "--within=30ms").wants(t, 0, "CPU EACH", "item by key")
	require.Equal(t, before, call(t, "", "export", "--url="+url).out)
}

func TestAnEstateWithoutItemsOrAStoreThatIsNoneIsRefusedByBench(t *testing.T) {
	call(t, "", "bench", "--store=sqlite:"+t.TempDir()+"/new.db").wants(t, 1, "has no configuration items")
	call(t, "", "bench", "--store=nonsense").wants(t, 1, "the server has ended", "write sqlite:PATH")
	call(t, "", "bench", "--store=sqlite:x.db", "--url=http://127.0.0.1:1").wants(t, 2, "not both")
	call(t, "", "bench", "--within=0s").wants(t, 2, "above 0")
}

func TestWhatAServerRefusesStandsInTheRowOfBench(t *testing.T) {
	_, from := filled(t)
	url, _ := serving(t, "serve", from)
	call(t, "", "bench", "--url="+url, "--within=30ms", "--item=nobody").wants(t, 0, "nobody", "item by key")
	call(t, "", "bench", "--url="+url, "--within=30ms", "--item=nobody", "--json").wants(t, 0, `"refused": "the server answers`)
}
