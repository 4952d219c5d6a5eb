package simulate

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

const (
	lookDocument = `query Look($key: String!, $sites: String!, $after: String) {
  deployment(key: $key) {
    status statusSince statusReason errorThreshold successThreshold verifyingUntil activation activateAt release { key status }
    waves { ordinal status gate gateVerdict startedAt succeededAt }
  }
  siteRollouts(filter: {key: {startsWith: $sites}}, orderBy: [{field: KEY}], first: 200, after: $after) {
    nodes { status attempt windowFrom installedAt site { key } waves(first: 1) { nodes { ordinal } } receives(first: 20) { edges { action toVersion node { key } } } }
    pageInfo { hasNextPage endCursor }
  }
}`
)

type looked struct {
	Deployment   *State
	SiteRollouts struct {
		Nodes []struct {
			Status      domain.SiteRolloutStatus
			Attempt     int
			WindowFrom  *time.Time
			InstalledAt *time.Time
			Site        struct{ Key string }
			Waves       struct{ Nodes []struct{ Ordinal int } }
			Receives    struct {
				Edges []struct {
					Action    domain.ChangeAction
					ToVersion string
					Node      struct{ Key string }
				}
			}
		}
		PageInfo struct {
			HasNextPage bool
			EndCursor   string
		}
	}
}

// Look reads how the roll-out stands.
func (p *Play) Look(ctx context.Context) (*State, error) {
	var state *State
	variables := map[string]any{"key": p.Deployment, "sites": p.Deployment + "/"}
	for {
		var page looked
		if err := p.ask(ctx, lookDocument, variables, &page); err != nil {
			return nil, err
		}
		if page.Deployment == nil {
			return nil, fmt.Errorf("there is no deployment %s", p.Deployment)
		}
		if state == nil {
			state = page.Deployment
		}
		page.into(state)
		if !page.SiteRollouts.PageInfo.HasNextPage {
			return state, nil
		}
		variables["after"] = page.SiteRollouts.PageInfo.EndCursor
	}
}

// into adds the sites of a page to their waves.
func (l *looked) into(s *State) {
	for _, n := range l.SiteRollouts.Nodes {
		one := SiteState{Key: n.Site.Key, Status: n.Status, Attempt: n.Attempt, WindowFrom: n.WindowFrom, InstalledAt: n.InstalledAt}
		for _, e := range n.Receives.Edges {
			one.Receives = append(one.Receives, Receipt{Item: e.Node.Key, Action: e.Action, To: e.ToVersion})
		}
		for _, of := range n.Waves.Nodes {
			w := &s.Waves[of.Ordinal-1]
			w.Sites = append(w.Sites, one)
		}
	}
}
