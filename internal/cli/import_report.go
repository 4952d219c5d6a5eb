package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

// importReport prints what an import does: changes as they are told, so that
// any number of them can be listed, then the counts.
type importReport struct {
	out     io.Writer
	paint   painter
	painted io.Writer // what painter made
	json    *jsonList // nil: text
}

func newImportReport(r *running, asJSON bool) *importReport {
	p := &importReport{out: legible(r.Stdout), paint: painter{on: r.Color}, painted: r.Stdout}
	if asJSON {
		p.json = &jsonList{out: r.Stdout}
	}
	return p
}

// change prints a change of a dry run.
func (p *importReport) change(c domain.Change) error {
	if p.json != nil {
		return p.json.add("changes", c)
	}
	_, err := fmt.Fprintln(p.painted, p.paint.change(c))
	return err
}

// kept prints a field that stays as a person had set it.
func (p *importReport) kept(k domain.FieldKept) error {
	if p.json != nil {
		return p.json.keep(k)
	}
	_, err := fmt.Fprintln(p.painted, p.paint.kept(k))
	return err
}

func (p *importReport) finish(sum importer.Summary) error {
	if p.json != nil {
		return p.json.finish(sum)
	}
	if sum.MoreChanges > 0 {
		fmt.Fprintf(p.out, "and %d more changes; --all lists them\n", sum.MoreChanges)
	}
	if sum.MoreKept > 0 {
		fmt.Fprintf(p.out, "and %d more that stay as people had set them; --all lists them\n", sum.MoreKept)
	}
	p.counts(sum)
	p.pruned(sum)
	p.holds(sum)
	p.falls(sum)
	switch {
	case len(sum.Counts) == 0:
		fmt.Fprintln(p.out, "Nothing to change: the files hold no records and no relationships.")
	case sum.Same():
		fmt.Fprintf(p.out, "Nothing to change: all of it is there already, at revision %d.\n", sum.Revision)
	case sum.DryRun:
		fmt.Fprintln(p.out, "Nothing was written.")
	default:
		fmt.Fprintf(p.out, "Revision %d.\n", sum.Revision)
	}
	if n := sum.Kept(); n > 0 {
		fmt.Fprintf(p.out, "What people had set was kept, %d times; --overwrite overwrites it.\n", n)
	}
	return nil
}

func (p *importReport) counts(sum importer.Summary) {
	verb := ""
	if sum.DryRun {
		verb = "would be "
	}
	for _, n := range sum.Counts {
		fmt.Fprintf(p.out, "%-20s %7d %screated %7d %supdated %7d unchanged", n.Name, n.Created, verb, n.Updated, verb, n.Unchanged)
		if n.Removed > 0 {
			fmt.Fprintf(p.out, " %7d %sremoved", n.Removed, verb)
		}
		if n.Kept > 0 {
			fmt.Fprintf(p.out, " %7d kept", n.Kept)
		}
		if n.Revived > 0 {
			fmt.Fprintf(p.out, " %7d %srevived", n.Revived, verb)
		}
		if n.Listed > 0 {
			fmt.Fprintf(p.out, " %7d %slisted by this source, too", n.Listed, verb)
		}
		fmt.Fprintln(p.out)
	}
}

func (p *importReport) pruned(sum importer.Summary) {
	if sum.Pruned == nil {
		return
	}
	verb := ""
	if sum.DryRun {
		verb = "would be "
	}
	fmt.Fprintf(p.out, "Not in the files any more: %d items %swithdrawn, %d other records and %d relationships %sremoved.\n",
		sum.Pruned.Withdrawn, verb, sum.Pruned.Removed, sum.Pruned.Relationships, verb)
	if n := sum.Pruned.Unlisted; n > 0 {
		fmt.Fprintf(p.out, "%d more stay, since other sources list them or people set them.\n", n)
	}
	p.inUse("withdrawn, and still pointed at (C3)", sum.Pruned.StillUsed, sum.Pruned.StillUsedCount)
	p.inUse("not removed, since something points at it", sum.Pruned.Kept, sum.Pruned.KeptCount)
}

// holds tells which changes are held otherwise than before, the first ones by
// key (H6).
func (p *importReport) holds(sum importer.Summary) {
	verb := "are"
	if sum.DryRun {
		verb = "would be"
	}
	for i, one := range sum.Held {
		if i == mostHolds {
			fmt.Fprintf(p.out, "and %d more changes %s put on hold or released; --json lists them\n", len(sum.Held)-i, verb)
			break
		}
		held := "released"
		if len(one.After) > 0 {
			held = "on hold by " + strings.Join(one.After, ", ")
		}
		fmt.Fprintf(p.out, "! ChangeRequest %s %s %s\n", one.ChangeRequest, strings.Replace(verb, "are", "is", 1), held)
	}
	if sum.HoldsUnseen > 0 {
		fmt.Fprintf(p.out, "What %d more lines about plans and freezes would hold is told when they are written.\n", sum.HoldsUnseen)
	}
}

// falls tells which numbers of releases do not rise (R3): the first of those that
// were compared, and how many cannot be read.
func (p *importReport) falls(sum importer.Summary) {
	told, unread, does := 0, 0, "does not rise"
	if sum.DryRun {
		does = "would not rise"
	}
	for _, one := range sum.Falls {
		switch {
		case one.Than == nil:
			if unread++; unread == 1 {
				fmt.Fprintf(p.out, "! Release %s of %s cannot be compared: %s (R3)\n", one.Release, one.Unit, one.Why)
			}
			continue
		case told < mostFalls:
			fmt.Fprintf(p.out, "! Release %s of %s %s after %s: %s (R3)\n", one.Release, one.Unit, does, *one.Than, one.Why)
		}
		told++
	}
	if told > mostFalls {
		fmt.Fprintf(p.out, "and %d more whose numbers do not rise; --json lists them\n", told-mostFalls)
	}
	if unread > 1 {
		fmt.Fprintf(p.out, "and %d more whose numbers their policy cannot read; --json lists them\n", unread-1)
	}
	if sum.FallsUnseen > 0 {
		fmt.Fprintf(p.out, "Whether the numbers of %d more lines about releases rise is told when they are written.\n", sum.FallsUnseen)
	}
}

// mostFalls is how many releases that do not rise are printed.
const mostFalls = 10

// mostHolds is how many changes that are held otherwise are printed.
const mostHolds = 20

func (p *importReport) inUse(what string, list []importer.InUse, count int) {
	for _, one := range list {
		more := ""
		if n := one.Count - len(one.By); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(p.out, "! %s %s: %s: %s%s\n", one.Kind, one.Key, what, strings.Join(one.By, ", "), more)
	}
	if n := count - len(list); n > 0 {
		fmt.Fprintf(p.out, "and %d more %s; --all lists them\n", n, what)
	}
}

// jsonList prints one JSON object with a list that is not held in memory; the
// kept fields are.
type jsonList struct {
	out   io.Writer
	n     int
	kepts []domain.FieldKept
}

func (l *jsonList) add(name string, item any) error {
	before := ","
	if l.n == 0 {
		before = `{"` + name + `":[`
	}
	l.n++
	text, err := json.Marshal(item)
	if err == nil {
		_, err = fmt.Fprintf(l.out, "%s\n%s", before, text)
	}
	return err
}

func (l *jsonList) keep(k domain.FieldKept) error {
	l.kepts = append(l.kepts, k)
	return nil
}

func (l *jsonList) finish(sum importer.Summary) error {
	text, err := json.Marshal(struct {
		importer.Summary
		Kept []domain.FieldKept `json:"kept,omitempty"`
	}{sum, l.kepts})
	if err != nil {
		return err
	}
	rest := string(text)
	if l.n > 0 {
		rest = "\n]," + strings.TrimPrefix(rest, "{")
	}
	_, err = fmt.Fprintln(l.out, rest)
	return err
}
