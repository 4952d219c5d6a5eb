package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/demo"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/simulate"
)

// demoRollout lets a roll-out of the demo run under the eyes of who looks: simulated sites
// install and report, one of them fails, and one wave waits for whoever looks.
type demoRollout struct {
	ask     asker
	out     io.Writer
	log     zerolog.Logger
	address string
	// day is how long a day takes.
	day time.Duration
	// every is how often something happens.
	every time.Duration
	play  *simulate.Play
	last  *simulate.State
	// paused is since when the roll-out was seen to be paused.
	paused time.Time
}

// movedWave is the wave whose gate waits for a person.
const movedWave = 2

// Run works until the context ends, or the roll-out is over.
func (m *demoRollout) Run(ctx context.Context) {
	if err := m.begin(ctx); err != nil {
		if ctx.Err() == nil {
			m.log.Error().Err(err).Msg("the roll-out of the demo could not begin")
		}
		return
	}
	timer := time.NewTicker(m.every)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		over, err := m.once(ctx)
		if err != nil && ctx.Err() == nil {
			m.log.Error().Err(err).Msg("the roll-out of the demo does not go on, and is tried again")
		}
		if over {
			return
		}
	}
}

// begin plans the roll-out, and starts it.
func (m *demoRollout) begin(ctx context.Context) error {
	has, err := m.installed(ctx)
	if err != nil {
		return err
	}
	manners := simulate.Calm()
	manners.Work = 40 * time.Minute
	m.play = &simulate.Play{Ask: m.ask.ask, Fleet: simulate.NewFleet(1, manners, has)}
	m.play.Fleet.Fail(demo.Fails)
	m.play.Fleet.Audit(demo.Surplus, "till-par-1-spare")
	if err := m.play.Plan(ctx, demo.Rolls, map[string]any{"soak": "PT12H"}); err != nil {
		return err
	}
	return m.play.Do(ctx, simulate.Act{Verb: "setWaveGate", Input: map[string]any{"wave": movedWave, "gate": string(domain.PersonGate)}})
}

// installed reads what the sites of the estate have.
func (m *demoRollout) installed(ctx context.Context) (map[string]map[string]string, error) {
	var out struct {
		Sites struct {
			Nodes []struct {
				Key            string
				InstalledItems struct {
					Edges []struct {
						Version *string
						Node    struct{ Key string }
					}
				}
			}
		}
	}
	data, err := m.ask.ask(ctx, `{ sites(first: 100) { nodes { key installedItems(first: 100) { edges { version node { key } } } } } }`, nil)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	has := map[string]map[string]string{}
	for _, s := range out.Sites.Nodes {
		has[s.Key] = map[string]string{}
		for _, e := range s.InstalledItems.Edges {
			has[s.Key][e.Node.Key] = optional.Or(e.Version, "")
		}
	}
	return has, err
}

// once lets some time pass, and tells what happened.
func (m *demoRollout) once(ctx context.Context) (over bool, err error) {
	if err := m.play.Pass(ctx, m.step()); err != nil {
		return false, err
	}
	s, err := m.play.Round(ctx)
	if err != nil {
		return false, err
	}
	m.tell(s)
	m.last = s
	return s.Over(), m.mend(ctx, s)
}

// quiet is how much faster time passes while nothing happens by itself.
const quiet = 5

// step is how much time passes at once.
func (m *demoRollout) step() time.Duration {
	step := time.Duration(float64(m.every) / float64(m.day) * float64(24*time.Hour)).Round(time.Minute)
	if m.last != nil && m.last.Status != domain.DeploymentPaused && m.play.Fleet.Next().IsZero() && !m.waits() {
		step *= quiet
	}
	return step
}

// waits reports whether the roll-out waits for a person.
func (m *demoRollout) waits() bool {
	return slices.ContainsFunc(m.last.Waves, waitsForAPerson)
}

func waitsForAPerson(w simulate.Wave) bool {
	return w.Status == domain.WaveReady && w.Gate == domain.PersonGate && w.GateVerdict == nil
}

// mend tries sites again that failed, half a day after the roll-out was paused for them.
func (m *demoRollout) mend(ctx context.Context, s *simulate.State) error {
	if s.Status != domain.DeploymentPaused {
		m.paused = time.Time{}
		return nil
	}
	if m.paused.IsZero() {
		m.paused = m.play.Now
	}
	if m.play.Now.Sub(m.paused) < 12*time.Hour {
		return nil
	}
	for _, w := range s.Waves {
		for _, site := range w.Sites {
			if site.Status != domain.SiteFailed {
				continue
			}
			if err := m.play.Do(ctx, simulate.Act{Verb: "retrySiteRollout", Input: map[string]any{"site": map[string]any{"key": site.Key}, "reason": "the disk was emptied"}}); err != nil {
				return err
			}
		}
	}
	return m.play.Do(ctx, simulate.Act{Verb: "resumeDeployment", Input: map[string]any{"reason": "the disk was emptied"}})
}

// tell tells what is other than it was.
func (m *demoRollout) tell(s *simulate.State) {
	say := func(text string, args ...any) {
		fmt.Fprintf(m.out, "  %s  %s\n", m.play.Now.UTC().Format("Mon 2 Jan 15:04"), fmt.Sprintf(text, args...))
	}
	before := cmp.Or(m.last, &simulate.State{})
	if s.Status != before.Status {
		why := ""
		if s.StatusReason != nil {
			why = ": " + *s.StatusReason
		}
		say("%s is %s%s", m.play.Deployment, s.Status, why)
	}
	for i, w := range s.Waves {
		was := simulate.Wave{}
		if i < len(before.Waves) {
			was = before.Waves[i]
		}
		for j, site := range w.Sites {
			if site.Status.Final() && (j >= len(was.Sites) || was.Sites[j].Status != site.Status) {
				say("%s is %s", site.Key, site.Status)
			}
		}
		if w.Status == was.Status {
			continue
		}
		if w.Status != domain.WavePending {
			say("wave %d is %s", w.Ordinal, w.Status)
		}
		if waitsForAPerson(w) {
			say("and waits for you. Open its gate, in the IDE or from another terminal:\n\n"+openGate+"\n", m.address, m.play.Deployment, w.Ordinal)
		}
	}
}

const openGate = `    curl %s/graphql -H 'Content-Type: application/json' \
      -d '{"query": "mutation { openGate(input: {deployment: {key: \"%s\"}, wave: %d}) { wave { status } } }"}'`
