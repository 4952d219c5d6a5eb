package importer

import (
	"context"
	"slices"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/rising"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// mostForeseen is how many lines about releases and units a dry run keeps in mind.
const mostForeseen = 100_000

// numbers gathers, in a dry run, what the files say of the numbers of releases: by
// a batch of it alone, nobody can tell whether they rise (R3).
type numbers struct {
	joined map[interchange.Fingerprint]struct{} // items of releases and units
	items  []*interchange.Item
	more   int // lines that were not looked at
}

// join takes note of the items that releases change and units group.
func (n *numbers) join(i *interchange.Item) {
	if !rising.Joins(i) || len(n.joined) == mostForeseen {
		return
	}
	if n.joined == nil {
		n.joined = map[interchange.Fingerprint]struct{}{}
	}
	n.joined[i.To.Fingerprint()] = struct{}{}
}

// keep keeps what items say of numbers.
func (n *numbers) keep(items []*interchange.Item) {
	for _, i := range items {
		_, joined := n.joined[i.End.Fingerprint()]
		switch {
		case !rising.Of(i) && (!joined || i.IsEdge()):
		case len(n.items) < mostForeseen:
			n.items = append(n.items, i)
		default:
			n.more++
		}
	}
}

// tellFalls tells which numbers do not rise (R3), or by a dry run would not.
func (r *run) tellFalls(ctx context.Context) (err error) {
	if r.options.DryRun {
		return r.foreseeFalls(ctx)
	}
	r.summary.Falls, err = retry(ctx, r, func() ([]bulk.ImportFall, error) { return r.target.Falls(ctx) })
	return err
}

// foreseeFalls finds out which numbers would not rise, by all that the files say of
// them. A target takes so many lines together; of units of which it does not get all
// lines at once, it tells nothing.
func (r *run) foreseeFalls(ctx context.Context) error {
	parts, left, err := r.numbers.parts(r.target)
	if err != nil {
		return err
	}
	r.summary.FallsUnseen = left
	for _, part := range parts {
		falls, err := retry(ctx, r, func() ([]bulk.ImportFall, error) { return r.target.Foresee(ctx, part) })
		if err != nil {
			return err
		}
		r.summary.Falls = append(r.summary.Falls, falls...)
	}
	return nil
}

// parts cuts the lines so that all of a unit are in one part, beside those of
// policies, and each part is one that the target takes; and counts the lines that
// are in none.
func (n *numbers) parts(t Target) (parts [][]*interchange.Item, left int, err error) {
	most, bytes := t.Together()
	policies, groups := n.groups()
	size, err := lengthOf(policies)
	if err != nil {
		return nil, 0, err
	}
	most, bytes, left = most-len(policies), bytes-size, n.more
	var part []*interchange.Item
	size = 0
	for _, group := range groups {
		length, err := lengthOf(group)
		switch {
		case err != nil:
			return nil, 0, err
		case len(group) > most || length > bytes:
			left += len(group)
			continue
		case len(part)+len(group) > most || size+length > bytes:
			parts, part, size = append(parts, slices.Concat(policies, part)), nil, 0
		}
		part, size = append(part, group...), size+length
	}
	if len(part) > 0 {
		parts = append(parts, slices.Concat(policies, part))
	}
	return parts, left, nil
}

// lengthOf is how long lines are.
func lengthOf(items []*interchange.Item) (length int, err error) {
	for _, i := range items {
		line, err := i.Line()
		if err != nil {
			return 0, err
		}
		length += len(line)
	}
	return length, nil
}

// groups are the lines about policies, and the others as they hang together by
// their links, in the order of the files.
func (n *numbers) groups() (policies []*interchange.Item, groups [][]*interchange.Item) {
	sets := map[interchange.End]interchange.End{}
	root := func(e interchange.End) interchange.End {
		for sets[e] != (interchange.End{}) {
			e = sets[e]
		}
		return e
	}
	for _, i := range n.items {
		if rising.Joins(i) {
			if from, to := root(i.From), root(i.To); from != to {
				sets[from] = to
			}
		}
	}
	place := map[interchange.End]int{}
	for _, i := range n.items {
		of := i.End
		if i.IsEdge() {
			of = i.From
		}
		if of.Kind == domain.KindReleasePolicy {
			policies = append(policies, i)
			continue
		}
		of = root(of)
		at, known := place[of]
		if !known {
			at = len(groups)
			place[of], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	return policies, groups
}

// Together is what a store takes of lines about numbers at once.
func (local) Together() (items, bytes int) { return mostForeseen, mostForeseen * 1_000 }

// Together is what one request takes.
func (r *remote) Together() (items, bytes int) { return 5_000, remoteBytes }

// Foresee asks the server in a dry run.
func (r *remote) Foresee(ctx context.Context, items []*interchange.Item) ([]bulk.ImportFall, error) {
	lines := make([]string, len(items))
	for n, i := range items {
		line, err := i.Line()
		if err != nil {
			return nil, err
		}
		lines[n] = string(line)
	}
	assume, err := r.assumed(ctx, items)
	if err != nil {
		return nil, err
	}
	done, err := r.send(ctx, lines, assume, nil)
	return done.Falls, err
}
