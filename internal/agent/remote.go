package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"releasegraph/internal/domain"
)

// Remote is a server as it is reached over HTTP.
type Remote struct {
	// Endpoint is the address of its /graphql.
	Endpoint string
	// Header says who asks; it is read before each request, so that a token can be renewed.
	Header func() (http.Header, error)
	// Client sends requests; one that has a timeout cannot follow.
	Client *http.Client
	// Content writes the content of a media item into a file, compared with its digest.
	Content func(ctx context.Context, key, file string) error
}

var _ Server = (*Remote)(nil)

// asking is how long a question may take.
const asking = time.Minute

// mostAnswer is how much of an answer is read.
const mostAnswer = 32 << 20

// request is a GraphQL request.
func (s *Remote) request(ctx context.Context, document string, variables map[string]any) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	own, err := s.Header()
	for name, values := range own {
		r.Header[name] = values
	}
	return r, err
}

// answer is a GraphQL answer.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// err is the first error of an answer.
func (a *answer) err() error {
	if len(a.Errors) == 0 {
		return nil
	}
	return &Refused{a.Errors[0].Extensions.Code, a.Errors[0].Message}
}

// ask asks a question.
func (s *Remote) ask(ctx context.Context, document string, variables map[string]any, into any) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	r, err := s.request(ctx, document, variables)
	if err != nil {
		return err
	}
	got, err := s.Client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, mostAnswer))
	if err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return fmt.Errorf("%s answered %s, and not with GraphQL", s.Endpoint, got.Status)
	}
	if err := a.err(); err != nil {
		return err
	}
	return json.Unmarshal(a.Data, into)
}

// page is where a page of a list ends.
type page struct {
	HasNextPage bool
	EndCursor   *string
}

const rolloutsDocument = `query AgentRollouts($site: String!, $after: String) {
  site(key: $site) {
    rollouts(first: 50, after: $after, orderBy: [{field: WINDOW_FROM}], filter: {
      status: {ne: SKIPPED}, waves: {some: {deployments: {some: {status: {in: [RUNNING, PAUSED, VERIFYING, BACKING_OUT]}, carriedOutBy: {isNull: true}}}}}
    }) {
      nodes {
        id key status attempt windowTo
        release { key }
        waves(first: 1) { nodes { status deployments(first: 1) { nodes { key status siteAudits release { key } } } } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

// listedRollout is a roll-out as the server lists it.
type listedRollout struct {
	ID, Key  string
	Status   domain.SiteRolloutStatus
	Attempt  int
	WindowTo *time.Time
	Release  *keyed
	Waves    struct {
		Nodes []struct {
			Status      domain.WaveStatus
			Deployments struct {
				Nodes []struct {
					Key        string
					Status     domain.DeploymentStatus
					SiteAudits []domain.AuditMoment
					Release    *keyed
				}
			}
		}
	}
}

// Rollouts implements Server.
func (s *Remote) Rollouts(ctx context.Context, site string) (list []Rollout, _ error) {
	for after := (*string)(nil); ; {
		var got struct {
			Site *struct {
				Rollouts struct {
					Nodes    []listedRollout
					PageInfo page
				}
			}
		}
		if err := s.ask(ctx, rolloutsDocument, map[string]any{"site": site, "after": after}, &got); err != nil {
			return nil, err
		}
		if got.Site == nil {
			return nil, fmt.Errorf("there is no site %s that the agent's token may see", site)
		}
		for _, one := range got.Site.Rollouts.Nodes {
			if r, whole := one.rollout(); whole {
				list = append(list, r)
			}
		}
		if !got.Site.Rollouts.PageInfo.HasNextPage {
			return list, nil
		}
		after = got.Site.Rollouts.PageInfo.EndCursor
	}
}

// rollout is a listed roll-out with what it belongs to; whole says that this is known.
func (l listedRollout) rollout() (r Rollout, whole bool) {
	if len(l.Waves.Nodes) == 0 || len(l.Waves.Nodes[0].Deployments.Nodes) == 0 {
		return r, false
	}
	wave, d := l.Waves.Nodes[0], l.Waves.Nodes[0].Deployments.Nodes[0]
	release := l.Release
	if release == nil {
		release = d.Release
	}
	if release == nil {
		return r, false
	}
	return Rollout{
		ID: l.ID, Key: l.Key, Status: l.Status, Attempt: l.Attempt, WindowTo: l.WindowTo, Release: release.Key,
		Wave: wave.Status, Deployment: d.Key, Stands: d.Status, Audits: d.SiteAudits,
	}, true
}

const kitDocument = `query AgentKit($release: String!, $after: String) {
  release(key: $release) {
    kit(first: 100, after: $after) { nodes { key sha256 } pageInfo { hasNextPage endCursor } }
    bundles(first: 1000) { nodes { key } }
  }
}`

// Kit implements Server.
func (s *Remote) Kit(ctx context.Context, release string) (kit []Part, _ error) {
	seen, parts := map[string]bool{release: true}, map[Part]bool{}
	for open := []string{release}; len(open) > 0; open = open[1:] {
		for after := (*string)(nil); ; {
			var got struct {
				Release *struct {
					Kit struct {
						Nodes    []Part
						PageInfo page
					}
					Bundles struct{ Nodes []keyed }
				}
			}
			if err := s.ask(ctx, kitDocument, map[string]any{"release": open[0], "after": after}, &got); err != nil {
				return nil, err
			}
			if got.Release == nil {
				return nil, fmt.Errorf("there is no release %s that the agent's token may see", open[0])
			}
			for _, p := range got.Release.Kit.Nodes {
				if !parts[p] {
					parts[p], kit = true, append(kit, p)
				}
			}
			for _, b := range got.Release.Bundles.Nodes {
				if !seen[b.Key] {
					seen[b.Key], open = true, append(open, b.Key)
				}
			}
			if !got.Release.Kit.PageInfo.HasNextPage {
				break
			}
			after = got.Release.Kit.PageInfo.EndCursor
		}
	}
	return kit, nil
}

const planDocument = `query AgentPlan($rollout: String!) {
  siteRollout(key: $rollout) {
    actionPlan(language: "en") {
      timeZone
      steps { ordinal kind item { key name class } fromVersion toVersion text begins duration }
      wayBack { ordinal does item { key name class } text stays }
    }
  }
}`

// Plan implements Server.
func (s *Remote) Plan(ctx context.Context, rollout string) (*Plan, error) {
	var got struct {
		SiteRollout *struct{ ActionPlan json.RawMessage }
	}
	if err := s.ask(ctx, planDocument, map[string]any{"rollout": rollout}, &got); err != nil {
		return nil, err
	}
	if got.SiteRollout == nil {
		return nil, fmt.Errorf("%s is gone", rollout)
	}
	return ReadPlan(got.SiteRollout.ActionPlan)
}

// Fetch implements Server.
func (s *Remote) Fetch(ctx context.Context, key, file string) error { return s.Content(ctx, key, file) }

const reportDocument = `mutation AgentReport($input: ReportSiteRolloutInput!, $options: WriteOptions) {
  reportSiteRollout(input: $input, options: $options) { report { at } siteRollout { status statusReason } }
}`

// Try implements Server.
func (s *Remote) Try(ctx context.Context, r Report) (Answer, error) {
	return s.report(ctx, r, map[string]any{"dryRun": true})
}

// Report implements Server.
func (s *Remote) Report(ctx context.Context, r Report) (Answer, error) { return s.report(ctx, r, nil) }

func (s *Remote) report(ctx context.Context, r Report, options map[string]any) (a Answer, _ error) {
	input := map[string]any{
		"deployment": map[string]any{"key": r.Deployment}, "site": map[string]any{"key": r.Site}, "release": map[string]any{"key": r.Release},
		"status": r.Status, "reportId": r.ID, "attempt": r.Attempt,
	}
	if !r.At.IsZero() {
		input["at"] = r.At.Format(time.RFC3339Nano)
	}
	if r.Kit != "" {
		input["kitSha256"] = r.Kit
	}
	if r.Audit != nil {
		input["audits"] = []any{map[string]any{"moment": r.Audit.Moment, "found": r.Audit.Found}}
	}
	if r.Detail != "" {
		input["detail"] = r.Detail
	}
	var got struct {
		ReportSiteRollout *struct {
			Report      struct{ At time.Time }
			SiteRollout struct {
				Status       domain.SiteRolloutStatus
				StatusReason *string
			}
		}
	}
	if err := s.ask(ctx, reportDocument, map[string]any{"input": input, "options": options}, &got); err != nil {
		return a, err
	}
	if got.ReportSiteRollout == nil {
		return a, fmt.Errorf("%s did not say what came of the report", s.Endpoint)
	}
	a.At, a.Status = got.ReportSiteRollout.Report.At, got.ReportSiteRollout.SiteRollout.Status
	if why := got.ReportSiteRollout.SiteRollout.StatusReason; why != nil {
		a.Why = *why
	}
	return a, nil
}
