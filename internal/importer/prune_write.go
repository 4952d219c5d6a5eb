package importer

import (
	"context"
	"slices"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// maxAsked is about how many records Pointing is asked at once.
const maxAsked = 500

// maxBy is how many names InUse.By has.
const maxBy = 5

// write takes away relationships first, then withdraws items, then removes the
// other records at which nothing points.
func (p *pruning) write(ctx context.Context) error {
	for _, kind := range p.starts() {
		if err := p.removeLinks(ctx, kind); err != nil {
			return err
		}
	}
	for _, kind := range p.kinds {
		if app.CanBeWithdrawn(kind) {
			if err := p.withdraw(ctx, kind); err != nil {
				return err
			}
		}
	}
	for {
		before := len(p.gone)
		p.sum.Kept, p.sum.KeptCount = nil, 0
		for _, kind := range p.kinds {
			if !app.CanBeWithdrawn(kind) {
				if err := p.removeRecords(ctx, kind); err != nil {
					return err
				}
			}
		}
		if len(p.gone) == before { // what went last may have pointed at others
			return nil
		}
	}
}

// put writes some items, and tells how many of them were changed.
func (p *pruning) put(ctx context.Context, items []*app.ImportItem) (changed int, err error) {
	nodes, _ := p.run.target.Batch()
	for some := range slices.Chunk(items, nodes) {
		done, err := retry(ctx, p.run, func() (app.Imported, error) { return p.run.target.Write(ctx, some) })
		if err != nil {
			return changed, err
		}
		for _, c := range done.Counts {
			changed += c.Updated + c.Removed
		}
		for i := range done.Counts {
			done.Counts[i].Unchanged = 0 // the files say nothing of these
		}
		if err := p.run.sum(done); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

func (p *pruning) removeLinks(ctx context.Context, kind string) error {
	return p.walk(ctx, kind, func(list []app.Held) error {
		var items []*app.ImportItem
		for _, h := range list {
			for _, l := range h.Links {
				if p.goes(l) {
					items = append(items, l.Item)
				}
			}
		}
		n, err := p.put(ctx, items)
		p.sum.Relationships += n
		return err
	})
}

// withdraw takes items out of use, and lists what still points at them (C3).
func (p *pruning) withdraw(ctx context.Context, kind string) error {
	return p.walk(ctx, kind, func(list []app.Held) error {
		var items []*app.ImportItem
		var keys []string
		for _, h := range list {
			if p.lost(kind, h) {
				item, errs := app.PrepareImport(app.ImportRecord{Node: kind, Values: map[string]any{"key": h.Key, "status": string(domain.ItemWithdrawn)}})
				if len(errs) > 0 {
					return errs.Err()
				}
				items, keys = append(items, item), append(keys, h.Key)
			}
		}
		n, err := p.put(ctx, items)
		p.sum.Withdrawn += n
		if err != nil {
			return err
		}
		return p.users(ctx, kind, keys, func(used InUse) error {
			if used.Count > 0 {
				p.sum.StillUsedCount++
				p.sum.StillUsed = p.list(p.sum.StillUsed, used)
			}
			return nil
		})
	})
}

// removeRecords removes what nothing points at, and lists the others.
func (p *pruning) removeRecords(ctx context.Context, kind string) error {
	return p.walk(ctx, kind, func(list []app.Held) error {
		var keys []string
		for _, h := range list {
			if p.lost(kind, h) && !p.gone[app.ImportEnd{Kind: kind, Key: h.Key}.Fingerprint()] {
				keys = append(keys, h.Key)
			}
		}
		var items []*app.ImportItem
		err := p.users(ctx, kind, keys, func(used InUse) error {
			if used.Count > 0 {
				p.sum.KeptCount++
				p.sum.Kept = p.list(p.sum.Kept, used)
				return nil
			}
			item, errs := app.PrepareImport(app.ImportRecord{Node: kind, Values: map[string]any{"key": used.Key}, Remove: true})
			items = append(items, item)
			return errs.Err()
		})
		if err != nil {
			return err
		}
		n, err := p.put(ctx, items)
		p.sum.Removed += n
		for _, item := range items {
			p.gone[item.End().Fingerprint()] = true
		}
		return err
	})
}

// users tells what points at some records, without what goes: in a dry run it
// is still there.
func (p *pruning) users(ctx context.Context, kind string, keys []string, tell func(InUse) error) error {
	for some := range slices.Chunk(keys, maxAsked) {
		pointers, err := retry(ctx, p.run, func() ([]app.Pointers, error) { return p.run.target.Pointing(ctx, kind, some) })
		if err != nil {
			return err
		}
		for _, one := range pointers {
			used := InUse{Kind: kind, Key: one.Key, Count: one.Count}
			for _, l := range one.Links {
				if p.goes(l) || p.gone[l.Item.From().Fingerprint()] {
					used.Count--
				} else if len(used.By) < maxBy {
					used.By = append(used.By, l.Item.Name()+" from "+l.Item.From().String())
				}
			}
			if err := tell(used); err != nil {
				return err
			}
		}
	}
	return nil
}

// list adds to a list of the first ones, or of all.
func (p *pruning) list(all []InUse, one InUse) []InUse {
	if len(all) < p.run.options.mostShown() {
		return append(all, one)
	}
	return all
}
