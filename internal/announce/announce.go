// Package announce writes announcements in the languages that it knows, with dates as
// these write them (R14).
package announce

import (
	"embed"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
	"releasegraph/internal/plan/announcement"
)

//go:embed messages/active.*.json
var files embed.FS

// Writer writes announcements from a catalogue of messages.
type Writer struct{ *locale.Catalogue }

var _ announcement.Writer = (*Writer)(nil)

// NewWriter returns a writer.
func NewWriter() *Writer { return &Writer{locale.NewCatalogue(files)} }

// Write writes a letter in plain text.
func (w *Writer) Write(l announcement.Letter) (subject, text string, err error) {
	p := &page{letter: l, Speaker: w.Speaker(l.Language)}
	p.opening()
	if l.Occasion != domain.OnCancellation && l.From != nil {
		p.body()
	}
	return p.subject(), strings.TrimRight(p.text.String(), "\n") + "\n", p.Err
}

// page is one letter on its way.
type page struct {
	*locale.Speaker
	letter announcement.Letter
	text   strings.Builder
}

// title is the release by its name, with its number where the name lacks it.
func (p *page) title() string {
	title := oneLine(p.letter.Name)
	if version := oneLine(p.letter.Version); !strings.Contains(title, version) {
		title += " " + version
	}
	return title
}

// maxSubject is how many characters a subject has at most.
const maxSubject = 200

func (p *page) subject() string {
	if p.letter.Occasion == domain.OnCancellation {
		return short(p.Message("cancelled", locale.Values{"Release": p.title()}))
	}
	when := p.Message("dates", nil)
	if p.letter.From != nil {
		when = p.Day(p.letter.From.In(p.zones()[0]))
	}
	subject := p.Message(p.placed("subject"), locale.Values{"Release": p.title(), "Place": oneLine(p.letter.Place), "When": when})
	if p.letter.Occasion == domain.OnChange {
		subject = p.Message("changed", locale.Values{"Subject": subject})
	}
	return short(subject)
}

func short(s string) string {
	if r := []rune(s); len(r) > maxSubject {
		return string(r[:maxSubject-1]) + "…"
	}
	return s
}

// placed is the message for a site, where one is told.
func (p *page) placed(id string) string {
	if p.letter.Place != "" {
		return id + "Site"
	}
	return id
}

// opening says what it is about, and when that is by the clocks of the recipients.
func (p *page) opening() {
	data := locale.Values{"Release": p.title(), "Place": oneLine(p.letter.Place)}
	switch {
	case p.letter.Occasion == domain.OnCancellation:
		p.line(p.Message("cancellation", data))
		return
	case p.letter.From == nil || p.letter.To == nil:
		p.line(p.Message("unplanned", data))
		return
	case p.letter.Occasion == domain.OnChange:
		p.line(p.Message(p.placed("change"), data))
	default:
		p.line(p.Message(p.placed("plan"), data))
	}
	var times []string
	for _, zone := range p.zones() {
		times = append(times, "    "+p.Message("fromTo", locale.Values{"From": p.Moment(p.letter.From.In(zone)), "To": p.Moment(p.letter.To.In(zone))}))
	}
	p.line(strings.Join(times, "\n"))
}

// zones are those of the letter; UTC stands for none, and for one that is not known.
func (p *page) zones() (list []*time.Location) {
	for _, name := range p.letter.Zones {
		list = append(list, zoneNamed(name))
	}
	if len(list) == 0 {
		return []*time.Location{time.UTC}
	}
	return list
}

// body tells what the release brings, as its notes have it for the audience.
func (p *page) body() {
	n := p.letter.Notes
	if need := oneLine(p.letter.Need); need != "" {
		p.section(p.Message("need", nil), []string{need})
	}
	p.listed("changes", each(n.Changes, func(i int) string { return n.Changes[i].Name }))
	p.listed("problems", each(n.Problems, func(i int) string { return n.Problems[i].Name }))
	p.listed("items", each(n.Items, func(i int) string {
		return oneLine(n.Items[i].Name + " " + n.Items[i].To + " (" + string(n.Items[i].Action) + ")")
	}))
	p.listed("errors", each(n.Errors, p.knownError))
	if len(n.Asked) > 0 {
		p.section(p.Message("asked", nil), each(n.Asked, func(i int) string { return n.Asked[i].Text }))
	}
	if a := p.letter.Audience; a == domain.ToSupport || a == domain.ToSite {
		p.line(p.Message("answer", nil))
	}
}

// knownError is an error with how it shows and what helps until it goes.
func (p *page) knownError(i int) string {
	e := p.letter.Notes.Errors[i]
	text := e.Name
	if e.Symptoms != "" {
		text += "; " + p.Message("symptoms", locale.Values{"Text": e.Symptoms})
	}
	if e.Workaround != "" {
		text += "; " + p.Message("workaround", locale.Values{"Text": e.Workaround})
	}
	return text
}

func each[T any](list []T, text func(i int) string) []string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = text(i)
	}
	return texts
}

// listed is a section whose heading counts what follows.
func (p *page) listed(heading string, list []string) {
	if len(list) > 0 {
		p.section(p.Counted(heading, len(list)), list)
	}
}

func (p *page) section(heading string, list []string) {
	lines := []string{heading}
	for _, one := range list {
		lines = append(lines, "  - "+oneLine(one))
	}
	p.line(strings.Join(lines, "\n"))
}

func (p *page) line(text string) { p.text.WriteString(text + "\n\n") }

// oneLine keeps what records say from breaking lines, where a mail has its headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
