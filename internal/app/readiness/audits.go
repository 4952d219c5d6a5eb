package readiness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/audit"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/audit"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// SiteAudit is what was found at a site before or after its work (D3).
type SiteAudit struct {
	Moment  domain.AuditMoment
	At      *time.Time
	Found   []plan.Found
	Comment *string
}

// CheckAudits says all that is wrong with the audits that a report brings.
func CheckAudits(list []SiteAudit) (es domain.Errors) {
	for i, a := range list {
		path := fmt.Sprintf("audits.%d", i)
		if a.Moment != domain.AuditBefore && a.Moment != domain.AuditAfter {
			es = append(es, refusal.Wrong(path+".moment", "is %s: a report brings what was found BEFORE and AFTER; auditSite is for any other time", a.Moment))
		}
		if slices.ContainsFunc(list[:i], func(b SiteAudit) bool { return b.Moment == a.Moment }) {
			es = append(es, refusal.Wrong(path+".moment", "is %s once more: each is told once", a.Moment))
		}
		es = append(es, audit.CheckFound(a.Found, path+".found")...)
	}
	return es
}

// Audits are those of the sites of a deployment: as far as they were read, and those that
// reports bring (D3).
type Audits struct {
	area       *audit.Area
	view       estate.View
	ground     *ground.Ground
	deployment *domain.Deployment
	// made are those that were made since the deployment began, by the site.
	made map[store.ID][]running.Audit
	kept []*BroughtAudit
}

// BroughtAudit is an audit that a report brings.
type BroughtAudit struct {
	audit *domain.ConfigurationAudit
	found []plan.Found
	site  store.ID
	step  string // its id
}

// NewAudits returns the audits of a deployment, none of them read.
func NewAudits(a *audit.Area, v estate.View, g *ground.Ground, d *domain.Deployment) *Audits {
	return &Audits{a, v, g, d, map[store.ID][]running.Audit{}, nil}
}

// Brought are the audits that a report on a step brings, as they are kept.
func (a *Audits) Brought(ctx context.Context, s *running.Step, site store.ID, report *domain.SiteReport, list []SiteAudit) (made []*BroughtAudit, err error) {
	var es domain.Errors
	for i, one := range list {
		of := a.area.Fresh()
		of.Moment, of.AuditedBy, of.AuditedAt, of.Comment, of.Found = one.Moment, acting.Name(ctx), optional.Or(one.At, report.At), one.Comment, len(one.Found)
		if of.AuditedAt.After(report.At) {
			es = append(es, refusal.Wrong(fmt.Sprintf("audits.%d.at", i), "is later than the report that brings it"))
		}
		of.Name = fmt.Sprintf("%s audit of %s", one.Moment, s.Name)
		of.Key = report.Key + "/" + string(one.Moment)
		if domain.CheckKey(of.Key) != nil {
			of.Key = "audit-" + of.ID
		}
		made = append(made, &BroughtAudit{of, one.Found, site, s.ID})
	}
	return made, es.Err()
}

// Made are when the site of a step was audited since the deployment began, by what a
// report brings, too. They are read where the deployment asks for any.
func (a *Audits) Made(ctx context.Context, site store.ID, brought []*BroughtAudit) ([]running.Audit, error) {
	if len(a.deployment.SiteAudits) == 0 || site == "" {
		return nil, nil
	}
	if _, known := a.made[site]; !known {
		made, err := auditsSince(ctx, a.view, a.deployment, site)
		if err != nil {
			return nil, err
		}
		a.made[site] = made
	}
	list := slices.Clone(a.made[site])
	for _, one := range slices.Concat(a.kept, brought) {
		if one.site == site {
			list = append(list, running.Audit{Moment: one.audit.Moment, At: one.audit.AuditedAt})
		}
	}
	return list, nil
}

// auditsSince reads when a site was audited since a deployment began.
func auditsSince(ctx context.Context, v estate.View, d *domain.Deployment, site store.ID) (list []running.Audit, err error) {
	q := store.EdgeQuery{Nodes: []store.ID{site}, Rel: domain.RelAudits, Direction: store.In, Kind: domain.KindAudit}
	if d.StartedAt != nil {
		q.Filter = store.Compare{Property: "auditedAt", Op: store.Gte, Value: *d.StartedAt}
	}
	pages, err := v.Edges(ctx, q)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for _, one := range estate.Decoded[*domain.ConfigurationAudit](ctx, v, pages[0].Nodes) {
		list = append(list, running.Audit{Moment: one.Moment, At: one.AuditedAt})
	}
	return list, nil
}

// Compare holds the audits of a moment against what is installed, as the ground has it:
// BEFORE what a report tells is done there, AFTER that.
func (a *Audits) Compare(ctx context.Context, brought []*BroughtAudit, moment domain.AuditMoment) error {
	for _, one := range brought {
		if one.audit.Moment != moment {
			continue
		}
		if err := a.area.Compare(ctx, one.audit, one.site, one.found, a.ground.At(one.site)); err != nil {
			return err
		}
	}
	return nil
}

// Keep keeps audits with the report that brings them, which tells where they differ from
// what is on record.
func (a *Audits) Keep(report *domain.SiteReport, brought []*BroughtAudit) {
	var texts []string
	if report.Finding != nil {
		texts = append(texts, *report.Finding)
	}
	for _, one := range brought {
		if n := len(one.audit.Discrepancies); n > 0 {
			texts = append(texts, fmt.Sprintf("the audit %s differs from what is on record in %d items: its discrepancies say what to do", one.audit.Moment, n))
		}
	}
	if len(texts) > 0 {
		report.Finding = optional.Text(strings.Join(texts, "; "))
	}
	a.kept = append(a.kept, brought...)
}

// Write writes the audits that reports brought.
func (a *Audits) Write(d *estate.Draft) {
	for _, one := range a.kept {
		d.Create(one.audit)
		d.Join(domain.RelAudits, one.audit, one.site)
		d.Join(domain.RelAuditsRollout, one.audit, store.ID(one.step))
	}
}

// Unaudited are the audits that a site lacks on its way within a wave, by need, as far as
// a view shows what it depends on (D3).
func Unaudited(ctx context.Context, v estate.View, s *domain.SiteRollout) (map[domain.MoveNeed][]string, error) {
	need, to := domain.NeedAuditBefore, domain.SiteInstalled
	switch s.Status {
	case domain.SiteDistributed:
	case domain.SiteActivated:
		need, to = domain.NeedAuditAfter, domain.SiteVerified
	default:
		return nil, nil
	}
	id := store.ID(s.ID)
	waves, err := v.Far(ctx, []store.ID{id}, domain.RelTargets, store.In, domain.KindWave)
	if err != nil || len(waves[id]) == 0 {
		return nil, err
	}
	wave := waves[id][0].ID
	deployments, err := estate.Linked[*domain.Deployment](ctx, v, []store.ID{wave}, domain.RelHasWave, store.In)
	if err != nil || len(deployments[wave]) == 0 || len(deployments[wave][0].SiteAudits) == 0 {
		return nil, err
	}
	sites, err := v.Far(ctx, []store.ID{id}, domain.RelTargets, store.Out, domain.KindSite)
	if err != nil || len(sites[id]) == 0 {
		return nil, err
	}
	d := deployments[wave][0]
	made, err := auditsSince(ctx, v, d, sites[id][0].ID)
	r := &running.Rollout{Deployment: d}
	return map[domain.MoveNeed][]string{need: r.Unaudited(&running.Step{SiteRollout: s}, to, made)}, err
}
