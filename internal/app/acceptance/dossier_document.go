package acceptance

import (
	"fmt"
	"strings"

	"releasegraph/internal/app/document"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Markdown writes the dossier as a document.
func (d *Dossier) Markdown() string {
	var b strings.Builder
	r := d.of.Release
	fmt.Fprintf(&b, "# %s %s\n\n%s is %s, round %d, content %d.\n", domain.Markdown(r.Name), domain.Markdown(r.ReleaseVersion), domain.Markdown(r.Key), r.Status, r.Round, r.ContentVersion)
	if need := optional.Or(r.BusinessNeed, ""); need != "" {
		fmt.Fprintf(&b, "\n%s\n", domain.Markdown(need))
	}
	document.Section(&b, "What is missing", d.Lacks, func(l domain.MoveLack) string {
		return fmt.Sprintf("%s (%s): %s", l.Need, l.Rule, domain.Markdown(l.Message))
	})
	document.Section(&b, "Contents", d.of.Signed().Contents, func(c plan.Content) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s: %s → %s", c.Action, domain.Markdown(c.Item), domain.Markdown(c.From), domain.Markdown(c.To)))
	})
	document.Section(&b, "Changes", d.ChangeRequests, d.decided)
	document.Table(&b, "Preparation", []string{"task", "kind", "owner", "done"}, d.taskRows())
	document.Table(&b, "Tests", []string{"test", "kind", "environment", "criteria", "last run that counts"}, d.testRows())
	document.Table(&b, "Runs", []string{"run", "verdict", "round", "where", "tester", "ended", "judged"}, d.runRows())
	document.Section(&b, "Known defects", d.Defects, func(k *domain.KnownError) string {
		return fmt.Sprintf("%s: %s — workaround: %s", document.Keyed(k.Key, k.Name), domain.Markdown(optional.Or(k.Symptoms, "")), domain.Markdown(optional.Or(k.Workaround, "")))
	})
	document.Section(&b, "Back-out: "+string(d.of.BackOut.Reversible), d.of.BackOut.Steps, func(s plan.UndoStep) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", domain.Markdown(s.Item), s.Does, domain.Markdown(s.Request)))
	})
	document.Table(&b, "Deliverables", []string{"deliverable", "kind", "state", "written by", "approved by"}, d.deliverableRows())
	// Digests are too long for a cell of a printed table.
	document.Section(&b, "Digests of the deliverables", d.digested(), func(one *delivered) string {
		return fmt.Sprintf("%s `%s`", domain.Markdown(one.Key), one.digest())
	})
	document.Table(&b, "Signatures", []string{"signature", "verdict", "by", "for", "when", "state"}, d.signatureRows())
	document.Section(&b, "Kit", d.Kit, func(m *domain.MediaItem) string {
		return fmt.Sprintf("%s %s, %s, `%s`", m.Kind, document.Keyed(m.Key, m.Name), m.Terms, m.Sha256)
	})
	document.Section(&b, "Licences", d.Licences, func(l *domain.Licence) string { return document.Keyed(l.Key, l.Name) })
	document.Section(&b, "Digests", append(d.Sections, &Section{"all", d.Digest}), func(s *Section) string { return fmt.Sprintf("%s `%s`", s.Name, s.Digest) })
	return b.String()
}

// HTML is the document as HTML. What records say is escaped: it is text.
func (d *Dossier) HTML() (string, error) { return document.HTML(d.Markdown()) }

// decided tells of a request who voted how.
func (d *Dossier) decided(c *domain.ChangeRequest) string {
	votes := []string{}
	for _, v := range d.by.votes[store.ID(c.ID)] {
		votes = append(votes, fmt.Sprintf("%s by %s", v.Verdict, domain.Markdown(v.Voter)))
	}
	line := document.Keyed(c.Key, c.Name)
	if len(votes) > 0 {
		line += ": " + strings.Join(votes, ", ")
	}
	return line
}

func (d *Dossier) taskRows() (rows [][]string) {
	for _, t := range d.Tasks {
		done := "no"
		if t.Done {
			done = "yes"
		}
		rows = append(rows, []string{t.Key + " " + t.Name, string(t.Kind), optional.Or(t.Owner, ""), done})
	}
	return rows
}

func (d *Dossier) testRows() (rows [][]string) {
	all := d.of.round().Last()
	for _, t := range d.of.tests {
		came := "none"
		if last := all[t.Key]; last != nil {
			came = string(last.Verdict) + " " + last.Key
		}
		rows = append(rows, []string{t.Key + " " + t.Name, string(t.Kind), string(t.Environment), t.Criteria, came})
	}
	return rows
}

func (d *Dossier) runRows() (rows [][]string) {
	round := d.of.round()
	for _, r := range d.of.runs {
		verdict, judged := string(r.Verdict), ""
		if round.Void(r.plan()) {
			verdict += " (void)"
		}
		if r.JudgedBy != nil {
			judged = *r.JudgedBy + ": " + optional.Or(r.Judgement, "")
		}
		where := string(r.Environment)
		if r.place != nil {
			where += " " + r.place.Key
		}
		rows = append(rows, []string{r.Key, verdict, fmt.Sprint(r.Round), where, r.Tester, document.Minute(r.EndedAt), judged})
	}
	return rows
}

func (d *Dossier) deliverableRows() (rows [][]string) {
	for _, one := range d.of.deliverables {
		rows = append(rows, []string{one.Key + " " + one.Name, string(one.Kind), string(one.State), strings.Join(one.WrittenBy, ", "), optional.Or(one.ApprovedBy, "")})
	}
	return rows
}

// digested are the deliverables whose bytes are known.
func (d *Dossier) digested() (list []*delivered) {
	for _, one := range d.of.deliverables {
		if one.digest() != "" {
			list = append(list, one)
		}
	}
	return list
}

func (d *Dossier) signatureRows() (rows [][]string) {
	for _, s := range d.SignOffs {
		by := s.Actor
		if s.Deputised() {
			by += " for " + s.Seat
		}
		rows = append(rows, []string{s.Key, string(s.Verdict), by, cellOf(s).String(), document.Minute(s.SignedAt), string(s.StateOn(d.of.Release))})
	}
	return rows
}
