package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The CSV says the same as the query, figure by figure, and whoever reads CSV reads it.
func TestFiguresAreWrittenAsCSV_M1(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, figuredEstate, "import", db, "-").wants(t, 0)
	period := []string{"figures", db, "--from=2026-01-01", "--to=2026-02-01"}
	call(t, "", append(period, "--csv", "--json")...).wants(t, 2, "do not go together")
	call(t, "", period...).wants(t, 0, "changeFailureRate", "missing, \"file\"")
	type row struct {
		Figure, Of string
		Value      *float64
		Unit       string
		Records    []struct{ Key string }
	}
	var asked struct{ Rows, Now []row }
	if err := json.Unmarshal([]byte(call(t, "", append(period, "--json")...).out), &asked); err != nil {
		t.Fatal(err)
	}
	read, err := csv.NewReader(strings.NewReader(call(t, "", append(period, "--csv")...).out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := append(asked.Rows, asked.Now...)
	if len(read) != len(rows)+1 || strings.Join(read[0], " ") != "from to figure of value unit records" {
		t.Fatalf("%d rows in the CSV, %d in the query: %v", len(read)-1, len(rows), read[0])
	}
	lost := false
	for i, one := range rows {
		cells, value := read[i+1], ""
		if one.Value != nil {
			value = strconv.FormatFloat(*one.Value, 'f', -1, 64)
		}
		var keys []string
		for _, line := range strings.Fields(cells[6]) {
			_, key, _ := strings.Cut(line, ":")
			keys = append(keys, key)
		}
		if cells[0] != "2026-01-01T00:00:00Z" || cells[2] != one.Figure || cells[3] != one.Of || cells[4] != value || cells[5] != one.Unit || len(keys) != len(one.Records) {
			t.Errorf("%q is not %+v", cells, one)
		}
		for j, r := range one.Records {
			if keys[j] != r.Key {
				t.Errorf("%q opens to %s", cells, r.Key)
			}
		}
		lost = lost || one.Figure == "minutesLost" && one.Of == "D" && *one.Value == 12
	}
	if !lost {
		t.Error("nothing tells what D took away")
	}
}

const figuredEstate = `{"node":"Site","key":"par","name":"Paris"}
{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM"}
{"node":"ConfigurationItem","key":"shop","name":"shop","class":"SERVICE"}
{"node":"Release","key":"R","name":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-10T00:00:00Z","publishedTo":"2026-01-09T00:00:00Z"}
{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}
{"node":"Deployment","key":"D","name":"D","status":"CLOSED","startedAt":"2026-01-03T00:00:00Z","verifyingAt":"2026-01-10T00:00:00Z","endedAt":"2026-01-24T00:00:00Z"}
{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}
{"node":"Outage","key":"O","name":"O","startedAt":"2026-01-04T00:00:00Z","endedAt":"2026-01-04T00:12:00Z","recordedBy":"ann","recordedAt":"2026-01-05T00:00:00Z"}
{"edge":"LOST_BY","from":"Outage:O","to":"Deployment:D"}
{"edge":"LOST_SERVICE","from":"Outage:O","to":"ConfigurationItem:shop"}
{"node":"Problem","key":"P","name":"P","category":"missing, \"file\"","openedAt":"2026-01-11T00:00:00Z"}
{"edge":"CAUSED_BY","from":"Problem:P","to":"Release:R"}
`
