package cli_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

const doubtfulEstate = `{"node":"ConfigurationItem","key":"sw-1","name":"Switch 1","class":"NETWORK_DEVICE","attributes":{"serial":"A1","ports":"many"}}
{"node":"ConfigurationItem","key":"sw-2","name":"Switch 2","class":"NETWORK_DEVICE","owner":"network","attributes":{"serial":"A1"}}
{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE","status":"PLANNED"}
{"edge":"DEPENDS_ON","from":"sw-1","to":"sw-2"}
{"edge":"DEPENDS_ON","from":"sw-2","to":"sw-1"}
{"node":"AttributeDefinition","key":"ports","name":"Ports","attribute":"ports","type":"INTEGER"}
`

func TestWhatIsDoubtfulIsToldFromTheCommandLine_C8(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, doubtfulEstate, "import", db, "-").wants(t, 0, "1 created")
	call(t, "", "quality", db, "--shared-by=serial").wants(t, 0,
		"items without an owner", "sw-1, shop", "services without an agreement", "sw-1 ⇄ sw-2 (2)", "sw-1 = sw-2", "sw-1 (ports)")
	call(t, "", "quality", db, "--stale-since=2020-01-01").wants(t, 0, "items not changed since")
	call(t, "", "quality", db, "--stale-since=soon").wants(t, 2, "stale-since")
	call(t, "", "quality", db, "--status=flying").wants(t, 1, "FLYING")
	var got struct {
		Orphans, WithoutOwner struct{ TotalCount int }
		Breaches              struct {
			Nodes []struct{ Value, Message string }
		}
	}
	out := call(t, "", "quality", db, "--status=live", "--json").out
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Orphans.TotalCount != 0 || got.WithoutOwner.TotalCount != 1 ||
		len(got.Breaches.Nodes) != 1 || got.Breaches.Nodes[0].Value != "many" {
		t.Errorf("%+v, %v", got, err)
	}
}
