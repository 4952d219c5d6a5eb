package domain

import (
	"fmt"
	"strings"
)

// Document prints the policy whole, in Markdown: what it says in prose, and what
// the server keeps releases to, as one text.
func (p *ReleasePolicy) Document() string {
	w := p.Whole()
	d := &policyDocument{}
	d.line("# %s", Markdown(p.Name))
	d.line("Version %d, %s%s.", p.PolicyVersion, p.Status, since(w))
	d.prose("", p.Description)
	d.prose("Process", p.Process)
	d.prose("Duties in committees", p.CommitteeDuties)
	d.prose("Granularity", p.Granularity)
	d.numbering(w)
	d.prose("Major and minor releases", p.MajorMinor)
	d.frequency(w)
	d.demands(w)
	d.signOffs(w)
	d.emergencies(w)
	d.prose("Back-out", p.BackOutPolicy)
	d.line("A FULL release can be undone %s, a DELTA %s.", w.Reversibility.Full, w.Reversibility.Delta)
	d.library(w)
	return d.String()
}

type policyDocument struct{ strings.Builder }

func (d *policyDocument) line(format string, args ...any) {
	if d.Len() > 0 {
		d.WriteString("\n")
	}
	fmt.Fprintf(d, format, args...)
	d.WriteString("\n")
}

// prose adds a text of the policy as it is, under a heading.
func (d *policyDocument) prose(heading string, text *string) {
	if blank(text) == "" {
		return
	}
	if heading != "" {
		d.line("## %s", heading)
	}
	d.line("%s", blank(text))
}

func since(p *ReleasePolicy) string {
	if p.EffectiveFrom == nil {
		return ""
	}
	return " since " + minute(*p.EffectiveFrom)
}

func (d *policyDocument) numbering(p *ReleasePolicy) {
	d.line("## Numbers and names")
	d.line("Releases are numbered by %s, versions of items compare by %s. Packages are numbered `%s`, releases are named `%s`.",
		p.Numbering.text(), p.ItemNumbering.text(), *p.PackagePattern, *p.NameTemplate)
	if p.ParallelLines {
		d.line("Several lines of versions may go on at once.")
	}
}

func (s *VersionScheme) text() string {
	if s.Scheme == PatternVersions && s.Pattern != nil {
		return "the pattern `" + *s.Pattern + "`"
	}
	return string(s.Scheme)
}

func (d *policyDocument) frequency(p *ReleasePolicy) {
	d.line("## Frequency")
	d.prose("", p.FrequencyGuide)
	for _, f := range []struct {
		name  string
		every *string
	}{{"Major", p.MajorEvery}, {"Minor", p.MinorEvery}} {
		if f.every != nil {
			d.line("%s releases of a unit lie %s apart at least.", f.name, *f.every)
		}
	}
}

func (d *policyDocument) demands(p *ReleasePolicy) {
	d.line("## What a release brings and passes")
	d.WriteString("\n| releases | deliverables | tests |\n| --- | --- | --- |\n")
	rows, deliverables, tests := []string{}, map[string]string{}, map[string]string{}
	note := func(row string) {
		if _, a := deliverables[row]; a {
			return
		}
		if _, b := tests[row]; !b {
			rows = append(rows, row)
		}
	}
	for _, one := range p.Deliverables {
		row := demandRow(one.Type, one.Category)
		note(row)
		deliverables[row] = list(one.Kinds)
	}
	for _, one := range p.Tests {
		row := demandRow(one.Type, one.Category)
		note(row)
		tests[row] = list(one.Kinds)
	}
	for _, row := range rows {
		fmt.Fprintf(d, "| %s | %s | %s |\n", row, deliverables[row], tests[row])
	}
	for _, rule := range p.TaskRules {
		d.line("- %s is done before %s.", rule.Kind, rule.Before)
	}
	steps := make([]Environment, len(p.PromotionPath))
	for i, step := range p.PromotionPath {
		steps[i] = step.Environment
	}
	d.line("A release passes %s.", strings.ReplaceAll(list(steps), ", ", " → "))
	if p.MinRepresentativeness != nil {
		d.line("A test environment is %d %% like production at least.", *p.MinRepresentativeness)
	}
}

func (d *policyDocument) signOffs(p *ReleasePolicy) {
	d.line("## Who signs")
	d.WriteString("\n| nature | delivers | accepts | hands over | supports |\n| --- | --- | --- | --- | --- |\n")
	for _, row := range p.SignOffRoles {
		fmt.Fprintf(d, "| %s | %s | %s | %s | %s |\n", row.Nature, cell(row.Delivered), cell(row.Accepted), cell(row.HandedOver), cell(row.Supported))
	}
	if p.BusinessSignOff {
		d.line("The business signs, too.")
	}
}

func cell(signatories []Signatory) string {
	names := make([]string, len(signatories))
	for i, s := range signatories {
		names[i] = Markdown(s.Text())
	}
	return strings.Join(names, " and ")
}

func (d *policyDocument) emergencies(p *ReleasePolicy) {
	d.line("## Emergencies")
	d.line("An emergency release fixes at most %d known problems, each of priority %s or above. Every %s the fixes are gathered into a package of at most %d releases and %d items.",
		p.Emergency.MaxProblems, p.Emergency.MinimumPriority, p.Package.Every, p.Package.MaxReleases, p.Package.MaxItems)
	d.line("At most %d versions of a unit are live at once.", *p.MaxVariants)
	if p.MaxManualSteps != nil {
		d.line("A person has to do at most %d steps at a site.", *p.MaxManualSteps)
	}
	if p.MaxWaveUsersAtRisk != nil {
		d.line("The failure of a wave hurts at most %d users.", *p.MaxWaveUsersAtRisk)
	}
}

func (d *policyDocument) library(p *ReleasePolicy) {
	d.line("## The media library")
	d.line("Media are kept for %s, a release is watched for %s once it is live. Kits are signed: %s.", *p.Retention, *p.Verifying, p.KitSignature)
	for _, c := range p.MediaCriteria {
		d.line("- %s", Markdown(c))
	}
}
