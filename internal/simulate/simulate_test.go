package simulate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/simulate"
	"releasegraph/internal/store"
	"releasegraph/resolvers"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

// seeds are so many seeds, or those that RELEASEGRAPH_SEEDS asks for: make simulate.
func seeds(t *testing.T, few int) (list []uint64) {
	t.Helper()
	n := few
	if text := os.Getenv("RELEASEGRAPH_SEEDS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	for i := range n {
		list = append(list, uint64(i)+1)
	}
	return list
}

// inProcess asks an App of this process.
func inProcess(a *app.App) simulate.Ask {
	exec := executor.New(resolvers.New(a, zerolog.Nop()))
	exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	return func(ctx context.Context, document string, variables map[string]any) (json.RawMessage, error) {
		ctx = graphql.StartOperationTrace(a.WithLoads(ctx))
		op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document, Variables: variables})
		if len(errs) > 0 {
			return nil, errs
		}
		responses, ctx := exec.DispatchOperation(ctx, op)
		answer := responses(ctx)
		if len(answer.Errors) > 0 {
			code, _ := answer.Errors[0].Extensions["code"].(string)
			return nil, &simulate.Refusal{Code: code, Message: answer.Errors.Error()}
		}
		return answer.Data, nil
	}
}

const soak = 4 * time.Hour

// plans are how roll-outs differ, by the seed.
func plan(seed uint64) map[string]any {
	in := map[string]any{
		"soak": "PT4H", "limits": map[string]any{"sitesPerWave": 4}, "errorThreshold": []int{0, 25, 50}[seed%3], "successThreshold": []int{100, 60}[seed%2],
	}
	switch seed % 5 {
	case 1:
		in["activation"], in["activateAt"] = "SCHEDULED", "2026-04-09T22:00:00Z"
	case 3:
		in["activation"] = "TRIGGERED"
	}
	return in
}

// whole plays a whole roll-out.
func whole(t *testing.T, s store.Store, seed uint64, sites int) {
	f := apptest.NewFixture(t, s)
	f.Running.Moves = f.Pass
	e := simulate.NewEstate(seed, sites)
	if seed%2 == 0 { // until the night in which the clocks of Paris skip an hour
		e.AtNight()
		f.Pass(27 * 24 * time.Hour)
	}
	f.Brings(e.Lines...)
	p := &simulate.Play{Ask: inProcess(f.App), Fleet: simulate.NewFleet(seed, simulate.Rough(), e.Has).Fetches(e.Kit), Sent: map[string]simulate.Report{}}
	require.NoError(t, p.Plan(f.Ctx, e.Release, plan(seed)))
	if seed%2 == 0 {
		require.NoError(t, p.Do(f.Ctx, simulate.Act{Verb: "setWaveGate", Input: map[string]any{"wave": 2, "gate": "PERSON"}}))
	}
	w := newWitness(t, p, e, soak)
	looks := 0
	require.NoError(t, p.Run(f.Ctx, seed, simulate.NewPeople(seed, simulate.Ending(seed%3)), func(s *simulate.State, acts []simulate.Act) error {
		if looks++; seed%4 == 0 && looks%7 == 0 { // a clock that somebody puts forward, and back again
			f.Pass([]time.Duration{time.Hour, -time.Hour}[looks%2])
		}
		return w.sees(s, acts)
	}))
	w.agrees(f.Ctx)
}

// Sites that install, fail, fall silent, and report late, twice, out of order and by wrong
// clocks, and people who pause, resume, retry, leave out, take back and give up: no site
// begins before its wave may, no failure above the threshold goes unnoticed, no report is
// lost, what is on record is what the sites have, and events tell the same story.
func TestASimulatedRollOutKeepsItsRules_D1_D2_D4_D5_D6_D7_D8_D10(t *testing.T) {
	for _, seed := range seeds(t, 6) {
		t.Run(fmt.Sprintf("sqlite/seed-%d", seed), func(t *testing.T) { whole(t, apptest.OpenSQLite(t), seed, 14) })
	}
	for _, seed := range seeds(t, 1) {
		t.Run(fmt.Sprintf("neo4j/seed-%d", seed), func(t *testing.T) { whole(t, apptest.OpenNeo4j(t), seed, 5) })
	}
}
