package configuration

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// itemsOnly are the records that most rules of the configuration mind.
var itemsOnly = []string{domain.KindConfigurationItem}

// Rules returns the rules of items and of what defines their attributes.
func (a *Area) Rules() []estate.Rule {
	bonded := make([]string, len(bonds))
	for i, b := range bonds {
		bonded[i] = b.rel
	}
	return []estate.Rule{
		{Name: "C7 attributes", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: itemsOnly}, Check: a.attributesDefined},
		{Name: "C7 definitions agree", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: []string{domain.KindAttributeDefinition}}, Check: a.definitionsAgree},
		{Name: "SERVES a service", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Rels: bonded}, Check: onlyServices},
		{Name: "SERVES as long as it is one", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: itemsOnly}, Check: a.staysService},
	}
}

// defined returns the definitions as they are when a mutation is decided or an
// import begins: one that is written at the same time counts as written later.
func (a *Area) defined(ctx context.Context, p *estate.Proposal) ([]*domain.AttributeDefinition, error) {
	kept, err := p.Memory("C7", func() (any, error) { return a.definitions(ctx) })
	if err != nil {
		return nil, err
	}
	return kept.([]*domain.AttributeDefinition), nil
}

// attributesDefined refuses attributes that the definitions find something wrong
// with. An edit that touches neither class nor attributes is none of their
// business: what they found wrong before stays as it is, and dataQuality lists
// it.
func (a *Area) attributesDefined(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if c.Gone() || !c.Touches("class", "attributes") {
			continue
		}
		definitions, err := a.defined(ctx, p)
		if err != nil {
			return err
		}
		item := c.After.(*domain.ConfigurationItem)
		p.Refuse(c, domain.CheckAttributes(definitions, item.Class, item.Attributes)...)
	}
	return nil
}

// defining are the definitions as they will be, with those that an import brings.
type defining struct{ list []*domain.AttributeDefinition }

// definitionsAgree refuses a definition that contradicts another, of the store or
// of the import.
func (a *Area) definitionsAgree(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if c.Gone() || !c.Touches("attribute", "classes", "type", "allowedValues") {
			continue
		}
		kept, err := p.Memory("C7 definitions", func() (any, error) {
			list, err := a.definitions(ctx)
			return &defining{list}, err
		})
		if err != nil {
			return err
		}
		all := kept.(*defining)
		d := c.After.(*domain.AttributeDefinition)
		var others []*domain.AttributeDefinition
		for _, o := range all.list {
			if o.Key != d.Key && (o.ID == "" || o.ID != d.ID) {
				others = append(others, o)
			}
		}
		p.Refuse(c, domain.CheckDefinition(d, others)...)
		all.list = append(others, d)
	}
	return nil
}

// onlyServices refuses anything but a service at the end of a relationship where
// one has to be. Guards hold the items as they were seen.
func onlyServices(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		b := bondOf(l.Rel.Name)
		end, field := l.From, "from"
		if b.side == store.In {
			end, field = l.To, "to"
		}
		item, ok := end.(*domain.ConfigurationItem)
		if l.Goes || !ok { // or one that a dry run would have created: it was checked before
			continue
		}
		if err := b.joins(item.Key, item.Class); err != nil {
			err.Field = field
			p.Refuse(l, err)
			continue
		}
		if item.Version > 0 {
			p.Keep(item)
		}
	}
	return nil
}

// staysService refuses another class to a service that has customers, or that
// windows or freezes name. Guards hold that it has and they do not.
func (a *Area) staysService(ctx context.Context, p *estate.Proposal) error {
	var demoted []*estate.RecordChange
	var ids []store.ID
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.ConfigurationItem)
		now, is := c.After.(*domain.ConfigurationItem)
		if ok && is && was.Class == domain.Service && now.Class != domain.Service {
			demoted, ids = append(demoted, c), append(ids, store.ID(was.ID))
		}
	}
	if len(demoted) == 0 {
		return nil
	}
	for _, b := range bonds {
		joined, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: b.rel, Direction: b.side})
		if err != nil {
			return refusal.OfStore(err)
		}
		for i, c := range demoted {
			if joined[i] == 0 {
				p.Guard(store.NoEdges{ID: ids[i], Rel: b.rel, Direction: b.side})
				continue
			}
			now := c.After.(*domain.ConfigurationItem)
			err := b.leaves(c.Before.Meta().Key, now.Class)
			err.Field = "class"
			p.Refuse(c, err)
		}
	}
	return nil
}
