package release

import (
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/preparation"
	"releasegraph/internal/plan/release"
)

// missing works out which needs of the moves are not met.
func (f *facts) missing() map[domain.MoveNeed][]string {
	m := missing{}
	m.add(f.held.lacks...)
	m.add(f.content()...)
	m.add(f.policy.Lacks...)
	m.add(f.numbers()...)
	m.add(f.authorised()...)
	m.add(f.traced()...)
	m.add(f.emergency()...)
	m.add(release.BackOutPlans(f.undos())...)
	if f.asks(domain.NeedReversible) {
		m.add(release.Reversible(f.backOut, f.demandedBackOut())...)
	}
	m.add(f.agreed()...)
	m.add(f.frequency()...)
	m.add(f.partsAccepted()...)
	m.add(f.kit.lacks(f)...)
	m.add(f.beside.Lacking()...)
	if f.asks(domain.NeedPurchases) {
		m.add(release.Purchased(preparation.Bought(f.tasks))...)
	}
	return m
}

// missing are the lacks of needs, by need.
type missing map[domain.MoveNeed][]string

func (m missing) add(lacks ...release.Lack) {
	for _, l := range lacks {
		name := domain.MoveNeed(l.Name)
		m[name] = append(m[name], l.Text)
	}
}

// asks reports whether the policy asks the release for a need that it may leave
// out, and nobody waived it.
func (f *facts) asks(need domain.MoveNeed) bool {
	for _, w := range f.of.Waivers {
		if w.Need == need {
			return false
		}
	}
	return f.policy.Policy.Asks(need, f.of.Type, f.of.Category)
}

// content is the need CONTENT (R2).
func (f *facts) content() []release.Lack {
	return release.SomeContent(f.of.Category, len(f.itself().changes), len(f.leaves))
}

// itself is the release itself as a part.
func (f *facts) itself() *part { return f.parts[f.of.Key] }

// numbers are the needs NUMBER and ITEM_VERSIONS (R3).
func (f *facts) numbers() []release.Lack {
	items := release.ItemVersions(f.contents(), f.numbering.Items)
	if f.of.Category == domain.PackageRelease {
		return append(release.PackageNumber(numbered(f.of, f.held.units), f.packages), items...)
	}
	return append(release.Number(numbered(f.of, f.held.units), f.others, f.numbering.Releases, f.policy.Policy.ParallelLines), items...)
}

// carriedOut are the requests as the needs of the release look at them.
func (f *facts) carriedOut() []release.CarriedOut {
	list := make([]release.CarriedOut, len(f.requests))
	for i, c := range f.requests {
		list[i] = release.CarriedOut{Key: c.request.Key, Status: c.request.Status, Here: f.of.Status.Carries()}
		for _, item := range c.items {
			list[i].Affects = append(list[i].Affects, item.Key)
		}
	}
	return list
}

// authorised is the need AUTHORISED (H4). The requests of a package are those of
// its parts, which were asked there.
func (f *facts) authorised() []release.Lack {
	if f.of.Category == domain.PackageRelease {
		return nil
	}
	return release.AuthorisedToStart(f.carriedOut())
}

// traced is the need TRACED (R5). A package is traced by its parts.
func (f *facts) traced() []release.Lack {
	if f.of.Category == domain.PackageRelease {
		return nil
	}
	var changes []string
	for _, c := range f.itself().changes {
		changes = append(changes, c.Item)
	}
	return release.Traced(changes, f.contents(), f.carriedOut())
}

// contents are what the release does to each item that it holds.
func (f *facts) contents() []release.Content {
	list := make([]release.Content, len(f.held.items))
	for i, one := range f.held.items {
		list[i] = one.Content
	}
	return list
}

// emergency are the needs of the emergency path (R9).
func (f *facts) emergency() []release.Lack {
	if f.of.Type != domain.EmergencyRelease {
		return nil
	}
	rules := f.policy.Policy.Emergency
	c := release.EmergencyCase{Category: f.of.Category, MaxProblems: rules.MaxProblems, Minimum: rules.MinimumPriority}
	for _, r := range f.requests {
		one := release.EmergencyChange{
			Key: r.request.Key, Type: r.request.Type, Status: r.request.Status, Here: f.of.Status.Carries(),
			EmergencyBoard: r.board != nil && r.board.Emergency,
		}
		for _, p := range r.problems {
			one.Resolves = append(one.Resolves, p.Key)
		}
		for _, i := range r.items {
			one.Affects = append(one.Affects, i.Key)
		}
		c.Changes = append(c.Changes, one)
	}
	for _, p := range f.problems() {
		c.Problems = append(c.Problems, release.EmergencyProblem{Key: p.Key, Status: p.Status, Priority: p.Priority, KnownError: f.known[p.Key]})
	}
	for _, one := range f.itself().changes {
		c.Items = append(c.Items, one.Item)
	}
	list := release.EmergencyLacks(c)
	// Its AUTHORISED is told by H4, once.
	kept := list[:0]
	for _, l := range list {
		if l.Name != string(domain.NeedAuthorised) {
			kept = append(kept, l)
		}
	}
	return kept
}

// undos are the back-out plans of the requests (R10).
func (f *facts) undos() (list []release.PlannedUndo) {
	for _, c := range f.requests {
		list = append(list, release.PlannedUndo{
			Key: c.request.Key, Kind: optional.Or(c.request.BackOutKind, ""),
			Plan: blank(c.request.BackOutPlan) != "", Mitigation: blank(c.request.Mitigation) != "",
		})
	}
	return list
}

// demandedBackOut is how far the policy wants the release to be reversible (R20).
func (f *facts) demandedBackOut() domain.BackOutKind {
	rule := f.policy.Policy.Reversibility
	if f.of.Category == domain.FullRelease {
		return rule.Full
	}
	return rule.Delta
}

// agreed are the needs METHOD, CALENDAR and ROLES (R5).
func (f *facts) agreed() []release.Lack {
	r := f.of
	return slices.Concat(
		release.Method(string(optional.Or(r.Approach, ""))), release.Calendar(r.PlannedFrom, r.PlannedTo),
		release.Roles(release.Managers{Manager: folded(r.Manager), Build: folded(r.BuildManager), Test: folded(r.TestManager), Deployment: folded(r.DeploymentManager)}),
	)
}

func folded(name *string) string { return domain.FoldName(blank(name)) }

// partsAccepted are the needs PARTS and PACKAGE_SIZE of a package (R2, R16).
func (f *facts) partsAccepted() []release.Lack {
	if f.of.Category != domain.PackageRelease {
		return nil
	}
	var leaves []release.Part
	for _, key := range f.leaves {
		leaves = append(leaves, release.Part{Release: key, Status: f.parts[key].release.Status})
	}
	rules := f.policy.Policy.Package
	return append(release.PartsAccepted(leaves), release.PackageSize(len(f.leaves), len(f.held.items), rules.MaxReleases, rules.MaxItems)...)
}

func blank(s *string) string { return strings.TrimSpace(optional.Or(s, "")) }

// tasksBefore are what has to be prepared before a status, and is not (R12).
func (f *facts) tasksBefore(into domain.ReleaseStatus) (list []string) {
	if f.asks(domain.NeedTasks) && (into != domain.ReleaseDeploying || !f.of.AcceptedElsewhere()) {
		for _, l := range preparation.Open(f.tasks, f.policy.Policy.TaskRules, into) {
			list = append(list, l.Text)
		}
	}
	return list
}
