package importer_test

import (
	"strings"
	"testing"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

func TestAConfirmingImportNotesWhenItemsWereSeen(t *testing.T) { // C6, C8
	everywhere(t, func(t *testing.T, p place) {
		seen := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		p.run(t, estate, importer.Options{Source: "netbox"})
		o := importer.Options{Source: "netbox", Confirm: seen}
		items := strings.Count(estate, `"node":"ConfigurationItem"`)
		if s := p.run(t, estate, o); s.Updated() != items || s.Kept() != 0 {
			t.Errorf("only items are confirmed, though nothing else of them differs: %+v", s)
		}
		if s := p.run(t, estate, o); s.Updated() != 0 {
			t.Errorf("the same run again changes nothing: %+v", s)
		}
		patch := map[string]any{"confirmedAt": seen.Add(time.Hour).Format(time.RFC3339)}
		if _, err := p.Records.Update(t.Context(), domain.KindConfigurationItem, key("shop"), patch, nil, nil); err != nil {
			t.Fatal(err)
		}
		o.Confirm = seen.Add(24 * time.Hour)
		if s := p.run(t, estate, o); s.Updated() != items || s.Kept() != 0 {
			t.Errorf("whoever confirmed last, the next may confirm: %+v", s)
		}
		out := export(t, p.App)
		if n := strings.Count(out, `"confirmedAt":"2026-03-02T08:00:00Z"`); n != items {
			t.Errorf("%d of %d items say when they were seen:\n%s", n, items, out)
		}
		if s := p.run(t, out, importer.Options{Source: "netbox"}); s.Updated() != 0 {
			t.Errorf("what was exported changes nothing: %+v", s)
		}
	})
}
