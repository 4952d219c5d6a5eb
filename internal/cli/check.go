package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"releasegraph/internal/care"
	"releasegraph/internal/library"
)

type checkCmd struct {
	Most int  `default:"1000" help:"List so many problems; the others are counted. Default: ${default}."`
	JSON bool `help:"Print JSON."`
	storeFlags
	mediaFlags
}

// Help has the examples.
func (checkCmd) Help() string {
	return `All of the store is read: its files and indexes, every record and relationship against its declaration and the rules, the
log for gaps, and whether the graph is what the log made of it. With the media library, the bytes of all items that are said
to have some are read and compared, at every location. Nothing is changed, and others may go on writing. The exit code is 1
when something is wrong.

Examples:

    releasegraph check
    releasegraph check --media /var/lib/releasegraph/media
    releasegraph check --store bolt://127.0.0.1:7687 --json | jq -r '.findings[].problem'`
}

// errUnsound is the outcome of a check that found something.
var errUnsound = errors.New("the store is not sound")

// Run checks the store.
func (c *checkCmd) Run(r *running) error {
	if c.given() {
		if _, err := c.locations(); err != nil {
			return err
		}
	}
	e, err := c.openExisting(r, false)
	if err != nil {
		return err
	}
	show := r.progress("checking")
	done, err := care.Check(r, e.store, care.CheckOptions{Most: c.Most, Progress: func(what string, done int64) { show.tell(what, done, -1) }})
	show.end()
	m := &mediaCheck{mediaFlags: c.mediaFlags, most: c.Most}
	if err == nil {
		err = m.run(r, e.app, done)
	}
	if err := errors.Join(err, e.close(r)); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(r.Stdout).Encode(struct {
			*care.Checked
			Media *library.Checked `json:"media,omitempty"`
		}{done, m.read})
	} else {
		printChecked(r.Stdout, done)
		m.print(r.Stdout)
	}
	if err == nil && done.Problems > 0 {
		return errUnsound
	}
	return err
}

func printChecked(w io.Writer, done *care.Checked) {
	w = legible(w)
	if len(done.Findings) > 0 {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(plain())
		t.AppendHeader(table.Row{"Check", "Subject", "Problem"})
		for _, f := range done.Findings {
			t.AppendRow(table.Row{f.Check, f.Subject, f.Problem})
		}
		t.Render()
	}
	if rest := done.Problems - int64(len(done.Findings)); rest > 0 {
		fmt.Fprintf(w, "and %d more; --most lists more of them\n", rest)
	}
	for _, s := range done.Skipped {
		fmt.Fprintf(w, "Not checked: %s.\n", s)
	}
	verdict := "nothing is wrong"
	if done.Problems > 0 {
		verdict = fmt.Sprintf("%d problems", done.Problems)
	}
	fmt.Fprintf(w, "%d records, %d relationships and %d changes, as of revision %d: %s.\n",
		done.Records, done.Relationships, done.Changes, done.Revision, verdict)
}
