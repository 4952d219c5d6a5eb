package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// Ask asks a server that speaks the project's GraphQL. An answer that says no is a
// *Refusal, all else is a server that was not heard.
type Ask func(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error)

// Refusal is an answer that says no.
type Refusal struct{ Code, Message string }

func (r *Refusal) Error() string { return r.Message }

// Play is a roll-out that is played at a server: sites work and report there.
type Play struct {
	Ask        Ask
	Fleet      *Fleet
	Deployment string
	// Now is the time of the server, as far as is known.
	Now time.Time
	// Sent counts the reports that the server took, by id: what it acknowledged it must
	// have.
	Sent map[string]Report
}

// Plan plans the roll-out of a release, accepts the plan and starts it. More are inputs of
// the plan besides.
func (p *Play) Plan(ctx context.Context, release string, more map[string]any) error {
	in := map[string]any{"release": map[string]any{"key": release}}
	for name, value := range more {
		in[name] = value
	}
	var made struct {
		PlanDeployment struct {
			Deployment *struct{ Key string }
			Violations []struct{ Text string }
		}
	}
	const plan = `mutation Plan($input: PlanDeploymentInput!) { planDeployment(input: $input) { revision deployment { key } violations { text } } }`
	if err := p.ask(ctx, plan, map[string]any{"input": in}, &made); err != nil {
		return err
	}
	if made.PlanDeployment.Deployment == nil {
		return fmt.Errorf("%s has no plan: %v", release, made.PlanDeployment.Violations)
	}
	p.Deployment = made.PlanDeployment.Deployment.Key
	const accept = `mutation Accept($input: AcceptDeploymentPlanInput!) { acceptDeploymentPlan(input: $input) { revision } }`
	if err := p.ask(ctx, accept, map[string]any{"input": map[string]any{"deployment": map[string]any{"key": p.Deployment}}}, nil); err != nil {
		return err
	}
	return p.Do(ctx, Act{Verb: "startDeployment"})
}

// Pass lets time pass at the server, whose clock can be moved.
func (p *Play) Pass(ctx context.Context, by time.Duration) error {
	var out struct{ AdvanceClock struct{ Now time.Time } }
	const pass = `mutation Pass($by: Duration!) { advanceClock(by: $by) { now revision } }`
	if err := p.ask(ctx, pass, map[string]any{"by": domain.FormatDuration(by)}, &out); err != nil {
		return err
	}
	p.Now = out.AdvanceClock.Now
	return nil
}

// Round has the sites work and report, and hear how the roll-out stands then.
func (p *Play) Round(ctx context.Context) (*State, error) {
	if err := p.Send(ctx, p.Fleet.Works(p.Now)); err != nil {
		return nil, err
	}
	s, err := p.Look(ctx)
	if err == nil {
		p.Fleet.Follow(s, p.Now)
	}
	return s, err
}

// atOnce is how many reports are sent at once.
const atOnce = 100

// Send sends reports, and tells the sites what comes of them.
func (p *Play) Send(ctx context.Context, list []*Report) error {
	const report = `mutation Report($reports: [ReportSiteRolloutInput!]!) { reportSiteRollouts(input: {reports: $reports}) { accepted revision refused { index code message } } }`
	for len(list) > 0 {
		some := list[:min(len(list), atOnce)]
		list = list[len(some):]
		inputs := make([]any, len(some))
		for i, r := range some {
			inputs[i] = r.Input(p.Deployment)
		}
		var out struct {
			ReportSiteRollouts struct {
				Refused []struct {
					Index         int
					Code, Message string
				}
			}
		}
		if err := p.ask(ctx, report, map[string]any{"reports": inputs}, &out); err != nil {
			return err
		}
		answers := make([]Answer, len(some))
		for i := range answers {
			answers[i].Taken = true
		}
		for _, no := range out.ReportSiteRollouts.Refused {
			answers[no.Index] = Answer{Code: no.Code}
		}
		p.hear(some, answers)
	}
	return nil
}

// hear tells the sites what became of their reports: what was taken first, since who hears
// a refusal may say anew what was not.
func (p *Play) hear(list []*Report, answers []Answer) {
	for _, taken := range []bool{true, false} {
		for i, r := range list {
			if answers[i].Taken != taken {
				continue
			}
			if taken && p.Sent != nil {
				p.Sent[r.ID] = *r
			}
			p.Fleet.Heard(r, answers[i], p.Now)
		}
	}
}

// Act is something that people do with the roll-out.
type Act struct {
	Verb string
	// Input is what the verb is given besides the deployment.
	Input map[string]any
}

// inputs are the names of what verbs are given.
var inputs = map[string]string{
	"startDeployment": "DeploymentVerbInput", "pauseDeployment": "DeploymentVerbInput", "resumeDeployment": "DeploymentVerbInput", "abortDeployment": "DeploymentVerbInput", "activateDeployment": "DeploymentVerbInput",
	"setWaveGate": "SetWaveGateInput", "openGate": "OpenGateInput", "retrySiteRollout": "SiteRolloutVerbInput", "skipSiteRollout": "SiteRolloutVerbInput", "backOut": "BackOutInput",
}

// Do does something with the roll-out.
func (p *Play) Do(ctx context.Context, a Act) error {
	in := map[string]any{"deployment": map[string]any{"key": p.Deployment}}
	for name, value := range a.Input {
		in[name] = value
	}
	document := fmt.Sprintf(`mutation Act($input: %s!) { %s(input: $input) { revision } }`, inputs[a.Verb], a.Verb)
	return p.ask(ctx, document, map[string]any{"input": in}, nil)
}

func (p *Play) ask(ctx context.Context, document string, variables map[string]any, into any) error {
	data, err := p.Ask(ctx, document, variables)
	if err != nil {
		return fmt.Errorf("%.40s: %w", document, err)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}

// Refused reports whether an error is an answer that says no.
func Refused(err error) bool {
	var no *Refusal
	return errors.As(err, &no)
}
