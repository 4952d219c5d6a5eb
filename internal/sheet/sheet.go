// Package sheet writes the action plan of a site, to be printed, in the languages that it
// knows and by the clocks of the site (P12).
package sheet

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
	"releasegraph/internal/plan/actionplan"
)

//go:embed messages/active.*.json
var files embed.FS

// Writer writes sheets from a catalogue of messages.
type Writer struct{ *locale.Catalogue }

var _ actionplan.Writer = (*Writer)(nil)

// NewWriter returns a writer.
func NewWriter() *Writer { return &Writer{locale.NewCatalogue(files)} }

// Text says in the language of a sheet what a step does.
func (w *Writer) Text(s *actionplan.Sheet, step actionplan.Line) (string, error) {
	say := w.Speaker(s.Language)
	text := describe(say, s.Activation, step)
	return text, say.Err
}

// describe says what a step does.
func describe(say *locale.Speaker, activation domain.Activation, s actionplan.Line) string {
	id := string(s.Kind)
	switch {
	case s.Kind == actionplan.Install && s.From != "" && s.From == s.To:
		id = "INSTALL_ANEW"
	case s.Kind == actionplan.Install && s.From != "":
		id = "INSTALL_OVER"
	case s.Kind == actionplan.Activate && activation != domain.AtInstall:
		id += "_" + string(activation)
	}
	return strings.Join(strings.Fields(say.Message(id, locale.Values{"Item": s.Name, "From": s.From, "To": s.To, "Text": s.Text})), " ")
}

// undoing says what a step of the way back does.
func undoing(say *locale.Speaker, u actionplan.Undo) string {
	return strings.Join(strings.Fields(say.Message(u.Does, locale.Values{"Item": u.Item, "Text": u.Text})), " ")
}

// when says when the work is.
func when(s *actionplan.Sheet, say *locale.Speaker) string {
	if s.Window.Empty() {
		return say.Message("unplanned", nil)
	}
	data := locale.Values{"From": say.Moment(s.Window.From.In(s.Zone)), "To": say.Moment(s.Window.To.In(s.Zone))}
	if s.Offer {
		return say.Message("offer", data)
	}
	return say.Message("window", data)
}

// hour says when a step begins, with the day where that is another one than that on which
// the work begins.
func hour(s *actionplan.Sheet, say *locale.Speaker, step actionplan.Line) string {
	if step.Begins == nil {
		return ""
	}
	local := step.Begins.In(s.Zone)
	if local.Format(time.DateOnly) != s.Window.From.In(s.Zone).Format(time.DateOnly) {
		return say.Moment(local)
	}
	return say.Hour(local)
}

// long says how long a step takes.
func long(d *time.Duration) string {
	if d == nil {
		return ""
	}
	var parts []string
	for _, p := range []struct {
		n    int
		unit string
	}{{int(d.Hours()), "h"}, {int(d.Minutes()) % 60, "min"}, {int(d.Seconds()) % 60, "s"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.unit))
		}
	}
	return strings.Join(parts, " ")
}
