package pipeline

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"releasegraph/internal/app/pipeline"
)

// hubHook are the fields of GitHub's webhooks deployment and deployment_status that are
// read.
type hubHook struct {
	Deployment *struct {
		ID          int64           `json:"id"`
		Ref         string          `json:"ref"`
		Environment string          `json:"environment"`
		CreatedAt   time.Time       `json:"created_at"`
		Payload     json.RawMessage `json:"payload"`
	} `json:"deployment"`
	Status *struct {
		State     string    `json:"state"`
		CreatedAt time.Time `json:"created_at"`
		TargetURL string    `json:"target_url"`
		LogURL    string    `json:"log_url"`
	} `json:"deployment_status"`
	Repository struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
}

// hubPayload is what a workflow may give its deployment along.
type hubPayload struct {
	Release string   `json:"release"`
	Sites   []string `json:"sites"`
}

// hubStates are the states of GitHub's deployments; "": no news.
var hubStates = map[string]pipeline.State{
	"pending": pipeline.Planned, "queued": pipeline.Planned, "in_progress": pipeline.Started, "success": pipeline.Succeeded,
	"failure": pipeline.Failed, "error": pipeline.Failed, "inactive": "",
}

func (s *Source) readGitHub(event string, body []byte) (t Told, err error) {
	switch event {
	case "deployment", "deployment_status":
	case "ping":
		return t, ErrNothing
	default:
		return t, &Unreadable{"X-GitHub-Event", fmt.Sprintf("is %q: have the webhook send deployment and deployment_status, and nothing else", event)}
	}
	var h hubHook
	if err := decode(body, &h); err != nil {
		return t, err
	}
	d := h.Deployment
	switch {
	case d == nil || d.ID == 0:
		return t, &Unreadable{"deployment", "is missing, or has no id"}
	case event == "deployment_status" && h.Status == nil:
		return t, &Unreadable{"deployment_status", "is missing"}
	}
	t.ID, t.Environment, t.State, t.At = strconv.FormatInt(d.ID, 10), d.Environment, pipeline.Planned, d.CreatedAt
	t.Release = fill(s.Release, versionOf(d.Ref), d.Ref, h.Repository.FullName, "")
	if p := payloadOf(d.Payload); p.Release != "" || len(p.Sites) > 0 {
		if p.Release != "" {
			t.Release = p.Release
		}
		if len(p.Sites) > 0 {
			t.Sites, t.Environment = p.Sites, ""
		}
	}
	if event == "deployment" {
		return t, nil
	}
	state, known := hubStates[h.Status.State]
	if !known {
		return t, &Unreadable{"deployment_status.state", fmt.Sprintf("is %q, which is none of GitHub's states", h.Status.State)}
	}
	if state == "" {
		return t, ErrNothing
	}
	t.State, t.At, t.Description = state, h.Status.CreatedAt, h.Status.LogURL
	if t.Description == "" {
		t.Description = h.Status.TargetURL
	}
	if !d.CreatedAt.IsZero() {
		t.From = &d.CreatedAt
	}
	return t, nil
}

// payloadOf reads what a workflow gave along: an object, or one as a text. Another one says
// nothing.
func payloadOf(raw json.RawMessage) (p hubPayload) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	if json.Unmarshal(raw, &p) != nil {
		return hubPayload{}
	}
	return p
}
