package importer_test

import (
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

const racked = `{"node":"ConfigurationItem","key":"srv-1","name":"One","class":"SERVER","attributes":{"serialNumber":"S1","externalId":"E1"}}
{"node":"ConfigurationItem","key":"srv-2","name":"Two","class":"SERVER","attributes":{"serialNumber":"S2"}}
{"node":"ConfigurationItem","key":"srv-3","name":"Three","class":"SERVER","attributes":{"serialNumber":"S2"}}
{"edge":"DEPENDS_ON","from":"srv-1","to":"srv-2"}
`

const discovered = `{"node":"ConfigurationItem","key":"host-1","name":"One found","attributes":{"serialNumber":"S1"}}
{"node":"ConfigurationItem","key":"host-9","name":"Nine","class":"SERVER","attributes":{"serialNumber":"S9"}}
{"edge":"DEPENDS_ON","from":"host-9","to":"host-1"}
`

func TestALineFindsItsItemByASerialNumberAndTheItemKeepsItsKey(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, racked, importer.Options{})
		o := importer.Options{Match: []string{"serialNumber", "externalId"}}
		if s := p.run(t, discovered, o); s.Created() != 2 || s.Updated() != 1 {
			t.Errorf("%+v", s)
		}
		out := export(t, p.App)
		for _, want := range []string{`"key":"srv-1","name":"One found"`, `"from":"ConfigurationItem:host-9","to":"ConfigurationItem:srv-1"`} {
			if !strings.Contains(out, want) {
				t.Errorf("missing %s in\n%s", want, out)
			}
		}
		if s := p.run(t, discovered, o); !s.Same() {
			t.Errorf("again: %+v", s)
		}
	})
}

func TestARenameGivesTheItemTheKeyOfTheFile(t *testing.T) { // C1
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, racked, importer.Options{})
		o := importer.Options{Match: []string{"serialNumber"}, Rename: true, Prune: true, PruneLimit: 100, DryRun: true}
		dry := p.run(t, discovered, o)
		o.DryRun = false
		s := p.run(t, discovered, o)
		// What the file does not have goes, the renamed item does not.
		if s.Created() != 2 || s.Pruned.Withdrawn != 2 || s.Updated() != 3 || s.Pruned.Relationships != 1 || dry.Updated() != 3 || dry.Pruned.Withdrawn != 2 {
			t.Errorf("%+v %+v, dry %+v %+v", s, s.Pruned, dry, dry.Pruned)
		}
		out := export(t, p.App)
		if strings.Contains(out, "srv-1") || !strings.Contains(out, `"from":"ConfigurationItem:host-9","to":"ConfigurationItem:host-1"`) {
			t.Error(out)
		}
		if s := p.run(t, discovered, o); !s.Same() {
			t.Errorf("again: %+v", s)
		}
	})
}

func TestTwoCandidatesAreAnErrorThatNamesBoth(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, racked, importer.Options{})
		text := p.refused(t, `{"node":"ConfigurationItem","key":"srv-2","users":1}
{"node":"ConfigurationItem","key":"host-2","attributes":{"serialNumber":"S2"}}
{"node":"ConfigurationItem","key":"host-1","attributes":{"serialNumber":"S2","externalId":"E1"}}
{"node":"ConfigurationItem","key":"srv-1","users":1}
{"node":"ConfigurationItem","key":"host-1b","attributes":{"externalId":"E1"}}
`, importer.Options{Match: []string{"serialNumber", "externalId"}})
		for _, want := range []string{
			`:2: key: could be "srv-2" by serialNumber "S2" or "srv-3" by serialNumber "S2"`, `:3: key: could be "srv-2"`,
			`:5: key: is "srv-1" by externalId "E1", which the files give as well`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("missing %s in\n%s", want, text)
			}
		}
	})
}
