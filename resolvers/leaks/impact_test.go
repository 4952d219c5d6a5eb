package leaks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

type impactHit struct {
	Item        struct{ Key string }
	Strength    string
	Depth       int
	Chain       []struct{ From, To struct{ Key string } }
	HiddenLinks int
}

type impactAnswer struct {
	Summary struct{ Total, Hidden int }
	Hits    struct {
		TotalCount int
		Nodes      []impactHit
	}
}

// wholeImpact holds that an impact is that of the whole estate: of what is
// hidden it tells how many hits there are, how many links of a chain, and no
// more.
func wholeImpact(t *rapid.T, w *world) {
	seen := slices.DeleteFunc(w.of(item), func(n *node) bool { return !w.sees(w.caller, n) || w.removed(n) })
	if len(seen) == 0 {
		return
	}
	source := rapid.SampledFrom(seen).Draw(t, "source")
	document := fmt.Sprintf(`{ impact(input: {sources: {items: [{key: %q}]}}) { summary { total hidden sites byClass { full } } hits { totalCount nodes {
		item { key name } strength depth hiddenLinks chain { from { key } to { key } } rootCauses { key } } }
		toTell { totalCount nodes { party { key } reasons { items { key } } } } cycles { items { key } } mermaid dot } }`, source.key)
	told := w.ask(t, document)
	if len(told.Errors) > 0 { // the item is not the caller's any more
		return
	}
	if strings.Contains(told.text(), hiddenName) {
		t.Fatalf("%+v\n%s\nnames what is hidden: %s", w.caller, document, told.text())
	}
	var s, a impactAnswer
	all := w.askAs(t, domain.Actor{Name: "root", Roles: []domain.Role{domain.Admin}}, document)
	if json.Unmarshal(told.Data["impact"], &s) != nil || json.Unmarshal(all.Data["impact"], &a) != nil {
		t.Fatal(told, all)
	}
	if s.Summary.Total+s.Summary.Hidden != a.Summary.Total || s.Hits.TotalCount != s.Summary.Total || len(s.Hits.Nodes) != s.Summary.Total {
		t.Fatalf("%+v is told of %+v, the whole is %+v", w.caller, s, a)
	}
	for _, h := range s.Hits.Nodes {
		i := slices.IndexFunc(a.Hits.Nodes, func(x impactHit) bool { return x.Item == h.Item })
		if x := a.Hits.Nodes[i]; x.Strength != h.Strength || x.Depth != h.Depth || len(x.Chain) != len(h.Chain)+h.HiddenLinks {
			t.Fatalf("%+v is told %+v of a hit that is %+v", w.caller, h, x)
		}
	}
}
