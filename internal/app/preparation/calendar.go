package preparation

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/preparation"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// AnswerCalendar is an answer to the calendar of a release, for a party or for a
// site.
type AnswerCalendar struct {
	Release domain.Ref
	Party   *domain.Ref
	Site    *domain.Ref
	Verdict domain.CalendarVerdict
	Comment *string
}

// AnswerReleaseCalendar says whether the calendar of a release suits a party that
// supports what it holds, or a site where that is installed (R13). Answers stay on
// record; the last one of each counts.
func (a *Area) AnswerReleaseCalendar(ctx context.Context, in AnswerCalendar, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: answers, Kind: domain.KindRelease, Options: o, Input: []any{"answerCalendar", in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		found, err := a.estate.Target(ctx, answers, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		if e := domain.CheckCalendarAsked(r); e != nil {
			return nil, nil, e
		}
		of, err := a.answering(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		asked, err := a.asked(ctx, a.estate.Everything(), r)
		if err != nil {
			return nil, nil, err
		}
		if id := store.ID(of.Meta().ID); !slices.ContainsFunc(asked, func(n store.Node) bool { return n.ID == id }) {
			return nil, nil, domain.Breaks("R13", answeringField(in), "%s is not asked: it neither supports what %s holds, nor is any of it installed there", of.Meta().Key, r.Key)
		}
		return a.answer(ctx, r, of, in)
	})
}

func answeringField(in AnswerCalendar) string {
	if in.Site != nil {
		return "input.site"
	}
	return "input.party"
}

// answering is the party or the site for which is answered, if whoever asks may
// answer for it.
func (a *Area) answering(ctx context.Context, in AnswerCalendar) (entity.Record, error) {
	kind, ref := domain.KindParty, in.Party
	if in.Site != nil {
		kind, ref = domain.KindSite, in.Site
	}
	if (in.Party == nil) == (in.Site == nil) {
		return nil, &domain.Error{Code: domain.Invalid, Field: "input", Message: "give either party or site"}
	}
	of, err := a.estate.Existing(ctx, entity.KindNamed(kind), *ref, answeringField(in))
	if err != nil {
		return nil, err
	}
	actor := acting.Actor(ctx)
	var legal string
	switch of := of.(type) {
	case *domain.Site:
		legal = domain.CheckAnswersForSite(actor, of)
	case *domain.Party:
		legal = domain.CheckAnswersForParty(actor, of)
	}
	if legal != "" {
		return nil, &domain.Error{Code: domain.Forbidden, Rule: "R13", Field: answeringField(in), Message: fmt.Sprintf("%s does not answer for %s: %s does", actor.Name, of.Meta().Key, legal)}
	}
	return of, nil
}

// answer writes an answer.
func (a *Area) answer(ctx context.Context, r *domain.Release, of entity.Record, in AnswerCalendar) (*estate.Draft, entity.Record, error) {
	ordinal, err := a.answersTo(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	key, err := a.records.FreeKey(ctx, domain.KindCalendarAnswer, r.Key, "answer", ordinal+1)
	if err != nil {
		return nil, nil, err
	}
	answer := &domain.CalendarAnswer{
		Verdict: in.Verdict, Comment: in.Comment, AnsweredBy: acting.Name(ctx), AnsweredAt: a.estate.Clock(), PlannedFrom: *r.PlannedFrom, PlannedTo: *r.PlannedTo,
	}
	answer.Key, answer.Name, answer.Sources = key, string(in.Verdict)+" for "+of.Meta().Key, domain.BroughtBy(domain.SourceAPI)
	if es := answer.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	d, _ := a.estate.Creating(answer)
	d.Known = append(d.Known, r, of)
	d.Hold(r)
	d.Join(domain.RelAnswers, answer, store.ID(r.ID))
	d.Join(domain.RelAnsweredFor, answer, store.ID(of.Meta().ID))
	return d, answer, nil
}

// answersTo counts the answers to the calendars of a release.
func (a *Area) answersTo(ctx context.Context, r *domain.Release) (int, error) {
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: domain.RelAnswers, Direction: store.In})
	if err != nil {
		return 0, refusal.OfStore(err)
	}
	return int(counts[0]), nil
}

// asked are the parties that support what a release holds, and the sites where that
// is installed, each once, by kind and key.
func (a *Area) asked(ctx context.Context, v estate.View, r *domain.Release) (list []store.Node, err error) {
	standing, err := a.releases.Standing(ctx, v, r)
	if err != nil {
		return nil, err
	}
	return a.askedOf(ctx, v, standing.Items)
}

func (a *Area) askedOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (list []store.Node, err error) {
	ids := make([]store.ID, len(items))
	for i, item := range items {
		ids[i] = store.ID(item.ID)
	}
	for _, far := range []struct{ rel, kind string }{{domain.RelSupportedBy, domain.KindParty}, {domain.RelInstalledAt, domain.KindSite}} {
		nodes, err := v.Far(ctx, ids, far.rel, store.Out, far.kind)
		if err != nil {
			return nil, err
		}
		known := map[store.ID]bool{}
		for _, id := range ids {
			for _, n := range nodes[id] {
				if !known[n.ID] {
					known[n.ID] = true
					list = append(list, n)
				}
			}
		}
	}
	return list, nil
}

// CalendarAsk is who is asked whether a calendar suits them, with the last answer.
type CalendarAsk struct {
	Party  *domain.Party
	Site   *domain.Site
	Answer *domain.CalendarAnswer
	// Stands says that the answer is about the calendar as it is.
	Stands bool
}

// CalendarAsked tells who is asked whether a release's calendar suits them, and
// what each said (R13): as far as the reader may see it.
func (a *Area) CalendarAsked(ctx context.Context, r *domain.Release) ([]*CalendarAsk, error) {
	v := a.estate.CohortOf(ctx, r).View
	if r.PlannedFrom == nil || r.PlannedTo == nil {
		return []*CalendarAsk{}, nil
	}
	answered, of, err := a.answered(ctx, v, r)
	if err != nil {
		return nil, err
	}
	list := make([]*CalendarAsk, len(answered))
	for i, one := range answered {
		list[i] = &CalendarAsk{Answer: one.Answer, Stands: one.Stands}
		switch record := of[one.Asked].(type) {
		case *domain.Party:
			list[i].Party = record
		case *domain.Site:
			list[i].Site = record
		}
	}
	return list, nil
}

// CalendarLacks is the need CALENDAR_ACCEPTED of a release that has a calendar, of items
// that it holds (R13).
func (a *Area) CalendarLacks(ctx context.Context, v estate.View, r *domain.Release, items []*domain.ConfigurationItem) ([]plan.Lack, error) {
	if r.PlannedFrom == nil || r.PlannedTo == nil {
		return nil, nil
	}
	nodes, err := a.askedOf(ctx, v, items)
	if err != nil {
		return nil, err
	}
	answered, _, err := a.answersOf(ctx, v, r, nodes)
	return preparation.CalendarAccepted(answered), err
}

// answered puts to each who is asked what they answered.
func (a *Area) answered(ctx context.Context, v estate.View, r *domain.Release) ([]preparation.Answered, map[preparation.Asked]entity.Record, error) {
	nodes, err := a.asked(ctx, v, r)
	if err != nil {
		return nil, nil, err
	}
	return a.answersOf(ctx, v, r, nodes)
}

// answersOf puts to each of those who are asked what they answered.
func (a *Area) answersOf(ctx context.Context, v estate.View, r *domain.Release, nodes []store.Node) ([]preparation.Answered, map[preparation.Asked]entity.Record, error) {
	of := map[preparation.Asked]entity.Record{}
	var asked []preparation.Asked
	for _, record := range estate.Decoded[entity.Record](ctx, v, nodes) {
		one := preparation.Asked{Kind: entity.KindOf(record).Name, Key: record.Meta().Key}
		asked, of[one] = append(asked, one), record
	}
	id := store.ID(r.ID)
	answers, err := estate.Linked[*domain.CalendarAnswer](ctx, v, []store.ID{id}, domain.RelAnswers, store.In)
	if err != nil {
		return nil, nil, err
	}
	by := map[preparation.Asked][]*domain.CalendarAnswer{}
	for _, kind := range []string{domain.KindParty, domain.KindSite} {
		var ids []store.ID
		for _, answer := range answers[id] {
			ids = append(ids, store.ID(answer.ID))
		}
		far, err := v.Far(ctx, ids, domain.RelAnsweredFor, store.Out, kind)
		if err != nil {
			return nil, nil, err
		}
		for _, answer := range answers[id] {
			for _, n := range far[store.ID(answer.ID)] {
				one := preparation.Asked{Kind: kind, Key: n.Props.Text("key")}
				by[one] = append(by[one], answer)
			}
		}
	}
	return preparation.Answers(asked, by, *r.PlannedFrom, *r.PlannedTo), of, nil
}
