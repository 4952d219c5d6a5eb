package actionplan

import (
	"context"
	"net/url"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/actionplan"
	"releasegraph/internal/store"
)

// Plan is what is done at a site, step by step (P12).
type Plan struct {
	Language, TimeZone string
	Steps              []*Step
	WayBack            []*release.BackOutStep
	Spares             []*domain.HardwareSpare
	Licences           []*domain.Licence

	of     *facts
	sheet  *actionplan.Sheet
	writer actionplan.Writer
}

// Step is a step of the work at a site.
type Step struct {
	Ordinal     int
	Kind        Kind
	Item        *domain.ConfigurationItem
	FromVersion *string
	ToVersion   *string
	Text        string
	Party       *domain.Party
	Begins      *time.Time
	Local       *string
	Duration    *string
}

// Kind is what a step does.
type Kind string

// ActionPlan tells what is done at a site, in a language: that of the site where none is
// wanted, or else the one that comes nearest (P12).
func (a *Area) ActionPlan(ctx context.Context, s *domain.SiteRollout, language *string) (*Plan, error) {
	c := a.estate.CohortOf(ctx, s)
	all, err := estate.EachOf(c, "action plan", func(list []*domain.SiteRollout) ([]*facts, error) { return a.read(ctx, c.View, list) })
	if err != nil {
		return nil, err
	}
	return a.plan(all[store.ID(s.ID)], language)
}

// plan writes the plan of a site.
func (a *Area) plan(f *facts, language *string) (*Plan, error) {
	q, zone := f.question(), f.zone()
	p := &Plan{
		TimeZone: zone.String(), Steps: []*Step{}, WayBack: append([]*release.BackOutStep{}, f.wayBack...),
		Spares: append([]*domain.HardwareSpare{}, f.spares...), Licences: append([]*domain.Licence{}, f.licences...), of: f, writer: a.writer,
	}
	p.sheet = f.sheet(q, zone, a.writer.Nearest(f.language(language)))
	p.Language = p.sheet.Language
	for i, one := range p.sheet.Lines {
		text, err := a.writer.Text(p.sheet, one)
		if err != nil {
			return nil, err
		}
		step := &Step{Ordinal: i + 1, Kind: Kind(one.Kind), Text: text, Begins: one.Begins}
		if one.Item >= 0 {
			of := f.items[one.Item]
			step.Item, step.Party, step.FromVersion, step.ToVersion = of.item, of.party, of.FromVersion, of.ToVersion
		}
		if one.Begins != nil {
			step.Local = optional.Text(one.Begins.In(zone).Format("2006-01-02T15:04"))
		}
		if one.Takes != nil {
			step.Duration = optional.Text(domain.FormatDuration(*one.Takes))
		}
		p.Steps = append(p.Steps, step)
	}
	return p, nil
}

// question is what the steps follow from.
func (f *facts) question() actionplan.Question {
	q := actionplan.Question{Window: optional.Or(f.rollout.Window(), domain.TimeRange{}), Activation: domain.AtInstall}
	if f.deployment != nil {
		q.Offer, q.Activation, q.At = f.deployment.Approach == domain.Pull, f.deployment.Activation, f.deployment.ActivateAt
	}
	if f.release != nil {
		q.Manual = f.release.ManualSteps
	}
	for _, one := range f.items {
		q.Items = append(q.Items, actionplan.Item{
			Class: one.item.Class, Removed: one.Action == domain.RemoveItem, From: optional.Or(one.FromVersion, ""), To: optional.Or(one.ToVersion, ""),
		})
	}
	return q
}

// zone is that of the site, UTC where nobody told.
func (f *facts) zone() *time.Location {
	if f.site != nil && f.site.TimeZone != nil {
		if zone, err := time.LoadLocation(*f.site.TimeZone); err == nil {
			return zone
		}
	}
	return time.UTC
}

func (f *facts) language(wanted *string) string {
	if wanted == nil && f.site != nil {
		wanted = f.site.Language
	}
	return optional.Or(wanted, "")
}

// sheet is what is written of the plan.
func (f *facts) sheet(q actionplan.Question, zone *time.Location, language string) *actionplan.Sheet {
	s := &actionplan.Sheet{Language: language, Site: f.rollout.Name, Release: f.rollout.Name, Zone: zone, Window: q.Window, Offer: q.Offer, Activation: q.Activation}
	if f.site != nil {
		s.Site = f.site.Name
	}
	if f.release != nil {
		s.Release = f.release.Name
		if !strings.Contains(s.Release, f.release.ReleaseVersion) {
			s.Release += " " + f.release.ReleaseVersion
		}
	}
	if f.wave != nil {
		s.Wave = f.wave.Ordinal
	}
	if f.deployment != nil {
		s.Deployment = f.deployment.Name
	}
	for _, step := range actionplan.Steps(q) {
		one := actionplan.Line{Step: step}
		if step.Item >= 0 {
			of := f.items[step.Item]
			one.Name, one.From, one.To = of.item.Name, optional.Or(of.FromVersion, ""), optional.Or(of.ToVersion, "")
			if of.party != nil {
				one.Party = of.party.Name
			}
		}
		s.Lines = append(s.Lines, one)
	}
	for _, one := range f.spares {
		s.Spares = append(s.Spares, one.Name)
	}
	for _, one := range f.licences {
		s.Licences = append(s.Licences, one.Name)
	}
	for _, u := range f.wayBack {
		s.WayBack = append(s.WayBack, actionplan.Undo{Does: string(u.Does), Item: u.Item().Name, Text: u.Text})
	}
	return s
}

// Markdown writes the plan as a sheet in Markdown. With the address of the console it
// leads to the report form of the site.
func (p *Plan) Markdown(address *string) (string, error) {
	s, err := p.at(address)
	if err != nil {
		return "", err
	}
	return p.writer.Markdown(s)
}

// HTML writes the plan as a sheet to be printed. With the address of the console it has a
// QR code that opens the report form of the site.
func (p *Plan) HTML(address *string) (string, error) {
	s, err := p.at(address)
	if err != nil {
		return "", err
	}
	return p.writer.HTML(s)
}

// at is the sheet with the address of the report form.
func (p *Plan) at(address *string) (*actionplan.Sheet, error) {
	if address == nil || p.of.site == nil {
		return p.sheet, nil
	}
	u, err := url.Parse(*address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, refusal.Wrong("address", "must be the address of the console, such as https://releases.example.org")
	}
	form := u.JoinPath("my", url.PathEscape(p.of.site.Key))
	form.RawQuery, form.Fragment = "", ""
	if p.of.deployment != nil {
		form.RawQuery = url.Values{"deployment": {p.of.deployment.Key}}.Encode()
	}
	s := *p.sheet
	s.Report = form.String()
	return &s, nil
}
