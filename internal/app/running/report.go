package running

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// mostReports bounds how many reports one mutation brings.
const mostReports = 1000

// ReportSiteRollout takes a report of a site (D5): the site moves as far as it may, what
// is installed there follows, and so do its wave, its deployment and its release.
func (a *Area) ReportSiteRollout(ctx context.Context, in Report, o *domain.WriteOptions) (*Reported, error) {
	m := estate.Mutation{Action: reports, Kind: domain.KindSiteRollout, Options: o, Input: []any{"report", domain.KindSiteRollout, in}}
	w, _, err := a.estate.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	mine := a.turns.Join()
	defer mine.Release()
	return estate.CarryOut(ctx, w, estate.Outcome[*Reported, Reported]{
		Recall: func(ctx context.Context, _ *store.Change) (*Reported, error) { return a.reported(ctx, in) },
		Tell: func(ctx context.Context, w *estate.Writing, out *Reported, c *store.Change, known []entity.Record) (_ *Reported, err error) {
			out.DryRun = w.DryRun
			if out.Changes = []domain.Change{}; out.Revision > 0 {
				return out, nil // it was sent before
			}
			out.Revision = int64(c.Revision)
			out.Changes, err = a.estate.Changes(ctx, c.Effects, known)
			return out, err
		},
	}, func() (*estate.Draft, *Reported, error) {
		var out taken
		d, err := draftInTurn(ctx, mine, func() (t *taking, err error) {
			t = a.taking()
			out = t.take(ctx, in, "input")
			return t, out.err
		})
		if err != nil {
			return nil, nil, err
		}
		_, s := out.course.find(out.step)
		done := &Reported{Report: out.report, SiteRollout: s.SiteRollout, Deployment: out.course.r.Deployment, Revision: out.revision}
		d.Known = append(d.Known, done.SiteRollout, done.Deployment)
		return d, done, nil
	})
}

// ReportSiteRollouts takes many reports at once: each stands for itself (D5).
func (a *Area) ReportSiteRollouts(ctx context.Context, in Reports, o *domain.WriteOptions) (*ReportedAll, error) {
	m := estate.Mutation{Action: reports, Kind: domain.KindSiteRollout, Options: o, Input: []any{"reports", domain.KindSiteRollout, in}}
	w, _, err := a.estate.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	if n := len(in.Reports); n > mostReports {
		return nil, &domain.Error{Code: domain.Limit, Rule: "D5", Field: "input.reports", Message: fmt.Sprintf("are %d: at most %d at once", n, mostReports)}
	}
	mine := a.turns.Join()
	defer mine.Release()
	decide := func() (*estate.Draft, *ReportedAll, error) {
		var out *ReportedAll
		d, err := draftInTurn(ctx, mine, func() (t *taking, err error) {
			t = a.taking()
			out, err = t.takeAll(ctx, in.Reports)
			return t, err
		})
		return d, out, err
	}
	return estate.CarryOut(ctx, w, estate.Outcome[*ReportedAll, ReportedAll]{
		Recall: func(context.Context, *store.Change) (*ReportedAll, error) { _, out, err := decide(); return out, err },
		Tell: func(_ context.Context, w *estate.Writing, out *ReportedAll, c *store.Change, _ []entity.Record) (*ReportedAll, error) {
			out.Revision, out.DryRun = int64(c.Revision), w.DryRun
			return out, nil
		},
	}, decide)
}

// takeAll takes reports that stand each for itself.
func (t *taking) takeAll(ctx context.Context, list []Report) (*ReportedAll, error) {
	out := &ReportedAll{Refused: []RefusedReport{}}
	if err := t.foresee(ctx, list); err != nil {
		return nil, err
	}
	for i := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one := t.take(ctx, list[i], refusal.Element("input.reports", i))
		switch refused, fatal := refusedReport(i, one.err); {
		case fatal != nil:
			return nil, fatal
		case refused != nil:
			out.Refused = append(out.Refused, *refused)
		default:
			out.Accepted++
		}
	}
	return out, nil
}

// refusedReport tells why a report does not count; what is no matter of the report is
// fatal for all.
func refusedReport(i int, err error) (*RefusedReport, error) {
	var one *domain.Error
	var many domain.Errors
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &one) && one.Code != domain.Unavailable:
		return &RefusedReport{Index: i, Code: string(one.Code), Message: one.Error()}, nil
	case errors.As(err, &many):
		return &RefusedReport{Index: i, Code: string(many[0].Code), Message: many.Error()}, nil
	}
	return nil, err
}

// taken is what became of one report.
type taken struct {
	course   *course
	step     string // its id
	report   *domain.SiteReport
	revision int64 // of a report that was sent before
	err      error
}

// take takes one report. The path names it in errors.
func (t *taking) take(ctx context.Context, in Report, path string) taken {
	c, err := t.course(ctx, in, path)
	if err != nil {
		return taken{err: err}
	}
	w, s, err := t.step(ctx, c, in, path)
	if err != nil {
		return taken{err: err}
	}
	report, err := newReport(ctx, c, s, in, path)
	if err != nil {
		return taken{err: err}
	}
	out := taken{course: c, step: s.ID, report: report}
	if earlier, revision, err := t.earlier(ctx, in, report, s); err != nil || earlier != nil {
		if earlier != nil {
			out.report, out.revision = earlier, revision
		}
		out.err = refusal.Placed(err, path)
		return out
	}
	out.err = refusal.Placed(t.move(ctx, c, w, s, report, in), path)
	return out
}

// newReport is a report as it is kept.
func newReport(ctx context.Context, c *course, s *running.Step, in Report, path string) (*domain.SiteReport, error) {
	r := &domain.SiteReport{
		ReportID: in.ReportID, Status: in.Status, At: optional.Or(in.At, c.now), Attempt: optional.Or(in.Attempt, s.Attempt),
		KitSha256: in.KitSha256, Detail: in.Detail, ReportedBy: acting.Name(ctx),
	}
	r.ID, r.Sources = c.area.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	r.Key, r.Name = c.r.Deployment.Key+"/"+in.ReportID, fmt.Sprintf("%s of %s", in.Status, s.Name)
	if r.KitSha256 != nil {
		lower := strings.ToLower(*r.KitSha256)
		r.KitSha256 = &lower
	}
	es := readiness.CheckAudits(in.Audits)
	if strings.TrimSpace(in.ReportID) == "" {
		es = append(es, refusal.Wrong("reportId", "is blank: give each report a name of its own, by which it is known when it is sent again"))
	}
	for _, e := range r.Check() {
		if e.Field == "key" {
			e.Field = "reportId"
		}
		es = append(es, e)
	}
	if r.Detail != nil {
		if err := domain.CheckText(*r.Detail, domain.MaxText); err != nil {
			es = append(es, refusal.Wrong("detail", "%s", err))
		}
	}
	return r, es.Under(path).Err()
}

// earlier finds the report that was sent before under the same id, and the revision of
// its change: nil where there is none. One of the same id that says something else is
// refused (D5).
func (t *taking) earlier(ctx context.Context, in Report, r *domain.SiteReport, s *running.Step) (*domain.SiteReport, int64, error) {
	reused := &domain.Error{
		Code: domain.ReportIDReused, Rule: "D5",
		Message: fmt.Sprintf("the id %q is that of another report: give each its own", r.ReportID),
	}
	if said := t.said[r.Key]; said != nil {
		if !again(in, r, said) || said.Name != r.Name {
			return nil, 0, reused
		}
		return said, 0, nil
	}
	v := t.area.estate.Everything()
	had, err := t.kept(ctx, v, r.Key)
	if err != nil || had == nil {
		return nil, 0, err
	}
	of, err := v.Far(ctx, []store.ID{store.ID(had.ID)}, domain.RelReports, store.Out, domain.KindSiteRollout)
	if err != nil {
		return nil, 0, err
	}
	if list := of[store.ID(had.ID)]; len(list) != 1 || string(list[0].ID) != s.ID || !again(in, r, had) {
		return nil, 0, reused
	}
	revision, err := v.RevisionAt(ctx, had.CreatedAt)
	return had, int64(revision), refusal.OfStore(err)
}

// again reports whether a report is an earlier one, sent once more: what it leaves to the
// server is as it was.
func again(in Report, r, earlier *domain.SiteReport) bool {
	same := *r
	if in.At == nil {
		same.At = earlier.At
	}
	if in.Attempt == nil {
		same.Attempt = earlier.Attempt
	}
	return earlier.SameAs(&same)
}

// move does what a report says.
func (t *taking) move(ctx context.Context, c *course, w *running.Wave, s *running.Step, report *domain.SiteReport, in Report) error {
	said := running.Report{
		Status: report.Status, At: report.At, Attempt: report.Attempt, Kit: optional.Or(report.KitSha256, ""), Detail: optional.Or(report.Detail, ""),
		Unhealthy: !optional.Or(in.ToolingHealthy, true),
	}
	if err := c.proofs.Read(ctx, s, c.groundOf(s), c.sites[s.ID], said); err != nil {
		return err
	}
	audits, err := c.audits.Brought(ctx, s, c.sites[s.ID].ID, report, in.Audits)
	if err != nil {
		return err
	}
	if said.Audits, err = c.audits.Made(ctx, c.sites[s.ID].ID, audits); err != nil {
		return err
	}
	outcome, refused := c.r.Take(w, s, said, c.now)
	if refused != nil {
		return &domain.Error{Code: domain.Code(refused.Code), Rule: "D5", Message: refused.Text}
	}
	if err := c.ground.Read(ctx, c.grounds(s)); err != nil {
		return err
	}
	if err := c.audits.Compare(ctx, audits, domain.AuditBefore); err != nil {
		return err
	}
	c.at = report.At
	if c.at.After(c.now) {
		c.at = c.now // the clock of a site may be a little ahead
	}
	defer func() { c.at = c.now }()
	failed := false
	for _, to := range outcome.Path {
		if err := c.apply(ctx, c.r.Step(s, to, outcome.Why)); err != nil {
			return err
		}
		failed = failed || to == domain.SiteFailed || to == domain.SiteBackedOut
		c.date(s, to, report)
	}
	if !failed || report.Status == domain.SiteFailed || report.Status == domain.SiteBackedOut { // or what it has is not of the release (L2)
		c.facts(s, report)
	}
	if outcome.Finding != "" {
		report.Finding = &outcome.Finding
	}
	if err := c.audits.Compare(ctx, audits, domain.AuditAfter); err != nil {
		return err
	}
	c.audits.Keep(report, audits)
	report.Moved = len(outcome.Path) > 0
	c.reports, c.about = append(c.reports, report), append(c.about, s.ID)
	t.said[report.Key] = report
	if failed {
		return c.apply(ctx, c.r.Judge(w, true)...)
	}
	return nil
}

// date notes when a site came to a status by its own account, no earlier than what came
// before, and what it says of the kit (L2) and of the verification (D3).
func (c *course) date(s *running.Step, to domain.SiteRolloutStatus, report *domain.SiteReport) {
	at := c.at
	for _, before := range []*time.Time{s.DistributedAt, s.InstalledAt, s.ActivatedAt, s.VerifiedAt} {
		if before != nil && before.After(at) && !before.Equal(c.now) {
			at = *before
		}
	}
	s.Dated(to, at)
	if report.KitSha256 != nil {
		s.KitSha256 = report.KitSha256
	}
	if to == domain.SiteVerified {
		s.Verification = report.Detail
	}
}

// facts writes what a report says of what is installed, whether it moves the site or not,
// unless it is of a time before the site was taken back (D5).
func (c *course) facts(s *running.Step, report *domain.SiteReport) {
	if s.BackedOutAt != nil && c.at.Before(*s.BackedOutAt) {
		return
	}
	switch report.Status {
	case domain.SiteInstalled:
		c.ground.Take(c.groundOf(s), c.at, s.Activated() || c.r.Deployment.Activation == domain.AtInstall)
	case domain.SiteActivated, domain.SiteVerified:
		c.ground.Take(c.groundOf(s), c.at, true)
	}
}

// draft writes what the reports have done, to all deployments that they are about.
func (t *taking) draft(ctx context.Context) (*estate.Draft, error) {
	whole := &estate.Draft{}
	for _, c := range t.order {
		if err := c.settle(ctx); err != nil {
			return nil, err
		}
		d, err := c.draft(ctx)
		if err != nil {
			return nil, err
		}
		if len(t.order) == 1 {
			return d, nil
		}
		whole.Add(d)
	}
	return whole, nil
}

// reported reads again what a report did that was sent under the same idempotency key.
func (a *Area) reported(ctx context.Context, in Report) (*Reported, error) {
	t := a.taking()
	out := t.take(ctx, in, "input")
	if out.err != nil {
		return nil, out.err
	}
	_, s := out.course.find(out.step)
	return &Reported{Report: out.report, SiteRollout: s.SiteRollout, Deployment: out.course.r.Deployment, Revision: out.revision}, nil
}
