package simulate

import (
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Report is what a site says.
type Report struct {
	Site    string
	ID      string
	Status  domain.SiteRolloutStatus
	At      time.Time // by the clock of the site
	Attempt int
	Detail  string
	Kit     string // the SHA-256 of what the site fetched, "" where it does not say
	// Audit is the moment of which Found tells, the versions of what is at the site by item,
	// "" for one that is not known; "": nobody looked.
	Audit domain.AuditMoment
	Found map[string]string

	send time.Time // when it is sent
	once bool      // it was taken already, and is sent once more
}

// Input is the report as the API takes it.
func (r *Report) Input(deployment string) map[string]any {
	in := map[string]any{
		"deployment": map[string]any{"key": deployment}, "site": map[string]any{"key": r.Site}, "status": string(r.Status), "reportId": r.ID,
		"at": r.At.UTC().Format(time.RFC3339Nano), "attempt": r.Attempt,
	}
	if r.Kit != "" {
		in["kitSha256"] = r.Kit
	}
	if r.Audit != "" {
		found := []any{}
		for _, item := range slices.Sorted(maps.Keys(r.Found)) {
			one := map[string]any{"item": item}
			if version := r.Found[item]; version != "" {
				one["version"] = version
			}
			found = append(found, one)
		}
		in["audits"] = []any{map[string]any{"moment": string(r.Audit), "found": found}}
	}
	if r.Detail != "" {
		in["detail"] = r.Detail
	}
	return in
}

// Answer is what a server said to a report: that it was taken, or why not.
type Answer struct {
	Taken bool
	Code  string
}
