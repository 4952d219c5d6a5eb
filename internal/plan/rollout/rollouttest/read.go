package rollouttest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
)

// line is a node or an edge of the interchange format.
type line struct {
	Node, Edge, Key, Name, From, To string

	Class        domain.Class
	Status       string
	Environment  domain.Environment
	Criticality  int
	Kind         domain.DependencyKind
	Impact       domain.Impact
	Group        string `json:"redundancyGroup"`
	Region       string
	Ring         domain.Ring
	TimeZone     string
	ServiceHours string
	Users        *int
	Category     domain.ReleaseCategory
	Action       domain.ChangeAction
	FromVersion  string
	ToVersion    string
	Coexists     *bool
	Version      string
	Active       string `json:"activeVersion"`
	StartsAt     *string
	Duration     *string
	Recurrence   *string
	Everywhere   bool
	Regions      []string
	Classes      []domain.Class
	Environments []domain.Environment
	SitesPerDay  *int
	UsersPerDay  *int
}

// Read makes an input of lines of the interchange format. A node with the key of an
// earlier one replaces it. The first release is what is rolled out.
func Read(text string) (rollout.Input, error) {
	r := reader{places: map[string]int{}}
	var edges []line
	for n, raw := range strings.Split(strings.TrimSpace(text), "\n") {
		if raw == "" || raw[0] == '#' {
			continue
		}
		var l line
		if err := json.Unmarshal([]byte(raw), &l); err != nil {
			return r.in, fmt.Errorf("line %d: %w", n+1, err)
		}
		if l.Edge != "" {
			edges = append(edges, l)
			continue
		}
		if err := r.node(l); err != nil {
			return r.in, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	for _, l := range edges {
		if err := r.edge(l); err != nil {
			return r.in, err
		}
	}
	return r.in, nil
}

// standsInFor is the relationship of sites that back each other up (P13).
const standsInFor = "STANDS_IN_FOR"

type reader struct {
	in     rollout.Input
	places map[string]int
}

// put adds a record to its list, or replaces the one of its key.
func put[T any](r *reader, record string, list *[]T, value T) {
	if at, ok := r.places[record]; ok {
		(*list)[at] = value
		return
	}
	r.places[record] = len(*list)
	*list = append(*list, value)
}

func (r *reader) node(l line) error {
	record := l.Node + ":" + l.Key
	switch l.Node {
	case domain.KindSite:
		put(r, record, &r.in.Sites, rollout.Site{Key: l.Key, Name: l.Name, Region: l.Region, Ring: l.Ring, Zone: l.TimeZone, ServiceHours: l.ServiceHours, Users: l.Users})
	case domain.KindConfigurationItem:
		put(r, record, &r.in.Items, rollout.Item{
			Key: l.Key, Name: l.Name, Class: l.Class, Status: domain.ItemStatus(l.Status), Environment: l.Environment, Criticality: l.Criticality,
		})
	case domain.KindRelease:
		put(r, record, &r.in.Releases, rollout.Release{Key: l.Key, Name: l.Name, Category: l.Category, Status: domain.ReleaseStatus(l.Status)})
	case domain.KindParty:
		put(r, record, &r.in.Parties, rollout.Party{Key: l.Key, Name: l.Name, Zone: l.TimeZone, SitesPerDay: l.SitesPerDay, UsersPerDay: l.UsersPerDay})
	case domain.KindMaintenanceWindow, domain.KindFreeze:
		o, err := opening(l)
		if err != nil {
			return err
		}
		if l.Node == domain.KindFreeze {
			put(r, record, &r.in.Freezes, o)
		} else {
			put(r, record, &r.in.Windows, o)
		}
	default:
		return fmt.Errorf("%s is not read here", l.Node)
	}
	return nil
}

func opening(l line) (rollout.Opening, error) {
	spec := calendar.Spec{StartsAt: l.StartsAt, Duration: l.Duration, Recurrence: l.Recurrence}
	if l.TimeZone != "" {
		spec.TimeZone = &l.TimeZone
	}
	for text, at := range map[string]**time.Time{l.From: &spec.From, l.To: &spec.To} {
		if text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return rollout.Opening{}, err
		}
		*at = &t
	}
	return rollout.Opening{
		Key: l.Key, Name: l.Name, Spec: spec, Everywhere: l.Everywhere, Regions: l.Regions, Classes: l.Classes, Environments: l.Environments,
	}, nil
}

func (r *reader) edge(l line) error {
	from, ok := r.places[l.From]
	to, there := r.places[l.To]
	if !ok || !there {
		return fmt.Errorf("%s: %s or %s is not told", l.Edge, l.From, l.To)
	}
	link := rollout.SiteLink{From: rollout.SiteNo(from), To: rollout.SiteNo(to)}
	switch l.Edge {
	case domain.RelDependsOn:
		r.in.Dependencies = append(r.in.Dependencies, rollout.Dependency{
			From: rollout.ItemNo(from), To: rollout.ItemNo(to), Kind: l.Kind, Impact: l.Impact, Group: l.Group,
		})
	case domain.RelInstalledAt:
		r.in.Installed = append(r.in.Installed, rollout.Installation{Item: rollout.ItemNo(from), Site: rollout.SiteNo(to), Version: l.Version, ActiveVersion: l.Active})
	case domain.RelChanges:
		release := &r.in.Releases[from]
		release.Changes = append(release.Changes, rollout.Change{
			Item: rollout.ItemNo(to), Action: l.Action, FromVersion: l.FromVersion, ToVersion: l.ToVersion, Alone: l.Coexists != nil && !*l.Coexists,
		})
	case domain.RelRequires:
		r.in.Releases[from].Requires = append(r.in.Releases[from].Requires, rollout.ReleaseNo(to))
	case domain.RelBundles:
		r.in.Releases[from].Bundles = append(r.in.Releases[from].Bundles, rollout.ReleaseNo(to))
	case domain.RelSiteNeeds:
		r.in.Needs = append(r.in.Needs, link)
	case standsInFor:
		r.in.StandIns = append(r.in.StandIns, link)
	case domain.RelSupportedBy:
		r.in.Items[from].SupportedBy = append(r.in.Items[from].SupportedBy, rollout.PartyNo(to))
	case domain.RelPartOf:
		r.in.Sites[from].PartOf = append(r.in.Sites[from].PartOf, link.To)
	case domain.RelWindowAt:
		w := &r.in.Windows[from]
		w.Sites = append(w.Sites, link.To)
	default:
		return fmt.Errorf("%s is not read here", l.Edge)
	}
	return nil
}

// Site returns the place of a site by its key, -1 where there is none.
func Site(in *rollout.Input, key string) rollout.SiteNo {
	return rollout.SiteNo(slices.IndexFunc(in.Sites, func(s rollout.Site) bool { return s.Key == key }))
}
