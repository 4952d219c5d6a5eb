package media

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/seat"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// Going is an item that a planned release holds, whether the release adds it, and
// where it is installed now.
type Going struct {
	Item *domain.ConfigurationItem
	Adds bool
	At   []*domain.Site
}

// PlannedUse is how a licence is used, and what planned releases are going to add:
// Over is with that.
type PlannedUse struct {
	Used, Adds, Over int
	// Sites are those where something is going to count for it.
	Sites []*domain.Site
}

// PlannedUse counts the seats that a licence has, and that some releases are going
// to take (L3).
func (a *Area) PlannedUse(ctx context.Context, v estate.View, l *domain.Licence, releases ...[]Going) (*PlannedUse, error) {
	c := counter{a}
	p := &planning{name: siteKey, sites: map[string]*domain.Site{}}
	var out *PlannedUse
	count := func(s *library.Seats) error {
		planned, err := s.Planned(ctx, l.Key, a.estate.Clock(), library.Installs(p.going(releases)...))
		out = &PlannedUse{Used: planned.Used, Adds: planned.Adds, Over: planned.Over, Sites: []*domain.Site{}}
		for _, site := range planned.At {
			out.Sites = append(out.Sites, p.sites[site])
		}
		slices.SortFunc(out.Sites, func(x, y *domain.Site) int { return cmp.Compare(x.Key, y.Key) })
		return err
	}
	if keeps(v) {
		p.name = seatID
		err := c.kept(ctx, count)
		return out, err
	}
	r, err := c.readUse(ctx, v, l)
	if err != nil {
		return nil, err
	}
	for _, held := range releases {
		for _, g := range held {
			for _, s := range g.At {
				r.know(s)
			}
		}
	}
	err = count(r.seats)
	return out, err
}

// planning names what releases are going to install as the seats are kept.
type planning struct {
	name  func(*domain.Record) string
	sites map[string]*domain.Site
}

func siteKey(r *domain.Record) string { return r.Key }

func seatID(r *domain.Record) string { return seat.Short(store.ID(r.ID)) }

func (p *planning) going(releases [][]Going) [][]library.Going {
	list := make([][]library.Going, len(releases))
	for i, held := range releases {
		for _, g := range held {
			one := library.Going{Item: p.name(g.Item.Meta()), Adds: g.Adds}
			for _, s := range g.At {
				site := p.name(s.Meta())
				p.sites[site] = s
				one.At = append(one.At, site)
			}
			list[i] = append(list[i], one)
		}
	}
	return list
}
