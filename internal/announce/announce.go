// Package announce writes announcements in the languages that it knows, with dates as
// these write them (R14).
package announce

import (
	"embed"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/fr"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/announcement"
)

//go:embed messages/active.*.json
var files embed.FS

// Languages are those that announcements are written in, the first for all others.
var Languages = []language.Tag{language.English, language.French, language.German}

// dates has how each of the Languages writes them.
var dates = []locales.Translator{en_GB.New(), fr.New(), de.New()}

// Writer writes announcements from a catalogue of messages.
type Writer struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
}

var _ announcement.Writer = (*Writer)(nil)

// NewWriter returns a writer. The catalogue is built in: one that cannot be read is a
// mistake of the build.
func NewWriter() *Writer {
	b := i18n.NewBundle(Languages[0])
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, tag := range Languages {
		if _, err := b.LoadMessageFileFS(files, "messages/active."+tag.String()+".json"); err != nil {
			panic(err)
		}
	}
	return &Writer{bundle: b, matcher: language.NewMatcher(Languages)}
}

// Nearest is the language of Languages that comes nearest to a wanted one, the first
// where none does.
func (w *Writer) Nearest(wanted string) string { return Languages[w.nearest(wanted)].String() }

func (w *Writer) nearest(wanted string) int {
	tag, err := language.Parse(wanted)
	if err != nil {
		return 0
	}
	_, at, confidence := w.matcher.Match(tag)
	if confidence == language.No {
		return 0
	}
	return at
}

// Write writes a letter in plain text.
func (w *Writer) Write(l announcement.Letter) (subject, text string, err error) {
	at := w.nearest(l.Language)
	p := &page{letter: l, say: i18n.NewLocalizer(w.bundle, Languages[at].String()), dates: dates[at]}
	p.opening()
	if l.Occasion != domain.OnCancellation && l.From != nil {
		p.body()
	}
	return p.subject(), strings.TrimRight(p.text.String(), "\n") + "\n", p.err
}

// page is one letter on its way.
type page struct {
	letter announcement.Letter
	say    *i18n.Localizer
	dates  locales.Translator
	text   strings.Builder
	err    error
}

// values are what a message is filled with.
type values map[string]any

// message is one of the catalogue.
func (p *page) message(id string, data values) string {
	return p.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// counted is a message of the catalogue in the plural of a number.
func (p *page) counted(id string, n int) string {
	return p.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: values{"Count": n}, PluralCount: n})
}

func (p *page) localize(c *i18n.LocalizeConfig) string {
	text, err := p.say.Localize(c)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
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
		return short(p.message("cancelled", values{"Release": p.title()}))
	}
	when := p.message("dates", nil)
	if p.letter.From != nil {
		when = p.dates.FmtDateLong(p.letter.From.In(p.zones()[0]))
	}
	subject := p.message(p.placed("subject"), values{"Release": p.title(), "Place": oneLine(p.letter.Place), "When": when})
	if p.letter.Occasion == domain.OnChange {
		subject = p.message("changed", values{"Subject": subject})
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
	data := values{"Release": p.title(), "Place": oneLine(p.letter.Place)}
	switch {
	case p.letter.Occasion == domain.OnCancellation:
		p.line(p.message("cancellation", data))
		return
	case p.letter.From == nil || p.letter.To == nil:
		p.line(p.message("unplanned", data))
		return
	case p.letter.Occasion == domain.OnChange:
		p.line(p.message(p.placed("change"), data))
	default:
		p.line(p.message(p.placed("plan"), data))
	}
	var times []string
	for _, zone := range p.zones() {
		times = append(times, "    "+p.message("fromTo", values{"From": p.moment(p.letter.From.In(zone)), "To": p.moment(p.letter.To.In(zone))}))
	}
	p.line(strings.Join(times, "\n"))
}

// zones are those of the letter; UTC stands for none, and for one that is not known.
func (p *page) zones() (list []*time.Location) {
	for _, name := range p.letter.Zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			zone = time.UTC
		}
		list = append(list, zone)
	}
	if len(list) == 0 {
		return []*time.Location{time.UTC}
	}
	return list
}

func (p *page) moment(t time.Time) string {
	zone, _ := t.Zone()
	return p.dates.FmtDateFull(t) + " " + p.dates.FmtTimeShort(t) + " " + zone
}

// body tells what the release brings, as its notes have it for the audience.
func (p *page) body() {
	n := p.letter.Notes
	if need := oneLine(p.letter.Need); need != "" {
		p.section(p.message("need", nil), []string{need})
	}
	p.listed("changes", each(n.Changes, func(i int) string { return n.Changes[i].Name }))
	p.listed("problems", each(n.Problems, func(i int) string { return n.Problems[i].Name }))
	p.listed("items", each(n.Items, func(i int) string {
		return oneLine(n.Items[i].Name + " " + n.Items[i].To + " (" + string(n.Items[i].Action) + ")")
	}))
	p.listed("errors", each(n.Errors, p.knownError))
	if len(n.Asked) > 0 {
		p.section(p.message("asked", nil), each(n.Asked, func(i int) string { return n.Asked[i].Text }))
	}
	if a := p.letter.Audience; a == domain.ToSupport || a == domain.ToSite {
		p.line(p.message("answer", nil))
	}
}

// knownError is an error with how it shows and what helps until it goes.
func (p *page) knownError(i int) string {
	e := p.letter.Notes.Errors[i]
	text := e.Name
	if e.Symptoms != "" {
		text += "; " + p.message("symptoms", values{"Text": e.Symptoms})
	}
	if e.Workaround != "" {
		text += "; " + p.message("workaround", values{"Text": e.Workaround})
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
		p.section(p.counted(heading, len(list)), list)
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
