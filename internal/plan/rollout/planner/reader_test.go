package planner_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

// line is a line of the interchange format, as far as plans need it.
type line struct {
	Node, Edge, Key, Name, From, To string

	Class       domain.Class
	Status      string
	Environment domain.Environment
	Criticality int

	Region, TimeZone, ServiceHours string
	Ring                           domain.Ring
	Users                          *int
	SitesPerDay, UsersPerDay       *int

	Kind                           domain.DependencyKind
	Impact                         domain.Impact
	Version, ActiveVersion         string
	Action                         domain.ChangeAction
	FromVersion, ToVersion         string
	Coexists                       *bool
	Category                       domain.ReleaseCategory
	StartsAt, Duration, Recurrence *string
	Everywhere                     bool
}

// estate reads lines; a later node replaces one of its key.
type estate struct {
	in    rollout.Input
	nodes map[string]int
	edges []line
}

func read(t testing.TB, text string) *rollout.Input {
	e := estate{nodes: map[string]int{}}
	var nodes []line
	scan := bufio.NewScanner(strings.NewReader(text))
	for scan.Scan() {
		if strings.TrimSpace(scan.Text()) == "" {
			continue
		}
		var l line
		require.NoError(t, json.Unmarshal([]byte(scan.Text()), &l), scan.Text())
		if l.Edge != "" {
			e.edges = append(e.edges, l)
			continue
		}
		record := l.Node + ":" + l.Key
		if i, known := e.nodes[record]; known {
			nodes[i] = l
			continue
		}
		e.nodes[record] = len(nodes)
		nodes = append(nodes, l)
	}
	for _, l := range nodes {
		e.node(t, l)
	}
	for _, l := range e.edges {
		e.edge(t, l)
	}
	e.in.Now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	return &e.in
}

func (e *estate) node(t testing.TB, l line) {
	put := func(n int) { e.nodes[l.Node+":"+l.Key] = n }
	switch l.Node {
	case "Site":
		put(len(e.in.Sites))
		e.in.Sites = append(e.in.Sites, rollout.Site{
			Key: l.Key, Name: l.Name, Region: l.Region, Ring: l.Ring, Zone: l.TimeZone, ServiceHours: l.ServiceHours, Users: l.Users,
		})
	case "ConfigurationItem":
		put(len(e.in.Items))
		e.in.Items = append(e.in.Items, rollout.Item{
			Key: l.Key, Name: l.Name, Class: l.Class, Status: domain.ItemStatus(l.Status), Environment: l.Environment, Criticality: l.Criticality,
		})
	case "Release":
		put(len(e.in.Releases))
		e.in.Releases = append(e.in.Releases, rollout.Release{Key: l.Key, Name: l.Name, Category: l.Category, Status: domain.ReleaseStatus(l.Status)})
	case "Party":
		put(len(e.in.Parties))
		e.in.Parties = append(e.in.Parties, rollout.Party{Key: l.Key, Name: l.Name, Zone: l.TimeZone, SitesPerDay: l.SitesPerDay, UsersPerDay: l.UsersPerDay})
	case "MaintenanceWindow":
		put(len(e.in.Windows))
		zone := l.TimeZone
		e.in.Windows = append(e.in.Windows, rollout.Opening{
			Key: l.Key, Name: l.Name, Everywhere: l.Everywhere,
			Spec: calendar.Spec{StartsAt: l.StartsAt, Duration: l.Duration, Recurrence: l.Recurrence, TimeZone: &zone},
		})
	case "Freeze":
		put(len(e.in.Freezes))
		from, err := time.Parse(time.RFC3339, l.From)
		require.NoError(t, err)
		to, err := time.Parse(time.RFC3339, l.To)
		require.NoError(t, err)
		e.in.Freezes = append(e.in.Freezes, rollout.Opening{Key: l.Key, Name: l.Name, Everywhere: l.Everywhere, Spec: calendar.Spec{From: &from, To: &to}})
	default:
		t.Fatalf("%s is not read", l.Node)
	}
}

func (e *estate) edge(t testing.TB, l line) {
	from, known := e.nodes[l.From]
	require.True(t, known, l.From)
	to, known := e.nodes[l.To]
	require.True(t, known, l.To)
	switch l.Edge {
	case "DEPENDS_ON":
		e.in.Dependencies = append(e.in.Dependencies, rollout.Dependency{From: rollout.ItemNo(from), To: rollout.ItemNo(to), Kind: l.Kind, Impact: l.Impact})
	case "INSTALLED_AT":
		e.in.Installed = append(e.in.Installed, rollout.Installation{
			Item: rollout.ItemNo(from), Site: rollout.SiteNo(to), Version: l.Version, ActiveVersion: l.ActiveVersion,
		})
	case "CHANGES":
		r := &e.in.Releases[from]
		r.Changes = append(r.Changes, rollout.Change{
			Item: rollout.ItemNo(to), Action: l.Action, FromVersion: l.FromVersion, ToVersion: l.ToVersion, Alone: l.Coexists != nil && !*l.Coexists,
		})
	case "REQUIRES":
		e.in.Releases[from].Requires = append(e.in.Releases[from].Requires, rollout.ReleaseNo(to))
	case "STANDS_IN_FOR":
		e.in.StandIns = append(e.in.StandIns, rollout.SiteLink{From: rollout.SiteNo(from), To: rollout.SiteNo(to)})
	case "SITE_NEEDS":
		e.in.Needs = append(e.in.Needs, rollout.SiteLink{From: rollout.SiteNo(from), To: rollout.SiteNo(to)})
	case "SUPPORTED_BY":
		e.in.Items[from].SupportedBy = append(e.in.Items[from].SupportedBy, rollout.PartyNo(to))
	case "WINDOW_AT":
		e.in.Windows[from].Sites = append(e.in.Windows[from].Sites, rollout.SiteNo(to))
	default:
		t.Fatalf("%s is not read", l.Edge)
	}
}

// example reads one of the worked examples: the base and its own lines, and a few
// more.
func example(t testing.TB, n string, more ...string) *rollout.Input {
	text, err := os.ReadFile("testdata/base.ndjson")
	require.NoError(t, err)
	own, err := os.ReadFile("testdata/" + n + ".ndjson")
	require.NoError(t, err)
	in := read(t, string(text)+string(own)+strings.Join(more, "\n"))
	for i, r := range in.Releases {
		if r.Key == "REL-1" {
			in.Release = rollout.ReleaseNo(i)
		}
	}
	in.Approach = domain.Phased
	return in
}

func moment(text string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04Z", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	panic(text)
}

func pointer[T any](v T) *T { return &v }

func plan(t testing.TB, in *rollout.Input) *planner.Made {
	made, err := planner.Make(t.Context(), in)
	require.NoError(t, err)
	return made
}

// waves writes a plan as "site=wave" of each step, by wave and site; with a release
// where it is not the one asked for.
func waves(p *rollout.Plan) string {
	var list []string
	for _, w := range p.Waves {
		var sites []string
		for _, s := range p.StepsOf(w.Ordinal) {
			name := s.Site
			if s.Release != p.Release {
				name += "/" + s.Release
			}
			sites = append(sites, name)
		}
		list = append(list, strings.Join(sites, " "))
	}
	return strings.Join(list, " | ")
}
