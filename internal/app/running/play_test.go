package running_test

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// base is three sites with an application, what it needs, and a release of both.
var base = []string{
	`{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}`,
	`{"node":"Site","key":"b","name":"B","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}`,
	`{"node":"Site","key":"c","name":"C","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}`,
	`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE","status":"LIVE","environment":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"old","name":"old","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"new","name":"new","class":"APPLICATION","status":"IN_TEST","environment":"LIVE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:old","to":"Site:a","version":"3","activeVersion":"3"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:old","action":"REMOVE","fromVersion":"3"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:new","action":"ADD","toVersion":"1","coexists":true}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:new","kind":"USES","impact":"FULL"}`,
}

// play is a roll-out of R, as somebody outside carries it out.
type play struct {
	f   *apptest.Fixture
	key string
}

// planned plans the roll-out of R, and accepts the plan.
func planned(f *apptest.Fixture, more ...func(*planning.Plan)) *play {
	f.T.Helper()
	f.Brings(base...)
	in := planning.Plan{Release: apptest.Key("R")}
	for _, m := range more {
		m(&in)
	}
	made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), in, nil)
	require.NoError(f.T, err)
	require.NotNil(f.T, made.Deployment, "%+v", made.Violations)
	_, err = f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(made.Deployment.Key)}, nil)
	require.NoError(f.T, err)
	return &play{f, made.Deployment.Key}
}

// started is planned, and starts.
func started(f *apptest.Fixture, more ...func(*planning.Plan)) *play {
	p := planned(f, more...)
	_, err := p.f.Running.StartDeployment(p.f.WithLoads(p.f.Ctx), running.DeploymentVerb{Deployment: apptest.Key(p.key)}, nil)
	require.NoError(f.T, err)
	return p
}

func (p *play) verb(reason string) running.DeploymentVerb {
	v := running.DeploymentVerb{Deployment: apptest.Key(p.key)}
	if reason != "" {
		v.Reason = &reason
	}
	return v
}

func (p *play) site(site, reason string) running.SiteVerb {
	return running.SiteVerb{Deployment: apptest.Key(p.key), Site: apptest.Key(site), Reason: &reason}
}

func (p *play) reportOf(site string, status domain.SiteRolloutStatus) running.Report {
	return running.Report{
		Deployment: apptest.Key(p.key), Site: apptest.Key(site), Status: status, ReportID: fmt.Sprintf("%s-%s-%d", site, status, p.f.Head()),
	}
}

// reports brings a report that must be taken.
func (p *play) reports(site string, status domain.SiteRolloutStatus) *running.Reported {
	p.f.T.Helper()
	out, err := p.f.Running.ReportSiteRollout(p.f.WithLoads(p.f.Ctx), p.reportOf(site, status), nil)
	require.NoError(p.f.T, err)
	return out
}

// passes lets time pass, and happen what is due by then.
func (p *play) passes(by time.Duration) {
	p.f.T.Helper()
	p.f.Pass(by)
	_, err := p.f.Running.Advance(p.f.WithLoads(p.f.Ctx))
	require.NoError(p.f.T, err)
}

func (p *play) deployment() *domain.Deployment {
	return p.f.Read(domain.KindDeployment, p.key).(*domain.Deployment)
}

// stands tells where all of it stands: "RUNNING DEPLOYING | RUNNING c:PENDING | PENDING a:PENDING".
func (p *play) stands() string {
	p.f.T.Helper()
	ctx := p.f.WithLoads(p.f.Ctx)
	d := p.deployment()
	parts := []string{fmt.Sprintf("%s %s", d.Status, p.f.Release("R").Status)}
	pages, err := p.f.Store.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(d.ID)}, Rel: domain.RelHasWave, Direction: store.Out, Kind: domain.KindWave, Order: []store.Order{{Property: "ordinal"}}})
	require.NoError(p.f.T, err)
	for _, w := range pages[0].Nodes {
		text := w.Props.Text("status")
		steps, err := p.f.Store.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{w.ID}, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout, Order: []store.Order{{Property: "key"}}})
		require.NoError(p.f.T, err)
		for _, s := range steps[0].Nodes {
			key := s.Props.Text("key")
			text += " " + key[strings.LastIndex(key, "/")+1:] + ":" + s.Props.Text("status")
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " | ")
}

// installed tells what is installed at a site: "app 2.0.0/2.0.0".
func (p *play) installed(site string) string {
	p.f.T.Helper()
	s := p.f.Read(domain.KindSite, site).(*domain.Site)
	pages, err := p.f.Store.Edges(p.f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(s.ID)}, Rel: domain.RelInstalledAt, Direction: store.In})
	require.NoError(p.f.T, err)
	var list []string
	for i, n := range pages[0].Nodes {
		props := pages[0].Edges[i].Props
		list = append(list, fmt.Sprintf("%s %s/%s", n.Props.Text("key"), props.Text("version"), props.Text("activeVersion")))
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

func (p *play) status(item string) domain.ItemStatus {
	return p.f.Read(domain.KindConfigurationItem, item).(*domain.ConfigurationItem).Status
}

// since is since when something is installed at a site with one item.
func (p *play) since(site string) time.Time {
	p.f.T.Helper()
	s := p.f.Read(domain.KindSite, site).(*domain.Site)
	pages, err := p.f.Store.Edges(p.f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(s.ID)}, Rel: domain.RelInstalledAt, Direction: store.In})
	require.NoError(p.f.T, err)
	require.Len(p.f.T, pages[0].Edges, 1)
	at, is := pages[0].Edges[0].Props["since"].(time.Time)
	require.True(p.f.T, is)
	return at.UTC()
}

// step is what a site receives.
func (p *play) step(site string) *domain.SiteRollout {
	p.f.T.Helper()
	return p.f.Read(domain.KindSiteRollout, p.key+"/"+site).(*domain.SiteRollout)
}
