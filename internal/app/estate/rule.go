package estate

import (
	"context"
	"slices"

	"releasegraph/internal/entity"
)

// Means is a way in which something comes to be written. A rule says which of
// them it binds.
type Means uint8

// The means.
const (
	// ByMutation is what can be done with any kind: create, update, remove,
	// connect and disconnect.
	ByMutation Means = 1 << iota
	// ByVerb is what an area's own mutations do, which decide by what the area
	// knows.
	ByVerb
	// ByImport is a line of an import.
	ByImport
	// ByReplay is a line of a history that is told again as it was.
	ByReplay
)

// Interest is what a rule or a consequence minds: records of some kinds, and
// links of some relationships.
type Interest struct{ Kinds, Rels []string }

// Rule refuses what must not be. It sees what was decided, typed, whoever decided
// it.
type Rule struct {
	Name  string // of the domain: "H3", "SERVES"
	Binds Means
	Minds Interest
	// Check refuses what breaks the rule, by Proposal.Refuse, and adds guards
	// that hold what it relied on. The error is one of the store. The proposal
	// has only what the rule minds, by the means that it binds.
	Check func(context.Context, *Proposal) error
}

// Ask puts what is proposed to all the rules, and returns all that they refuse.
func (a *Estate) Ask(ctx context.Context, p *Proposal) error {
	for i := range a.Rules {
		r := &a.Rules[i]
		minded := p.minded(r.Minds, r.Binds)
		if minded == nil {
			continue
		}
		if err := r.Check(ctx, minded); err != nil {
			return err
		}
	}
	return nil
}

// minded returns the part of a proposal that somebody minds, nil where they mind
// none of it.
func (p *Proposal) minded(i Interest, by Means) *Proposal {
	var records []*RecordChange
	var links []*LinkChange
	for _, c := range p.Records {
		if c.By&by != 0 && slices.Contains(i.Kinds, entity.KindOf(c.Record()).Name) {
			records = append(records, c)
		}
	}
	for _, l := range p.Links {
		if l.By&by != 0 && slices.Contains(i.Rels, l.Rel.Name) {
			links = append(links, l)
		}
	}
	if len(records)+len(links) == 0 {
		return nil
	}
	return &Proposal{records, links, p.proposing}
}
