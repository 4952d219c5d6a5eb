package device

import (
	"context"
	"errors"

	"releasegraph/internal/ddi"
	"releasegraph/internal/domain"
	planned "releasegraph/internal/plan/running"
)

// mostSaid is how many bytes are kept of what a device says besides.
const mostSaid = 4 << 10

// Tell takes what a device says of a job (D5): what it is at is DISTRIBUTED, what ended well
// is VERIFIED, since a device says so once what it installed runs; before a common
// activation, or where an audit is missing, it is INSTALLED. The rest has FAILED. The same
// again changes nothing.
func (a *Area) Tell(ctx context.Context, site string, action int64, f ddi.Feedback) error {
	j, err := a.Named(ctx, site, action)
	if err != nil {
		return err
	}
	id := j.reportID(string(f.Execution) + "/" + f.Digest())
	switch f.Execution {
	case ddi.Closed:
		if f.Result == ddi.Failure {
			return a.say(ctx, j, domain.SiteFailed, id, f)
		}
		err := a.say(ctx, j, domain.SiteVerified, id, f)
		if unproved(err) {
			return a.say(ctx, j, domain.SiteInstalled, id, f)
		}
		return err
	case ddi.Rejected, ddi.Canceled:
		return a.say(ctx, j, domain.SiteFailed, id, f)
	}
	return a.say(ctx, j, domain.SiteDistributed, id, f)
}

// TellLeft takes what a device says of a job that it is to leave: how it goes on is left
// unsaid, how it ended is kept.
func (a *Area) TellLeft(ctx context.Context, site string, action int64, f ddi.Feedback) error {
	j, err := a.Named(ctx, site, action)
	if err != nil || f.Execution != ddi.Closed && f.Execution != ddi.Rejected {
		return err
	}
	return a.say(ctx, j, domain.SiteFailed, j.reportID("cancelled"), f)
}

func (a *Area) say(ctx context.Context, j *Job, status domain.SiteRolloutStatus, id string, f ddi.Feedback) error {
	r, err := j.report(status, id, f.Text(mostSaid))
	if err != nil {
		return err
	}
	_, err = a.running.ReportSiteRollout(ctx, r, nil)
	return err
}

// unproved reports whether a report lacks something that others must do.
func unproved(err error) bool {
	var one *domain.Error
	return errors.As(err, &one) && string(one.Code) == planned.Unproved
}
