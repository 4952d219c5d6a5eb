package care

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// Finding is something that is wrong with a store.
type Finding struct {
	Check   string `json:"check"`   // which of the checks found it
	Subject string `json:"subject"` // what it is about
	Problem string `json:"problem"`
}

// The checks.
const (
	CheckFiles         = "files"         // what the store finds in its own files
	CheckLog           = "log"           // gaps, times that fall
	CheckState         = "state"         // what does not follow from the log
	CheckRecords       = "records"       // fields against the Catalog and the domain
	CheckRelationships = "relationships" // ends, fields, to-one, trees
	CheckUnique        = "unique"        // values that two records hold
)

// Checked is what a check of a store found.
type Checked struct {
	Revision      store.Revision `json:"revision"` // as of which the graph was read
	Records       int64          `json:"records"`
	Relationships int64          `json:"relationships"`
	Changes       int64          `json:"changes"` // of the log that were read
	Problems      int64          `json:"problems"`
	Findings      []Finding      `json:"findings"` // the first of them
	// Skipped says which checks could not be made, and why.
	Skipped []string `json:"skipped"`
}

// CheckOptions say how much to report.
type CheckOptions struct {
	Most     int // findings that are listed; the others are counted
	Progress func(what string, done int64)
}

// Check walks the whole store: its files, the graph against the Catalog and
// the rules, the log, and whether the graph follows from it. It keeps a few
// bytes for each record in memory, however large the records are.
func Check(ctx context.Context, s store.Store, o CheckOptions) (*Checked, error) {
	c := &checker{Store: s, ctx: ctx, options: o, done: &Checked{Findings: []Finding{}, Skipped: []string{}}}
	for _, step := range []func() error{c.files, c.graph, c.unique, c.log, c.state} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.done, nil
}

type checker struct {
	store.Store
	ctx     context.Context
	options CheckOptions
	done    *Checked

	graphs *graphCheck
	sums   *sums
	whole  bool // the log reaches back to the beginning
}

func (c *checker) tell(what string, done int64) {
	if c.options.Progress != nil {
		c.options.Progress(what, done)
	}
}

// find counts a finding, and lists it unless there are many. The subject is
// only worked out for those.
func (c *checker) find(check string, subject func() string, format string, args ...any) {
	c.done.Problems++
	if len(c.done.Findings) < c.options.Most {
		c.done.Findings = append(c.done.Findings, Finding{check, subject(), fmt.Sprintf(format, args...)})
	}
}

func plain(text string) func() string { return func() string { return text } }

func (c *checker) files() error {
	i, ok := c.Store.(store.Inspector)
	if !ok {
		return nil
	}
	c.tell("looking through the files", 0)
	return i.Inspect(c.ctx, func(where, what string) { c.find(CheckFiles, plain(where), "%s", what) })
}

// node names a record as people do.
func (c *checker) node(id store.ID) func() string {
	return func() string {
		found, err := c.Nodes(c.ctx, id)
		if n, ok := found[id]; ok && err == nil {
			if key, ok := n.Props["key"].(string); ok {
				return n.Kind + ":" + key
			}
			return n.Kind + " " + string(id)
		}
		return string(id)
	}
}

func (c *checker) edge(k store.EdgeKey) func() string {
	return func() string {
		text := k.Rel + " " + c.node(k.From)() + " → " + c.node(k.To)()
		if k.Tag != "" {
			text += " (" + k.Tag + ")"
		}
		return text
	}
}
