package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// Options say what to import and how.
type Options struct {
	Files []string  // "-" is Stdin
	Stdin io.Reader // may be nil
	// NodeKind or EdgeRel tell what the rows of CSV files are; MappingFile
	// how foreign columns become fields, and where it says so, of what.
	NodeKind, EdgeRel, MappingFile string
	// Format is one of Formats; empty: each file's is found out.
	Format string
	DryRun bool
	Reason string // empty: "import of FILE"
	// Source names where the files come from; empty: "import". What people set
	// is kept, unless Overwrite is set (C6).
	Source    string
	Overwrite bool
	// Prune also takes away what the files no longer have, within the kinds that
	// occur in them or are named, as long as the same source brought it; not
	// more than PruneLimit percent of a kind or relationship.
	Prune      bool
	PruneKinds []string
	PruneLimit int
	// Match names attributes by which a line finds its record where the key is
	// unknown. The record keeps its key, unless Rename is set.
	Match  []string
	Rename bool
	// Confirm, unless zero, is set as the time at which the items of the files
	// were found to be as the files say (C8), though nothing else of them differs.
	Confirm time.Time
	// History replays lines that say when they were so: each run of equal
	// times is one change set, committed as of that time.
	History bool
	// Show is told each change that a dry run would make, and with Kept each
	// field that stays as a person had set it; MostShown limits either (0: the
	// first 20, below 0: all). Nil functions are not told.
	Show      func(domain.Change) error
	Kept      func(domain.FieldKept) error
	MostShown int
	// Patience is how long a target that cannot be reached is tried again; 0
	// means two minutes.
	Patience time.Duration
	// Progress, when not nil, is told the bytes read and the bytes to read.
	// All files are read more than once.
	Progress func(done, total int64)
}

// Summary tells what a run did, or with a dry run would do.
type Summary struct {
	Counts []bulk.ImportCount `json:"counts"`
	// Held are the changes that were put on hold or released (H6), by key.
	Held []bulk.ImportHold `json:"held,omitempty"`
	// HoldsUnseen counts lines about plans and freezes of which a dry run, which
	// looks at so many together, does not tell what they would hold.
	HoldsUnseen int `json:"holdsUnseen,omitempty"`
	// Falls are the releases whose numbers do not rise, of the units that the files
	// are about (R3).
	Falls []bulk.ImportFall `json:"falls,omitempty"`
	// FallsUnseen counts lines about releases and units of which a dry run, which
	// looks at so many together, does not tell whether their numbers rise.
	FallsUnseen int   `json:"fallsUnseen,omitempty"`
	Revision    int64 `json:"revision"`
	DryRun      bool  `json:"dryRun"`
	// MoreChanges and MoreKept count those that were not shown.
	MoreChanges int `json:"moreChanges"`
	MoreKept    int `json:"moreKept"`
	// Pruned tells what went, nil when nothing was asked to.
	Pruned *Pruned `json:"pruned,omitempty"`
}

// Created is how many records and relationships were created.
func (s Summary) Created() int { return s.sum(func(c bulk.ImportCount) int { return c.Created }) }

// Updated is how many records and relationships were changed.
func (s Summary) Updated() int { return s.sum(func(c bulk.ImportCount) int { return c.Updated }) }

// Unchanged is how many were as the files say already.
func (s Summary) Unchanged() int { return s.sum(func(c bulk.ImportCount) int { return c.Unchanged }) }

// Removed is how many records and relationships were removed.
func (s Summary) Removed() int { return s.sum(func(c bulk.ImportCount) int { return c.Removed }) }

// Kept is how many fields and relationships stayed as a person had set them.
func (s Summary) Kept() int { return s.sum(func(c bulk.ImportCount) int { return c.Kept }) }

// Listed is how many the source lists from now on, as others did before it.
func (s Summary) Listed() int { return s.sum(func(c bulk.ImportCount) int { return c.Listed }) }

// Unlisted is how many the source lists no longer, and others still do.
func (s Summary) Unlisted() int { return s.sum(func(c bulk.ImportCount) int { return c.Unlisted }) }

// Revived is how many records came back that a prune had withdrawn.
func (s Summary) Revived() int { return s.sum(func(c bulk.ImportCount) int { return c.Revived }) }

// Same tells that there was nothing to change.
func (s Summary) Same() bool {
	return s.Created()+s.Updated()+s.Removed()+s.Listed()+s.Unlisted() == 0
}

func (s Summary) sum(of func(bulk.ImportCount) int) (n int) {
	for _, c := range s.Counts {
		n += of(c)
	}
	return n
}

// Run imports the files. When lines are wrong the error is a *Problems and
// nothing was written. When the target fails in the middle the error says how
// far the run got, the Summary what was written, and running again goes on.
func Run(ctx context.Context, to Opener, o Options) (Summary, error) {
	if err := o.check(); err != nil {
		return Summary{}, err
	}
	sources, err := openSources(o.Files, o.Stdin)
	if err != nil {
		return Summary{}, err
	}
	defer closeSources(sources)
	r := &run{options: o, sources: sources}
	if r.reader, err = newReader(o, sources); err != nil {
		return Summary{}, err
	}
	if r.target, err = to.Open(ctx, o.target()); err != nil {
		return Summary{}, err
	}
	if o.History {
		return r.history(ctx)
	}
	if err := r.check(ctx); err != nil {
		return Summary{}, err
	}
	if !o.Prune {
		_, err := r.write(ctx)
		if err == nil {
			err = r.tellFalls(ctx)
		}
		return r.settle(r.summary), err
	}
	sum, err := r.writeAndPrune(ctx)
	return r.settle(sum), err
}

// writeAndPrune finds out first whether the prune would take away too much.
func (r *run) writeAndPrune(ctx context.Context) (Summary, error) {
	p, err := newPruning(r)
	if err != nil {
		return Summary{}, err
	}
	if err := p.check(ctx); err != nil {
		return Summary{}, err
	}
	if sum, err := r.write(ctx); err != nil {
		return sum, err
	}
	r.summary.Pruned = p.sum
	if err := p.write(ctx); err != nil {
		return r.summary, r.cutOff(err)
	}
	return r.summary, r.tellFalls(ctx)
}

// source is the name under which the files are imported.
func (r *run) source() string { return cmp.Or(r.options.Source, domain.SourceImport) }

func (o Options) check() error {
	if len(o.Files) == 0 {
		return errors.New("name the files to import, or - for standard input")
	}
	if o.Prune && (o.PruneLimit < 0 || o.PruneLimit > 100) {
		return fmt.Errorf("the limit of a prune is a percentage from 0 to 100, not %d", o.PruneLimit)
	}
	if o.History && (o.Prune || o.DryRun || len(o.Match) > 0) {
		return errors.New("--history goes without --prune, --match and --dry-run: try a history by importing it into the store sqlite::memory: instead")
	}
	if o.History && !o.Confirm.IsZero() {
		return errors.New("--history goes without --confirm: a history says itself what was when")
	}
	if o.Rename && len(o.attributes()) == 0 {
		return errors.New("--rename goes with --match: name the attributes to match by")
	}
	if !o.Prune && o.PruneKinds != nil {
		return errors.New("--prune-kinds goes with --prune")
	}
	if o.NodeKind != "" && o.EdgeRel != "" {
		return errors.New("the rows of a CSV file are records (--node) or relationships (--edge), not both")
	}
	return nil
}

// confirmed is the time at which items are confirmed, empty for none.
func (o Options) confirmed() string {
	if o.Confirm.IsZero() {
		return ""
	}
	return o.Confirm.UTC().Format(time.RFC3339)
}

// target is what a target must know of the options.
func (o Options) target() bulk.ImportOptions {
	t := bulk.ImportOptions{Reason: o.reason(), DryRun: o.DryRun, Source: o.Source, Overwrite: o.Overwrite}
	if o.MostShown < 0 {
		t.Show = maxShownAtOnce
	}
	return t
}

// mostShown is how many changes are shown.
func (o Options) mostShown() int {
	switch {
	case o.MostShown < 0:
		return math.MaxInt
	case o.MostShown == 0:
		return firstChanges
	}
	return o.MostShown
}

func (o Options) reason() string {
	if o.Reason != "" {
		return o.Reason
	}
	const most = 3
	names := o.Files
	if len(names) > most {
		return fmt.Sprintf("import of %s and %d more files", strings.Join(names[:most], ", "), len(names)-most)
	}
	return "import of " + strings.Join(names, ", ")
}
