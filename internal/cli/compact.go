package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sosodev/duration"

	"releasegraph/internal/care"
)

type compactCmd struct {
	Before string `placeholder:"TIME" xor:"span" required:"" help:"Forget changes before this time (RFC 3339, or a date)."`
	Keep   span   `placeholder:"DURATION" xor:"span" required:"" help:"Forget changes older than this, such as 720h or P90D."`
	DryRun bool   `help:"Say what would be forgotten, and forget nothing."`
	JSON   bool   `help:"Print JSON."`
	storeFlags
}

// Help has the examples.
func (compactCmd) Help() string {
	return `The estate stays as it is; what is forgotten is how it came about. It can then be read as of the given time and later,
and as of every baseline: no more is forgotten than the oldest of these allows.

Examples:

    releasegraph compact --keep P1Y --dry-run
    releasegraph compact --before 2026-01-01
    releasegraph serve --keep-history P1Y`
}

// span is a duration: ISO 8601 (P90D) or Go's (720h).
type span time.Duration

// UnmarshalText reads either form.
func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		iso, isoErr := duration.Parse(string(text))
		if isoErr != nil {
			return fmt.Errorf("%q is no duration: write 720h or P30D", text)
		}
		d = iso.ToTimeDuration()
	}
	if d <= 0 {
		return fmt.Errorf("%q is not longer than nothing", text)
	}
	*s = span(d)
	return nil
}

// Run forgets old history.
func (c *compactCmd) Run(r *running) error {
	before, err := c.time(time.Now())
	if err != nil {
		return err
	}
	e, err := c.openExisting(r, false)
	if err != nil {
		return err
	}
	work := care.Compact
	if c.DryRun {
		work = care.Compaction
	}
	f, err := work(r, e.store, before)
	if err := errors.Join(err, e.close(r)); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(r.Stdout).Encode(f)
	}
	verb := "forgotten"
	if c.DryRun {
		verb = "would be forgotten"
	}
	fmt.Fprintf(r.Stdout, "%d changes %s. The estate can be read as of revision %d and later.\n", f.Changes, verb, f.Oldest)
	if f.HeldBy != "" {
		fmt.Fprintf(r.Stdout, "Those after revision %d stay for the baseline %s.\n", f.Oldest, f.HeldBy)
	}
	return nil
}

func (c *compactCmd) time(now time.Time) (time.Time, error) {
	if c.Before == "" {
		return now.Add(-time.Duration(c.Keep)), nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, c.Before); err == nil {
			return t, nil
		}
	}
	return now, usagef("--before %q: write a time such as 2026-01-31T00:00:00Z, or a date", c.Before)
}
