package importer_test

import (
	"testing"

	"releasegraph/internal/importer"
)

// R3: a run tells at its end which numbers do not rise, wherever it goes to.
func TestARunTellsWhichNumbersDoNotRise_R3(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		text := `{"node":"ConfigurationItem","key":"calc","name":"c","class":"PROGRAM"}
{"node":"Release","key":"A","name":"A","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}
{"node":"Release","key":"B","name":"B","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-02T00:00:00Z"}
{"edge":"CHANGES","from":"Release:A","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":"2.0.0"}
{"edge":"CHANGES","from":"Release:B","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":"1.0.0"}
`
		if s := p.run(t, text, importer.Options{DryRun: true}); len(s.Falls) > 0 {
			t.Errorf("a dry run tells %v", s.Falls)
		}
		s := p.run(t, text, importer.Options{})
		if len(s.Falls) != 1 || s.Falls[0].Release != "B" || s.Falls[0].Unit != "calc" || *s.Falls[0].Than != "A" {
			t.Errorf("told %v, want B after A", s.Falls)
		}
		if s := p.run(t, text, importer.Options{}); len(s.Falls) > 0 {
			t.Errorf("what changed nothing tells %v", s.Falls)
		}
	})
}
