package importer

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// services finds SERVES that lead from what is no service, before anything is
// written.
type services struct{ given []givenAt }

// classed is the class that a file gives an item, in little room: its place in
// domain.Classes from 1, 0 where it gives none.
type classed uint8

func classOf(item *interchange.Item) classed {
	return classed(slices.Index(domain.Classes, item.Class()) + 1)
}

func (c classed) class() domain.Class { return domain.Classes[c-1] }

// serving is a target that knows the classes of what it stores. Of one that
// does not, what it has is checked while writing.
type serving interface {
	Classes(ctx context.Context, keys []string) (map[string]domain.Class, error)
	Serving(ctx context.Context, yield func(key string)) error
}

func (s *services) add(file string, e *entry) {
	if e.item.Serves() {
		s.given = append(s.given, givenAt{e.item, file, e.line})
	}
}

// settle reports every SERVES whose start is no service by the files, or,
// where they do not say, by the store; and every item that the files take out
// of the class while it serves.
func (s *services) settle(ctx context.Context, r *run) error {
	target, knows := r.target.(serving)
	var ask []givenAt
	for _, link := range s.given {
		if c := r.seen[link.item.From.Fingerprint()].classed; c != 0 {
			link.refuse(r, c.class())
		} else {
			ask = append(ask, link)
		}
	}
	if !knows {
		return nil
	}
	for some := range slices.Chunk(ask, manyKeys) {
		if err := s.askClasses(ctx, r, target, some); err != nil {
			return err
		}
	}
	return r.keepServing(ctx, target)
}

func (s *services) askClasses(ctx context.Context, r *run, target serving, links []givenAt) error {
	keys := make([]string, len(links))
	for i, link := range links {
		keys[i] = link.item.From.Key
	}
	classes, err := retry(ctx, r, func() (map[string]domain.Class, error) { return target.Classes(ctx, keys) })
	if err != nil {
		return err
	}
	for i, link := range links {
		if class, ok := classes[keys[i]]; ok {
			link.refuse(r, class)
		}
	}
	return nil
}

// refuse reports a SERVES that starts at an item of the class, unless that is
// a service.
func (l givenAt) refuse(r *run, class domain.Class) {
	if err := domain.CheckServes(l.item.From.Key, class); err != nil {
		err.Field = "from"
		r.problems.addAll(l.file, l.line, domain.Errors{err})
	}
}

// keepServing reports the items that would stop being services while they
// serve customers.
func (r *run) keepServing(ctx context.Context, target serving) error {
	refused, err := retry(ctx, r, func() (keys []string, err error) {
		err = target.Serving(ctx, func(key string) {
			if c := r.item(key).classed; c != 0 && c.class() != domain.Service {
				keys = append(keys, key)
			}
		})
		return keys, err
	})
	for _, key := range refused {
		at := r.item(key)
		file, line := r.placed(at)
		r.problems.addAll(file, line, domain.Errors{domain.CheckStaysService(key, at.classed.class())})
	}
	return err
}

// item tells where the files give an item.
func (r *run) item(key string) place {
	return r.seen[interchange.End{Kind: domain.KindConfigurationItem, Key: key}.Fingerprint()]
}
