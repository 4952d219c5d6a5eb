package importer

import (
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// firstChanges is how many changes of a dry run are shown unless more are
// asked for.
const firstChanges = 20

// maxShownAtOnce is how many changes one Write tells, when all are shown.
const maxShownAtOnce = 5_000

// shown counts what was shown.
type shown struct{ changes, kept int }

// sum adds what a batch did to the summary, and shows it.
func (r *run) sum(done bulk.Imported) error {
	r.summary.add(done)
	r.holds.add(done.Held)
	if r.options.DryRun {
		changes := 0
		for _, c := range done.Counts {
			changes += c.Created + c.Updated + c.Removed
		}
		n, err := show(done.Changes, r.options.Show, r.options.mostShown()-r.shown.changes)
		r.shown.changes += n
		r.summary.MoreChanges += max(0, changes-n)
		if err != nil {
			return err
		}
	}
	kept := 0
	for _, c := range done.Counts {
		kept += c.Kept
	}
	n, err := show(done.Kept, r.options.Kept, r.options.mostShown()-r.shown.kept)
	r.shown.kept += n
	r.summary.MoreKept += max(0, kept-n)
	return err
}

// show hands over the first ones, and tells how many these were.
func show[T domain.Change | domain.FieldKept](list []T, to func(T) error, most int) (int, error) {
	if to == nil {
		return 0, nil
	}
	list = list[:min(len(list), most)]
	for _, one := range list {
		if err := to(one); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
