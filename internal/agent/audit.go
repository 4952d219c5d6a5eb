package agent

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Audit is what was found at the site before or after its work (D3).
type Audit struct {
	Moment domain.AuditMoment `json:"moment"`
	Found  []Found            `json:"found"`
}

// Found is an item that is at the site, with its version where that is known.
type Found struct {
	Item    string  `json:"item"`
	Version *string `json:"version,omitempty"`
}

// mostFound bounds how many items an audit names.
const mostFound = 10_000

// momentOf is the moment of an audit.
var momentOf = map[Deed]domain.AuditMoment{AuditBefore: domain.AuditBefore, AuditAfter: domain.AuditAfter}

// audit runs the script that looks what is at the site. Before the work it does so when that
// may begin, and not before.
func (a *Agent) audit(ctx context.Context, j *Job, deed Deed) (did bool, err error) {
	if deed == AuditBefore {
		trial := j.report(a.Site, domain.SiteInstalled, time.Time{}, "")
		trial.Audit = &Audit{Moment: domain.AuditBefore, Found: []Found{}}
		if ok, _, err := a.mayBy(ctx, j, trial); err != nil || !ok {
			return false, err
		}
	}
	plan, err := a.plan(ctx, j)
	if err != nil {
		return false, err
	}
	return true, a.carryOut(ctx, j, deed, plan)
}

// settleAudit writes down what was found, together with the report of it: one that moves
// nothing, since the site has come so far already.
func (a *Agent) settleAudit(j *Job, r run) error {
	found, err := foundIn(r.found())
	if err != nil {
		return a.settle(j, r.deed, domain.SiteFailed, "what the audit found cannot be read: "+err.Error())
	}
	was, waiting := *j, len(a.state.Outbox)
	status := domain.SiteDistributed
	if j.Phase = AuditedSite; r.deed == AuditAfter {
		j.Phase, status = AuditedWork, domain.SiteActivated
	}
	one := j.report(a.Site, status, time.Now(), told("", r.log()))
	one.ID = fmt.Sprintf("%s/%d/%s-%d", j.Rollout.ID, j.Rollout.Attempt, r.deed, j.Runs)
	one.Audit = &Audit{Moment: momentOf[r.deed], Found: found}
	a.tell(one)
	if err := a.keep(); err != nil {
		*j, a.state.Outbox = was, a.state.Outbox[:waiting]
		return err
	}
	return nil
}

// foundIn reads what an audit wrote: an item a line, ITEM@VERSION or ITEM. Without a file
// nothing was found.
func foundIn(file string) (list []Found, _ error) {
	list = []Found{}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); ; {
		if !lines.Scan() {
			return list, lines.Err()
		}
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if len(list) == mostFound {
			return nil, fmt.Errorf("it names more than %d items", mostFound)
		}
		one := Found{Item: text}
		if at := strings.LastIndexByte(text, '@'); at > 0 {
			version := text[at+1:]
			one.Item, one.Version = text[:at], &version
			if version == "" {
				one.Version = nil
			}
		}
		list = append(list, one)
	}
}
