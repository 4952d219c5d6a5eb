package pipeline

import (
	"fmt"
	"strconv"
	"time"

	"releasegraph/internal/app/pipeline"
)

// labHook are the fields of GitLab's deployment hook that are read.
type labHook struct {
	ObjectKind      string `json:"object_kind"`
	Status          string `json:"status"`
	StatusChangedAt string `json:"status_changed_at"`
	DeploymentID    int64  `json:"deployment_id"`
	DeployableURL   string `json:"deployable_url"`
	Environment     string `json:"environment"`
	Ref             string `json:"ref"`
	Project         struct {
		Path string `json:"path_with_namespace"`
	} `json:"project"`
}

// labStates are the statuses of GitLab's deployments.
var labStates = map[string]pipeline.State{
	"created": pipeline.Planned, "blocked": pipeline.Planned, "running": pipeline.Started, "success": pipeline.Succeeded,
	"failed": pipeline.Failed, "canceled": pipeline.Failed, "skipped": "",
}

// labTime is how GitLab writes a time in its hooks.
const labTime = "2006-01-02 15:04:05 -0700"

func (s *Source) readGitLab(event string, body []byte) (t Told, err error) {
	if event != "Deployment Hook" {
		return t, &Unreadable{"X-Gitlab-Event", fmt.Sprintf("is %q: have the webhook send deployment events, and nothing else", event)}
	}
	var h labHook
	if err := decode(body, &h); err != nil {
		return t, err
	}
	state, known := labStates[h.Status]
	switch {
	case h.ObjectKind != "deployment" || h.DeploymentID == 0:
		return t, &Unreadable{"deployment_id", "is missing, or the hook is of another kind than deployment"}
	case !known:
		return t, &Unreadable{"status", fmt.Sprintf("is %q, which is none of GitLab's", h.Status)}
	case state == "":
		return t, ErrNothing
	}
	at, err := labAt(h.StatusChangedAt)
	if err != nil {
		return t, err
	}
	t.ID, t.State, t.At, t.Environment, t.Description = strconv.FormatInt(h.DeploymentID, 10), state, at, h.Environment, h.DeployableURL
	t.Release = fill(s.Release, versionOf(h.Ref), h.Ref, h.Project.Path, "")
	return t, nil
}

func labAt(text string) (time.Time, error) {
	for _, layout := range []string{labTime, "2006-01-02 15:04:05 MST", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &Unreadable{"status_changed_at", fmt.Sprintf("is %q: write it such as 2027-01-10 21:04:00 +0100", text)}
}
