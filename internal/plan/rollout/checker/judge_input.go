package checker

import (
	"fmt"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// Refusals lists why an input must be refused before any plan is made of it.
func Refusals(in *rollout.Input) (list []string) {
	put := func(yes bool, format string, args ...any) {
		if yes {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	for name, value := range map[string]*int{sitesPerWave: in.Limits.SitesPerWave, usersPerWave: in.Limits.UsersPerWave, criticalityPerWave: in.Limits.CriticalityPerWave} {
		put(value != nil && *value < 1, "P6: the limit %s is below 1", name)
	}
	for i, site := range in.Question.Sites {
		put(slices.Contains(in.Question.Sites[:i], site), "P2: %s is chosen twice", in.Sites[site].Key)
	}
	for _, s := range in.Sites {
		put(s.ServiceHours != "" && s.Zone == "", "P7: %s has service hours and no time zone", s.Key)
	}
	put(in.Activation == domain.Scheduled && (in.ActivateAt == nil || in.ActivateAt.Before(in.Now)), "P8: the instant is missing or past")
	e, err := survey(in)
	if err != nil {
		return append(list, err.Error())
	}
	put(!accepted(in.Releases[in.Release]), "P1: %s is not accepted", in.Releases[in.Release].Key)
	wide := *in
	wide.Question.Sites = nil
	f, err := survey(&wide)
	if err != nil {
		return append(list, err.Error())
	}
	r := derive(f, nil)
	for _, s := range r.steps {
		put(!accepted(in.Releases[s.release]), "P9: %s is not accepted", in.Releases[s.release].Key)
	}
	for item, c := range e.content(int(in.Release)) {
		nowhere := c.kind == rollout.Add && !slices.ContainsFunc(in.Sites, func(s rollout.Site) bool {
			at := slices.IndexFunc(in.Sites, func(t rollout.Site) bool { return t.Key == s.Key })
			return e.comes(int(in.Release), item, c, at)
		})
		put(nowhere && e.lives(item), "P2: %s is added nowhere", e.item(item))
	}
	if len(in.Question.Sites) > 0 {
		list = append(list, r.leftOut(e)...)
	}
	return list
}

func accepted(r rollout.Release) bool {
	return slices.Contains([]domain.ReleaseStatus{domain.ReleaseAccepted, domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed}, r.Status)
}

// leftOut lists what a chosen list has to hold and does not: what a listed site waits
// for, and what shares a wave with one (P2).
func (r *rules) leftOut(e *estate) (list []string) {
	own := func(step int) bool { return r.steps[step].release == int(r.in.Release) }
	for _, d := range r.demands {
		later, sooner := r.steps[d.later].site, r.steps[d.sooner].site
		if own(d.later) && e.listed(later) && !e.listed(sooner) {
			list = append(list, fmt.Sprintf("P2: %s waits for %s, which is not chosen", r.site(later), r.site(sooner)))
		}
		if own(d.later) && d.together && e.listed(sooner) && !e.listed(later) {
			list = append(list, fmt.Sprintf("P2: %s shares a wave with %s, which is not chosen", r.site(sooner), r.site(later)))
		}
	}
	for key, steps := range r.alone() {
		for _, a := range steps {
			for _, b := range steps {
				if own(a) && e.listed(r.steps[a].site) && !e.listed(r.steps[b].site) {
					list = append(list, fmt.Sprintf("P2: %s shares a wave with %s by %s", r.site(r.steps[a].site), r.site(r.steps[b].site), r.item(key[1])))
				}
			}
		}
	}
	return list
}
