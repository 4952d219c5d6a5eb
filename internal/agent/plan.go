package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
)

// Plan is what is done at a site. Text is all of it, as the server said it.
type Plan struct {
	Text  json.RawMessage
	Steps []Step
	Back  []BackStep
}

// Step is a step of the work: Item is "" where it is about none, or one that the agent may
// not see.
type Step struct{ Kind, Item, From, To string }

// BackStep is a step of the way back. Stays says that the item keeps its new version.
type BackStep struct {
	Item  string
	Stays bool
}

// ReadPlan reads an action plan as the API has it.
func ReadPlan(text json.RawMessage) (*Plan, error) {
	var read struct {
		Steps []struct {
			Kind                   string
			Item                   *keyed
			FromVersion, ToVersion string
		}
		WayBack []struct {
			Item  *keyed
			Stays []string
		}
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	plan := &Plan{Text: text}
	for _, one := range read.Steps {
		step := Step{Kind: one.Kind, From: one.FromVersion, To: one.ToVersion}
		if one.Item != nil {
			step.Item = one.Item.Key
		}
		plan.Steps = append(plan.Steps, step)
	}
	for _, one := range read.WayBack {
		if one.Item != nil {
			plan.Back = append(plan.Back, BackStep{one.Item.Key, len(one.Stays) > 0})
		}
	}
	return plan, nil
}

// keyed is a record by its key.
type keyed struct{ Key string }

// planFile is where the plan of a job lies.
func (a *Agent) planFile(j *Job) string { return a.disk.path("jobs", j.Rollout.ID, "plan.json") }

// plan is the plan of a job, as it was when the work began: what was removed then may not be
// seen any more.
func (a *Agent) plan(ctx context.Context, j *Job) (*Plan, error) {
	if j.Runs > 0 {
		text, err := os.ReadFile(a.planFile(j))
		if err == nil {
			return ReadPlan(text)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, &DiskError{err}
		}
	}
	plan, err := a.Server.Plan(ctx, j.Rollout.Key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(a.disk.path("jobs", j.Rollout.ID), 0o700); err != nil {
		return nil, &DiskError{err}
	}
	if err := writeDurably(a.planFile(j), plan.Text); err != nil {
		return nil, &DiskError{err}
	}
	return plan, nil
}
