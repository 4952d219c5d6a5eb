package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Consequence adds to a change set what follows from it, whoever makes it and by
// whatever means.
type Consequence struct {
	Name string
	// Owns lists the fields that it may write: "ChangeRequest.heldBy".
	Owns  []string
	Minds Interest
	// Binds are the means from which it follows.
	Binds Means
	// Follow looks at the estate as it would be, and adds by Proposal.Change.
	// Following its own result it adds nothing. The proposal has only what it
	// minds.
	Follow func(context.Context, *Proposal) error
}

// rounds is how often consequences follow from one another.
const rounds = 4

// consequent adds all that follows from what is proposed, until nothing more does.
func (a *App) consequent(ctx context.Context, p *Proposal) error {
	defer func() { p.following = nil }()
	for range rounds {
		before := p.writes
		for i := range a.consequences {
			c := &a.consequences[i]
			p.Records, p.Links = p.draft.records, p.draft.links // with what was added
			minded := p.minded(c.Minds, c.Binds)
			if len(minded.Records)+len(minded.Links) == 0 {
				continue
			}
			p.following = c
			if err := c.Follow(ctx, minded); err != nil {
				return err
			}
		}
		if p.writes == before {
			return nil
		}
	}
	names := make([]string, len(a.consequences))
	for i := range a.consequences {
		names[i] = a.consequences[i].Name
	}
	return fmt.Errorf("consequences do not come to rest after %d rounds: %s", rounds, strings.Join(names, ", "))
}

// owned refuses that a consequence writes what it does not own.
func (p *Proposal) owned(k *entity.Kind, set store.Props) error {
	if p.following == nil {
		return nil
	}
	for name := range set {
		if !slices.Contains(p.following.Owns, k.Name+"."+name) {
			return fmt.Errorf("the consequence %q does not own %s.%s", p.following.Name, k.Name, name)
		}
	}
	return nil
}

// Tell adds to what the answer of the use case can tell.
func (p *Proposal) Tell(what any) { p.told = append(p.told, what) }

// told picks what consequences told of one type.
func told[T any](all []any) (list []T) {
	for _, one := range all {
		if t, ok := one.(T); ok {
			list = append(list, t)
		}
	}
	return list
}

// Would is the change set as it would be, previewed.
func (p *Proposal) Would(ctx context.Context) (store.Change, error) {
	return p.app.store.Preview(ctx, store.Changeset{
		Ops: slices.Concat(p.supposed, p.draft.ops), Guards: p.draft.guards, Actor: actorName(ctx), At: p.app.clock(),
	})
}
