package actionplan

import (
	"time"

	"releasegraph/internal/domain"
)

// Writer writes sheets in the languages that it knows.
type Writer interface {
	// Nearest is the language that comes nearest to a wanted one.
	Nearest(wanted string) string
	// Text says in the language of a sheet what a line of it does.
	Text(s *Sheet, line Line) (string, error)
	// Markdown and HTML write a sheet to be printed. What records say is escaped.
	Markdown(s *Sheet) (string, error)
	HTML(s *Sheet) (string, error)
}

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
	Lines      []Line
	// Spares and Licences are what is kept ready.
	Spares, Licences []string
	WayBack          []Undo
	// Report is where is reported how it goes, empty for none.
	Report string
}

// Line is a step with the names of what it is about.
type Line struct {
	Step
	Name, From, To string
	Party          string // empty: the site itself
}

// Undo is a step of the way back.
type Undo struct {
	// Does is what kind of step it is: UNDO, MITIGATE, PUT_BACK or TAKE_AWAY.
	Does, Item, Text string
}
