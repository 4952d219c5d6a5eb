package importer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
	"releasegraph/internal/neo4jtest"
)

// modelItem is an item as C6 has it: who lists it, and in which status it is.
type modelItem struct {
	listers    map[string]bool
	status     string
	byPerson   bool   // the status
	prunedFrom string // empty: no prune withdrew it
}

// modelLink is a link as C6 has it; one that is not there may have been removed
// by a person.
type modelLink struct {
	listers map[string]bool
	there   bool
	removed bool
}

// model is an estate that several sources and people write, by C6 alone.
type model struct {
	items map[string]*modelItem
	links map[string]*modelLink // "a b"
}

func (m *model) link(name string) *modelLink {
	if m.links[name] == nil {
		m.links[name] = &modelLink{listers: map[string]bool{}}
	}
	return m.links[name]
}

// lists has a source list items, with statuses or "", and links.
func (m *model) lists(source string, items map[string]string, links []string) {
	for name, status := range items {
		i := m.items[name]
		if i == nil {
			i = &modelItem{listers: map[string]bool{}, status: "LIVE"}
			m.items[name] = i
		}
		if i.prunedFrom != "" {
			i.status, i.prunedFrom = i.prunedFrom, ""
		}
		if status != "" && !i.byPerson {
			i.status = status
		}
		i.listers[source] = true
	}
	for _, name := range links {
		if l := m.link(name); l.there || !l.removed {
			if !l.there {
				l.listers = map[string]bool{}
			}
			l.there, l.listers[source] = true, true
		}
	}
}

// prunes takes away what a source no longer lists, and no other does.
func (m *model) prunes(source string, items map[string]string, links []string) {
	for name, i := range m.items {
		if _, given := items[name]; given || len(items) == 0 || !i.listers[source] || i.status == "WITHDRAWN" {
			continue
		}
		delete(i.listers, source)
		if len(i.listers) == 0 && !i.byPerson {
			i.prunedFrom, i.status = i.status, "WITHDRAWN"
		}
	}
	for name, l := range m.links {
		if slices.Contains(links, name) || len(links) == 0 || !l.there {
			continue
		}
		delete(l.listers, source)
		l.there = len(l.listers) > 0
	}
}

// says has a person say in which status an item is.
func (m *model) says(name, status string) {
	i := m.items[name]
	i.byPerson = i.byPerson || i.status != status || i.prunedFrom != ""
	i.status, i.prunedFrom = status, ""
}

func (m *model) connects(name string) {
	l := m.link(name)
	if !l.there {
		l.listers = map[string]bool{"api": true}
	}
	l.there, l.removed = true, false
}

func (m *model) disconnects(name string) {
	l := m.link(name)
	delete(l.listers, "api")
	l.there, l.removed = false, len(l.listers) > 0
	l.listers = map[string]bool{}
}

// told tells the whole of the model.
func (m *model) told() (lines []string) {
	for name, i := range m.items {
		lines = append(lines, fmt.Sprintf("%s %s by %v", name, i.status, slices.Sorted(maps.Keys(i.listers))))
	}
	for name, l := range m.links {
		if l.there {
			lines = append(lines, fmt.Sprintf("%s by %v", name, slices.Sorted(maps.Keys(l.listers))))
		}
	}
	slices.Sort(lines)
	return lines
}

// told tells the same of what there is.
func (p place) told(t *rapid.T) (lines []string) {
	page, err := p.Bulk.Holdings(t.Context(), bulk.HoldingsQuery{Kind: "ConfigurationItem", Relationships: []string{"DEPENDS_ON"}})
	if err != nil {
		t.Fatal(err)
	}
	sorted := func(by []string) []string {
		by = slices.Clone(by)
		slices.Sort(by)
		return by
	}
	for _, h := range page.Records {
		r, err := p.Records.Record(t.Context(), "ConfigurationItem", key(h.Key), nil)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s by %v", h.Key, r.(*domain.ConfigurationItem).Status, sorted(h.ListedBy)))
		for _, l := range h.Links {
			lines = append(lines, fmt.Sprintf("%s %s by %v", l.Item.From.Key, l.Item.To.Key, sorted(l.ListedBy)))
		}
	}
	slices.Sort(lines)
	return lines
}

// C6: whatever sources list and prune and people say, in any order, an item
// lives while a source lists it, what a prune took comes back, and a person's
// word stands.
func TestSeveralSourcesAndPeopleKeepAnEstateAsC6Has(t *testing.T) {
	t.Cleanup(neo4jtest.FewerDraws(40))
	names := []string{"a", "b", "c"}
	rapid.Check(t, func(rt *rapid.T) {
		a, s := newApp(t)
		p := place{a, s, importer.Local(a)}
		m := &model{items: map[string]*modelItem{}, links: map[string]*modelLink{}}
		name := rapid.SampledFrom(names)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch step := rapid.SampledFrom([]string{"import", "import", "import", "status", "connect", "disconnect"}).Draw(rt, "step"); step {
			case "import":
				source := rapid.SampledFrom([]string{"cmdb", "netbox", "import"}).Draw(rt, "source")
				items := map[string]string{}
				var text strings.Builder
				for _, n := range rapid.SliceOfDistinct(name, rapid.ID[string]).Draw(rt, "items") {
					items[n] = rapid.SampledFrom([]string{"", "", "LIVE", "IN_TEST"}).Draw(rt, "status")
					line := fmt.Sprintf(`{"node":"ConfigurationItem","key":%q,"name":"N","class":"SERVER","status":%q}`, n, items[n])
					text.WriteString(strings.Replace(line, `,"status":""`, "", 1) + "\n")
				}
				known := func(n string) bool { return m.items[n] != nil || items[n] != "" || hasKey(items, n) }
				var links []string
				for _, from := range names {
					for _, to := range names {
						if from != to && known(from) && known(to) && rapid.IntRange(0, 2).Draw(rt, "link") == 0 {
							links = append(links, from+" "+to)
							fmt.Fprintf(&text, `{"edge":"DEPENDS_ON","from":%q,"to":%q}`+"\n", from, to)
						}
					}
				}
				prune := rapid.Bool().Draw(rt, "prune")
				o := importer.Options{Source: source, Prune: prune, PruneLimit: 100, Files: []string{"-"}, Stdin: strings.NewReader(text.String())}
				if _, err := importer.Run(t.Context(), p.to, o); err != nil {
					rt.Fatal(err)
				}
				m.lists(source, items, links)
				if prune {
					m.prunes(source, items, links)
				}
			case "status":
				n, status := name.Draw(rt, "item"), rapid.SampledFrom([]string{"LIVE", "WITHDRAWN"}).Draw(rt, "to")
				if _, err := p.Records.Update(t.Context(), "ConfigurationItem", key(n), map[string]any{"status": status}, nil, nil); err == nil {
					m.says(n, status)
				}
			default:
				from, to := name.Draw(rt, "from"), name.Draw(rt, "to")
				if step == "connect" {
					if _, err := p.Records.Connect(t.Context(), "DEPENDS_ON", key(from), key(to), nil, nil); err == nil {
						m.connects(from + " " + to)
					}
				} else if _, err := p.Records.Disconnect(t.Context(), "DEPENDS_ON", key(from), key(to), nil, nil); err == nil {
					m.disconnects(from + " " + to)
				}
			}
			if got, want := p.told(rt), m.told(); !slices.Equal(got, want) {
				rt.Fatalf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		}
	})
}

func hasKey(m map[string]string, name string) bool {
	_, ok := m[name]
	return ok
}
