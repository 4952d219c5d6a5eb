package change

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// FromModel asks for a change by a model.
type FromModel struct {
	Model         domain.Ref
	Key, Name     string
	Items, Sites  []*domain.Ref
	Description   *string
	Justification *string
	Assignee      *string
	PlannedFrom   *time.Time
	PlannedTo     *time.Time
}

// RequestStandardChange turns one request into an authorised change, by a model
// that was approved beforehand: no board sits (H1, H7).
func (a *Area) RequestStandardChange(ctx context.Context, in FromModel, o *domain.WriteOptions) (*estate.Written, error) {
	return a.fromModel(ctx, authz.Submit, "standard", in, o, func(f *changeFacts) error {
		f.Request.Type = domain.StandardChange
		es := f.CheckMove(domain.SubmitChange, domain.ChangeAuthorised)
		if len(es) == 0 {
			f.Request.Move(domain.ChangeAuthorised, a.estate.Clock())
		}
		return fromModelFields(f.Model, es).Err()
	})
}

// DraftChangeFromModel writes a draft that the model fills, to be reviewed as
// any other.
func (a *Area) DraftChangeFromModel(ctx context.Context, in FromModel, o *domain.WriteOptions) (*estate.Written, error) {
	return a.fromModel(ctx, authz.Create, "draft", in, o, func(*changeFacts) error { return nil })
}

func (a *Area) fromModel(ctx context.Context, action authz.Action, verb string, in FromModel, o *domain.WriteOptions, do func(*changeFacts) error) (*estate.Written, error) {
	m := estate.Mutation{Action: action, Kind: domain.KindChangeRequest, Options: o, Input: []any{verb, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		f, sites, err := a.filled(ctx, k, in)
		if err != nil {
			return nil, nil, err
		}
		if err := do(f); err != nil {
			return nil, nil, err
		}
		c := f.Request
		d, _ := a.estate.Creating(c)
		d.Guards, d.Known = f.guards, append(d.Known, f.Model)
		d.Join(domain.RelFollows, c, store.ID(f.Model.ID))
		for _, item := range f.Items {
			d.Join(domain.RelAffects, c, store.ID(item.ID))
		}
		d.Join(domain.RelTakesPlaceAt, c, sites...)
		return d, c, nil
	})
}

// filled returns the request as the model fills it, and the sites where it will
// take place.
func (a *Area) filled(ctx context.Context, k *entity.Kind, in FromModel) (*changeFacts, []store.ID, error) {
	var model store.Node
	r := &estate.Refs{View: a.estate.Today(ctx)}
	r.Want(domain.KindChangeModel, in.Model, "input.model", &model)
	items := r.WantAll(domain.KindConfigurationItem, in.Items, "input.items")
	sites := r.WantAll(domain.KindSite, in.Sites, "input.sites")
	refsErr := r.Resolve(ctx)
	made, newErr := k.New(map[string]any{"key": in.Key, "name": in.Name}, "input")
	if err := refusal.Both(newErr, refsErr); err != nil {
		return nil, nil, err
	}
	c := made.(*domain.ChangeRequest)
	c.Sources = domain.BroughtBy(domain.SourceAPI)
	c.Description, c.Justification, c.Assignee, c.PlannedFrom, c.PlannedTo = in.Description, in.Justification, in.Assignee, in.PlannedFrom, in.PlannedTo
	who := acting.Doer(ctx)
	c.Requester, c.RequesterIdentities = &who.Name, who.Identities
	f := &changeFacts{ChangeFacts: domain.ChangeFacts{Request: c, Model: estate.Decoded[*domain.ChangeModel](ctx, r.View, []store.Node{model})[0]}}
	c.Priority = ""
	f.Model.Fill(c)
	if c.Priority == "" {
		c.Priority = domain.PriorityMedium
	}
	f.guard(f.Model)
	for _, item := range estate.Decoded[*domain.ConfigurationItem](ctx, r.View, distinctNodes(items)) {
		f.Items = append(f.Items, item)
		f.guard(item)
	}
	es := c.Check()
	for _, e := range es {
		e.Field = joined("input", e.Field)
	}
	return f, store.DistinctIDs(sites), es.Err()
}

func distinctNodes(nodes []store.Node) (list []store.Node) {
	seen := map[store.ID]bool{}
	for _, n := range nodes {
		if !seen[n.ID] {
			seen[n.ID] = true
			list = append(list, n)
		}
	}
	return list
}

// fromModelFields places errors in the input: at the field that says what is wrong, or at
// the model, from which comes what the input does not say. If a model that is approved
// beforehand does not fit the items, the error stands at the items.
func fromModelFields(m *domain.ChangeModel, es domain.Errors) domain.Errors {
	for _, e := range es {
		switch field := e.Details["field"]; field {
		case "justification", "plannedTo":
			e.Field = fmt.Sprintf("input.%s", field)
		case "affects":
			e.Field = "input.items"
		default:
			e.Field = "input.model"
			if m.Preauthorised && e.Details["missing"] == string(domain.NeedModel) {
				e.Field = "input.items"
			}
		}
	}
	return es
}
