package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"releasegraph/internal/demo"
	"releasegraph/internal/store/mirror"
)

type demoCmd struct {
	serving
	Still bool          `help:"Let nothing happen by itself: the roll-out of POS-12.5.0 is yours to play."`
	Day   time.Duration `default:"10s" placeholder:"DURATION" help:"How long a day takes, while a roll-out runs. Default: ${default}."`
}

// Help has the examples.
func (demoCmd) Help() string {
	return `Examples:

    releasegraph demo
    releasegraph demo --listen 127.0.0.1:0
    releasegraph demo --day 2s
    releasegraph demo --still

The estate is that of a retailer. It lives in memory, and its media library in a temporary folder: both are gone when the server stops.
A roll-out of the tills runs under your eyes: sites install and report, a site fails and is tried again, and one wave waits until you open
its gate. A day takes ten seconds (--day); its clock can be moved besides, by advanceClock(by: "P1D"). With --still nothing happens by itself.`
}

// Run fills a store in memory, shows what can be asked, and serves it.
func (c *demoCmd) Run(r *running) (err error) {
	t, err := c.telemetry(r)
	if err != nil {
		return err
	}
	if c.Day <= 0 {
		return usagef("--day %s: a day takes some time, such as 10s", c.Day)
	}
	moved := &clock{}
	e, err := storeFlags{Store: "sqlite::memory:", watched: watched(t), mirrored: &mirror.Options{}, clock: moved}.open(r, true)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "releasegraph-demo-*")
	if err != nil {
		return errors.Join(err, e.close(r))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	library := mediaServing{mediaFlags: mediaFlags{Media: folder}}
	if err := library.openMedia(r, e); err != nil {
		return errors.Join(err, e.close(r))
	}
	sum, err := demo.Load(r, e.app)
	if err != nil {
		return errors.Join(err, e.close(r))
	}
	e.until(r, rolling{app: e.app, store: e.store, log: r.log, now: moved.Now}.Run)
	fmt.Fprintf(r.Stdout, "A retailer's estate: %d records and relationships, in memory.\n\n", sum.Created())
	if err := showImpact(r, e); err != nil {
		return errors.Join(err, e.close(r))
	}
	return c.serve(r, t, func(address string) { c.greet(r, e, address) },
		func(context.Context) (*estate, error) { return e, nil })
}

// greet shows what can be asked, and lets the roll-out begin.
func (c *demoCmd) greet(r *running, e *estate, address string) {
	fmt.Fprintf(r.Stdout, thingsToTry, address)
	if c.Still {
		return
	}
	fmt.Fprintf(r.Stdout, "Meanwhile the tills get a new release, a day in %s:\n\n", c.Day)
	e.until(r, (&demoRollout{ask: askEstate(e.app, r.log), out: r.Stdout, log: r.log, address: address, day: c.Day, every: c.Day / 10}).Run)
}

const thingsToTry = `
Serving at %[1]s until you press Ctrl-C. Three things to try:

  What would be hurt without the second orders database?
    %[1]s/graphiql?example=what-if
  Why does the web shop need the data centre?
    %[1]s/graphiql?example=path
  And from another terminal, what does a core switch carry?
    releasegraph impact --url %[1]s --redundancy ignore sw-par-core-1

`

func showImpact(r *running, e *estate) error {
	fmt.Fprintln(r.Stdout, "What is hurt when the server srv-par-db1 fails?")
	fmt.Fprintln(r.Stdout)
	ask := impactCmd{Keys: []string{"srv-par-db1"}, Direction: "dependents", Redundancy: "evaluate", First: 8}
	data, err := askEstate(e.app, r.log).ask(r, impactDocument, ask.variables())
	if err != nil {
		return err
	}
	var answer struct{ Impact impact }
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	answer.Impact.table(r.Stdout, "")
	return nil
}
