package configuration

import (
	"context"
	"encoding/base64"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// BreachPage is a page of breaches of attribute definitions, by definition and
// then by item.
type BreachPage struct {
	Nodes   []*AttributeBreach
	HasNext bool
	// Total counts all breaches, when it is called.
	Total func(context.Context) (int, error)
}

// AttributeBreach is an item whose attributes breach a definition (C7).
type AttributeBreach struct {
	Item       *domain.ConfigurationItem
	Definition *domain.AttributeDefinition
	Value      *string
	Message    string
	Cursor     string
}

// Breaches lists the items that breach a definition. The items that a
// definition is about and that have the attribute are read a thousand at a
// time until the page is full.
func (q *DataQuality) Breaches(ctx context.Context, first *int, after *string) (*BreachPage, error) {
	limit, err := records.GroupLimit(first)
	if err != nil {
		return nil, err
	}
	definitions, err := q.definitions(ctx)
	if err != nil {
		return nil, err
	}
	if after != nil {
		text, err := base64.RawURLEncoding.DecodeString(*after)
		name, at, ok := strings.Cut(string(text), "\n")
		if err != nil || !ok {
			return nil, refusal.Wrong("after", "is no cursor of a list of breaches")
		}
		for len(definitions) > 0 && definitions[0].Key < name {
			definitions = definitions[1:]
		}
		after = nil
		if len(definitions) > 0 && definitions[0].Key == name {
			after = &at
		}
	}
	page := &BreachPage{Nodes: []*AttributeBreach{}}
	err = q.breaches(ctx, definitions, after, func(b *AttributeBreach) bool {
		if len(page.Nodes) == limit {
			page.HasNext = true
			return false
		}
		page.Nodes = append(page.Nodes, b)
		return true
	})
	items := make([]*domain.ConfigurationItem, len(page.Nodes))
	for i, b := range page.Nodes {
		items[i] = b.Item
	}
	estate.Narrow(ctx, items...)
	page.Total = q.countBreaches
	return page, err
}

// definitions returns those that the caller may see.
func (q *DataQuality) definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	actor := acting.Reader(ctx).Actor
	if d := q.a.estate.Policies.For(actor).Decide(actor, authz.Read, domain.KindAttributeDefinition); !d.Any() {
		return nil, nil
	}
	return q.a.definitions(ctx)
}

func (q *DataQuality) countBreaches(ctx context.Context) (n int, err error) {
	definitions, err := q.definitions(ctx)
	if err != nil {
		return 0, err
	}
	err = q.breaches(ctx, definitions, nil, func(*AttributeBreach) bool { n++; return true })
	return n, err
}

// breaches hands over breaches in order, until it is told to stop. The cursor
// is one within the items of the first definition.
func (q *DataQuality) breaches(ctx context.Context, definitions []*domain.AttributeDefinition, after *string, yield func(*AttributeBreach) bool) error {
	k := entity.KindNamed(domain.KindConfigurationItem)
	own, err := q.a.ParseFilter(ctx, k, q.filter)
	if err != nil {
		return err
	}
	for _, d := range definitions {
		query := store.Query{Kind: k.Name, Filter: suspects(d, own), First: listing.MaxPage}
		if after != nil {
			query.After, after = store.Cursor(*after), nil
		}
		for more := true; more; {
			v := q.a.estate.Today(ctx)
			page, err := v.Find(ctx, query)
			if err != nil {
				return (&listing.Selection{After: query.After}).Explain(err)
			}
			for i, item := range estate.Decoded[*domain.ConfigurationItem](ctx, v, page.Nodes) {
				breach := d.Breach(item.Class, item.Attributes)
				if breach == nil {
					continue
				}
				b := &AttributeBreach{Item: item, Definition: d, Message: breach.Message, Cursor: breachCursor(d, page.Cursors[i])}
				if v, ok := item.Attributes[d.Attribute]; ok {
					b.Value = &v
				}
				if !yield(b) {
					return nil
				}
			}
			if more = page.HasNext; more {
				query.After = page.Cursors[len(page.Cursors)-1]
			}
		}
	}
	return nil
}

// suspects selects the items that can breach a definition: as few as the store
// can tell.
func suspects(d *domain.AttributeDefinition, own store.Filter) store.Filter {
	property := entity.AttributePrefix + d.Attribute
	all := store.And{}
	if own != nil {
		all = append(all, own)
	}
	if len(d.Classes) > 0 {
		all = append(all, store.Compare{Property: "class", Op: store.OneOf, Value: store.AnyOf(d.Classes)})
	}
	if !d.Required {
		all = append(all, store.Not{Filter: store.Compare{Property: property, Op: store.IsNull}})
	}
	if len(d.AllowedValues) > 0 {
		legal := make([]any, len(d.AllowedValues))
		for i, v := range d.AllowedValues {
			legal[i] = v
		}
		all = append(all, store.Not{Filter: store.Compare{Property: property, Op: store.OneOf, Value: legal}})
	}
	return all
}

// breachCursor marks an item among those of a definition.
func breachCursor(d *domain.AttributeDefinition, c store.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(d.Key + "\n" + string(c)))
}
