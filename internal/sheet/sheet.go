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

// NewWriter returns a writer.
func NewWriter() *Writer { return &Writer{locale.NewCatalogue(files)} }

// Sheet is what is written.
type Sheet struct {
	Language                  string
	Release, Site, Deployment string
	Wave                      int
	Zone                      *time.Location
	Window                    domain.TimeRange
	// Offer says that the site chooses when within the window (P1).
	Offer      bool
	Activation domain.Activation
	Steps      []Step
	// Spares and Licences are what is kept ready.
	Spares, Licences []string
	WayBack          []Undo
	// Report is where is reported how it goes, empty for none.
	Report string
}

// Step is a step with the names of what it is about.
type Step struct {
	actionplan.Step
	Name, From, To string
	Party          string // empty: the site itself
}

// Undo is a step of the way back.
type Undo struct {
	// Does is what kind of step it is: UNDO, MITIGATE, PUT_BACK or TAKE_AWAY.
	Does, Item, Text string
}

// Text says in the language of a sheet what a step does.
func (w *Writer) Text(s *Sheet, step Step) (string, error) {
	say := w.Speaker(s.Language)
	text := describe(say, s.Activation, step)
	return text, say.Err
}

// describe says what a step does.
func describe(say *locale.Speaker, activation domain.Activation, s Step) string {
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
func undoing(say *locale.Speaker, u Undo) string {
	return strings.Join(strings.Fields(say.Message(u.Does, locale.Values{"Item": u.Item, "Text": u.Text})), " ")
}

// when says when the work is.
func (s *Sheet) when(say *locale.Speaker) string {
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
func (s *Sheet) hour(say *locale.Speaker, step Step) string {
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
