package agent

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// arguments are the steps as a script gets them: install=ITEM@VERSION and
// remove=ITEM@VERSION in their order; for the way back what undoes them, the last one
// first, without what stays.
func arguments(deed Deed, plan *Plan) (args []string) {
	for _, s := range plan.Steps {
		if s.Item == "" {
			continue
		}
		switch s.Kind {
		case "INSTALL":
			args = append(args, undone(deed, plan, s, "install", s.To))
		case "REMOVE":
			args = append(args, undone(deed, plan, s, "remove", s.From))
		}
	}
	args = slices.DeleteFunc(args, func(arg string) bool { return arg == "" })
	if deed == TakeBack {
		slices.Reverse(args)
	}
	return args
}

// undone is a step as it is done or, on the way back, undone; "" where its item stays.
func undone(deed Deed, plan *Plan, s Step, does, version string) string {
	if deed == TakeBack {
		switch {
		case slices.ContainsFunc(plan.Back, func(b BackStep) bool { return b.Item == s.Item && b.Stays }):
			return ""
		case s.From == "":
			does, version = "remove", s.To
		default:
			does, version = "install", s.From
		}
	}
	if version == "" {
		return does + "=" + s.Item
	}
	return does + "=" + s.Item + "@" + version
}

// environment is what a script finds in its environment: that of the agent, without the
// agent's own settings and token, and what the run is about.
func (a *Agent) environment(j *Job, deed Deed) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "RELEASEGRAPH_") })
	r := j.Rollout
	for _, v := range [][2]string{
		{"DEED", string(deed)}, {"SITE", a.Site}, {"DEPLOYMENT", r.Deployment}, {"RELEASE", r.Release}, {"ATTEMPT", strconv.Itoa(r.Attempt)},
		{"KIT", a.kitFolder(j)}, {"KIT_SHA256", j.Digest}, {"PLAN", a.planFile(j)},
	} {
		env = append(env, fmt.Sprintf("ROLLOUT_%s=%s", v[0], v[1]))
	}
	return env
}
