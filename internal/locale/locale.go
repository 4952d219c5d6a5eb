// Package locale has the languages in which people are written to: their messages, and how
// they write dates.
package locale

import (
	"encoding/json"
	"io/fs"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/fr"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Languages are those that are written, the first for all others.
var Languages = []language.Tag{language.English, language.French, language.German}

// dates has how each of the Languages writes them.
var dates = []locales.Translator{en_GB.New(), fr.New(), de.New()}

// Catalogue has messages in each of the Languages.
type Catalogue struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
}

// NewCatalogue reads the messages of files that are built in, messages/active.TAG.json:
// those that cannot be read are a mistake of the build.
func NewCatalogue(files fs.FS) *Catalogue {
	b := i18n.NewBundle(Languages[0])
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	for _, tag := range Languages {
		if _, err := b.LoadMessageFileFS(files, "messages/active."+tag.String()+".json"); err != nil {
			panic(err)
		}
	}
	return &Catalogue{bundle: b, matcher: language.NewMatcher(Languages)}
}

// Nearest is the language of Languages that comes nearest to a wanted one, the first
// where none does.
func (c *Catalogue) Nearest(wanted string) string { return Languages[c.nearest(wanted)].String() }

func (c *Catalogue) nearest(wanted string) int {
	tag, err := language.Parse(wanted)
	if err != nil {
		return 0
	}
	_, at, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return 0
	}
	return at
}

// Speaker says the messages of a catalogue in one language. Err is the first message that
// could not be said.
type Speaker struct {
	Err error

	say   *i18n.Localizer
	dates locales.Translator
}

// Speaker returns who says the messages in the language nearest to a wanted one.
func (c *Catalogue) Speaker(wanted string) *Speaker {
	at := c.nearest(wanted)
	return &Speaker{say: i18n.NewLocalizer(c.bundle, Languages[at].String()), dates: dates[at]}
}

// Values are what a message is filled with.
type Values map[string]any

// Message is one of the catalogue.
func (s *Speaker) Message(id string, data Values) string {
	return s.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// Counted is a message of the catalogue in the plural of a number.
func (s *Speaker) Counted(id string, n int) string {
	return s.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: Values{"Count": n}, PluralCount: n})
}

func (s *Speaker) localize(c *i18n.LocalizeConfig) string {
	text, err := s.say.Localize(c)
	if err != nil && s.Err == nil {
		s.Err = err
	}
	return text
}

// Day is the date of a time, with its month in words.
func (s *Speaker) Day(t time.Time) string { return s.dates.FmtDateLong(t) }

// Moment is the date, the hour and the zone of a time.
func (s *Speaker) Moment(t time.Time) string { return s.dates.FmtDateFull(t) + " " + s.Hour(t) }

// Hour is the hour and the zone of a time.
func (s *Speaker) Hour(t time.Time) string {
	zone, _ := t.Zone()
	return s.dates.FmtTimeShort(t) + " " + zone
}
