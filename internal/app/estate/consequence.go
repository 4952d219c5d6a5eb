package estate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
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

// Consequent adds all that follows from what is proposed, until nothing more does.
func (a *Estate) Consequent(ctx context.Context, p *Proposal) error {
	defer func() { p.following = nil }()
	for range rounds {
		before := p.writes
		for i := range a.Consequences {
			c := &a.Consequences[i]
			p.Records, p.Links = p.Draft.records, p.Draft.Links // with what was added
			minded := p.minded(c.Minds, c.Binds)
			if minded == nil {
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
	names := make([]string, len(a.Consequences))
	for i := range a.Consequences {
		names[i] = a.Consequences[i].Name
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
func (p *Proposal) Tell(what any) { p.Told = append(p.Told, what) }

// Would returns the change set as it would be, previewed.
func (p *Proposal) Would(ctx context.Context) (store.Change, error) {
	return p.app.Store.Preview(ctx, store.Changeset{
		Ops: slices.Concat(p.Supposed, p.Draft.Ops), Guards: p.Draft.Guards, Actor: acting.Name(ctx), At: p.app.Clock(),
	})
}
