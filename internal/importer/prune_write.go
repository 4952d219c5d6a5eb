package importer

import (
	"context"
	"slices"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/interchange"
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
		if bulk.CanBeWithdrawn(kind) {
			if err := p.withdraw(ctx, kind); err != nil {
				return err
			}
		}
	}
	for {
		before := len(p.gone)
		p.sum.Kept, p.sum.KeptCount = nil, 0
		for _, kind := range p.kinds {
			if !bulk.CanBeWithdrawn(kind) {
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

// taking gathers items up to the size of a change set, and counts those that
// were changed.
type taking struct {
	p     *pruning
	items []*interchange.Item
	count *int
}

func (t *taking) add(ctx context.Context, items ...*interchange.Item) error {
	t.items = append(t.items, items...)
	if nodes, _ := t.p.run.target.Batch(); len(t.items) < nodes {
		return nil
	}
	return t.flush(ctx)
}

func (t *taking) flush(ctx context.Context) error {
	if len(t.items) == 0 {
		return nil
	}
	r := t.p.run
	done, err := retry(ctx, r, func() (bulk.Imported, error) { return r.target.Write(ctx, t.items) })
	if err != nil {
		return err
	}
	for i := range done.Counts {
		*t.count += done.Counts[i].Updated + done.Counts[i].Removed
		t.p.sum.Unlisted += done.Counts[i].Unlisted
		done.Counts[i].Unchanged = 0 // the files say nothing of these
	}
	t.items = t.items[:0]
	return r.sum(done)
}

// take walks over a kind, and writes what use gives to the taking.
func (p *pruning) take(ctx context.Context, kind string, count *int, use func(t *taking, list []bulk.Held) error) error {
	t := &taking{p: p, count: count}
	if err := p.walk(ctx, kind, func(list []bulk.Held) error { return use(t, list) }); err != nil {
		return err
	}
	return t.flush(ctx)
}

func (p *pruning) removeLinks(ctx context.Context, kind string) error {
	return p.take(ctx, kind, &p.sum.Relationships, func(t *taking, list []bulk.Held) error {
		for _, h := range list {
			for _, l := range h.Links {
				if !p.dropped(l) {
					continue
				}
				l.Item.Unlist = true
				if err := t.add(ctx, l.Item); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// withdraw takes items out of use, and lists what still points at them (C3).
func (p *pruning) withdraw(ctx context.Context, kind string) error {
	return p.take(ctx, kind, &p.sum.Withdrawn, func(t *taking, list []bulk.Held) error {
		var items []*interchange.Item
		var keys []string
		for _, h := range list {
			if !p.lost(kind, h) {
				continue
			}
			item, err := unlisted(kind, h.Key)
			if err != nil {
				return err
			}
			if items = append(items, item); h.Alone(p.run.source()) {
				keys = append(keys, h.Key)
			}
		}
		if err := t.add(ctx, items...); err != nil {
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
	return p.take(ctx, kind, &p.sum.Removed, func(t *taking, list []bulk.Held) error {
		var keys []string
		for _, h := range list {
			end := interchange.End{Kind: kind, Key: h.Key}
			switch {
			case !p.lost(kind, h) || p.gone[end.Fingerprint()]:
			case h.Alone(p.run.source()):
				keys = append(keys, h.Key)
			case !p.left[end.Fingerprint()]:
				p.left[end.Fingerprint()] = true
				item, err := unlisted(kind, h.Key)
				if err != nil {
					return err
				}
				if err := t.add(ctx, item); err != nil {
					return err
				}
			}
		}
		return p.users(ctx, kind, keys, func(used InUse) error {
			if used.Count > 0 {
				p.sum.KeptCount++
				p.sum.Kept = p.list(p.sum.Kept, used)
				return nil
			}
			item, err := unlisted(kind, used.Key)
			if err != nil {
				return err
			}
			p.gone[item.End.Fingerprint()] = true
			return t.add(ctx, item)
		})
	})
}

// unlisted says that the source lists a record no longer.
func unlisted(kind, key string) (*interchange.Item, error) {
	item, errs := interchange.Prepare(interchange.Record{Node: kind, Values: map[string]any{"key": key}, Remove: true, Unlist: true})
	return item, errs.Err()
}

// users tells what points at some records, without what goes: in a dry run it
// is still there.
func (p *pruning) users(ctx context.Context, kind string, keys []string, tell func(InUse) error) error {
	for some := range slices.Chunk(keys, maxAsked) {
		pointers, err := retry(ctx, p.run, func() ([]bulk.Pointers, error) { return p.run.target.Pointing(ctx, kind, some) })
		if err != nil {
			return err
		}
		for _, one := range pointers {
			used := InUse{Kind: kind, Key: one.Key, Count: one.Count}
			for _, l := range one.Links {
				if p.goes(l) || p.gone[l.Item.From.Fingerprint()] {
					used.Count--
				} else if len(used.By) < maxBy {
					used.By = append(used.By, l.Item.Name()+" from "+l.Item.From.String())
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
