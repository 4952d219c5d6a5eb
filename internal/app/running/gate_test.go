package running_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
)

// scripted is a server that answers a number for each instant.
type scripted struct {
	value func() (n float64, there bool)
	asked []measure.Asked
}

func (s *scripted) Names() []string { return []string{"prod"} }

func (s *scripted) Ask(_ context.Context, a measure.Asked) (measure.Answer, error) {
	s.asked = append(s.asked, a)
	n, there := s.value()
	if !there {
		return measure.Answer{}, nil
	}
	var series []measure.Sample
	for at := a.Over.From; !at.After(a.Over.To); at = at.Add(a.Measure.Step()) {
		series = append(series, measure.Sample{At: at, Value: n})
	}
	return measure.Answer{Series: [][]measure.Sample{series}}, nil
}

// gated is a roll-out whose second wave waits for what is measured.
func gated(f *apptest.Fixture, s *scripted) *play {
	f.Lines(
		`{"node":"AcceptanceTest","key":"R-errors","name":"Errors","kind":"TECHNICAL","criteria":"few errors","query":"sum(errors)","measure":{"source":"prod","interval":"PT1M","failure":{"is":"ABOVE","value":5}}}`,
	)
	f.Gates.Measuring = s
	p := started(f, func(in *planning.Plan) { in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(1)} })
	_, err := f.Running.SetWaveGate(f.As("dora", domain.DeploymentManager), running.SetGate{
		Deployment: p.verb("").Deployment, Wave: 2, Gate: domain.MeasuredGate, Test: apptest.Some(apptest.Key("R-errors")), Over: apptest.Some("PT10M"),
	}, nil)
	require.NoError(f.T, err)
	return p
}

// A gate that is measured opens by itself once enough was measured after the wave before,
// and tells until then what it waits for.
func TestAMeasuredGateOpensByItself_D2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := &scripted{value: func() (float64, bool) { return 0, false }}
		p := gated(f, s)
		p.reports("c", domain.SiteVerified)
		require.NoError(t, f.Gates.Measure(f.Ctx))
		require.Empty(t, s.asked, "nothing was measured after the first wave yet")
		require.Contains(t, p.heldBy(2), "its gate is measured at")
		p.passes(11 * time.Minute)
		require.NoError(t, f.Gates.Measure(f.Ctx))
		require.Len(t, s.asked, 1)
		require.Equal(t, 10*time.Minute, s.asked[0].Over.Length())
		require.Contains(t, p.heldBy(2), "says nothing: the query selects nothing", "what says nothing opens nothing")
		require.NoError(t, f.Gates.Measure(f.Ctx))
		require.Len(t, s.asked, 1, "it is asked again an interval later")

		s.value = func() (float64, bool) { return 1, true }
		p.passes(2 * time.Minute)
		require.NoError(t, f.Gates.Measure(f.Ctx))
		w := p.wave(2)
		require.Equal(t, domain.GateGo, *w.GateVerdict)
		require.Equal(t, 11, w.GateMeasured.Succeeded)
		p.passes(2 * time.Hour)
		require.Equal(t, domain.WaveRunning, p.wave(2).Status)
	})
}

// A gate that is measured is refused by itself; a person may still open it.
func TestAMeasuredGateIsRefusedByItself_D2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := &scripted{value: func() (float64, bool) { return 9, true }}
		p := gated(f, s)
		p.reports("c", domain.SiteVerified)
		p.passes(11 * time.Minute)
		require.NoError(t, f.Gates.Measure(f.Ctx))
		require.Equal(t, domain.GateNoGo, *p.wave(2).GateVerdict)
		require.Equal(t, domain.WaveReady, p.wave(2).Status)
		require.Contains(t, p.heldBy(2), "its gate was refused: 11 of 11 measurements failed, and 0 may")
		p.passes(time.Hour)
		require.NoError(t, f.Gates.Measure(f.Ctx))
		require.Len(t, s.asked, 1, "what was decided is not measured again")
		_, err := f.Running.OpenGate(f.As("dora", domain.DeploymentManager), running.OpenGate{Deployment: p.verb("").Deployment, Wave: 2, Verdict: domain.GateGo, Reason: apptest.Some("known")}, nil)
		require.NoError(t, err)
		p.passes(2 * time.Hour)
		require.Equal(t, domain.WaveRunning, p.wave(2).Status)
	})
}

// wave is a wave by its number.
func (p *play) wave(ordinal int) *domain.Wave {
	p.f.T.Helper()
	return p.f.Read(domain.KindWave, fmt.Sprintf("%s/wave-%d", p.key, ordinal)).(*domain.Wave)
}

// heldBy says what keeps a wave from beginning.
func (p *play) heldBy(ordinal int) string {
	p.f.T.Helper()
	told, err := p.f.Running.HeldBy(p.f.WithLoads(p.f.Ctx), p.wave(ordinal))
	require.NoError(p.f.T, err)
	require.NotNil(p.f.T, told)
	return *told
}
