package resolvers

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/graph/response"
	"releasegraph/internal/app/event"
)

// subscriber is told, change set after change set, what they subscribed to.
type subscriber struct {
	schema   schema
	source   source
	question string // see schema.question
	// answers are those to the change set at hand, of the revision at, left how many of
	// them there are still.
	answers graphql.ResponseHandler
	at      int64
	left    int
}

// subscribe begins a subscription; what it returns is called for each answer.
func (s schema) subscribe(ctx context.Context) graphql.ResponseHandler {
	t := &turn{}
	next := s.ExecutableSchema.Exec(context.WithValue(ctx, turnKey{}, t))
	if t.begun == nil {
		return next // the context has why
	}
	context.AfterFunc(ctx, t.begun.Close)
	response.Begun(ctx, t.begun.At)
	b := &subscriber{schema: s, source: t.begun, answers: told(nil)}
	if s.shared != nil {
		b.question = s.question(ctx)
	}
	return b.next
}

// next waits for the next answer. It is nil when the subscription is over.
func (b *subscriber) next(ctx context.Context) *graphql.Response {
	for ctx.Err() == nil {
		if answer := b.answers(ctx); answer != nil {
			b.left--
			response.Told(ctx, b.behind())
			return answer
		}
		c, err := b.source.Next(ctx)
		if err == nil {
			b.at = c.Revision()
			b.answers, b.left, err = b.answersTo(ctx, c)
		}
		if err != nil {
			if ctx.Err() == nil {
				response.Ended(ctx, err)
			}
			break
		}
	}
	b.source.Close()
	return nil
}

// behind is the revision behind which to go on after the answer at hand: only the last one
// of a change set completes it.
func (b *subscriber) behind() int64 {
	if b.left > 0 {
		return b.at - 1
	}
	return b.at
}

// answersTo are those that the change set has for the subscriber, and how many these are:
// worked out with others, where that can be done, or else one after the other as they are
// taken.
func (b *subscriber) answersTo(ctx context.Context, c event.Committed) (graphql.ResponseHandler, int, error) {
	if b.question == "" {
		return b.own(ctx, c)
	}
	answers, err := b.schema.shared.answers(ctx, b, c)
	if err == nil {
		return told(answers), len(answers), nil
	}
	if errors.Is(err, errPersonal) {
		b.question = "" // and so will the next ones be
	}
	return b.own(ctx, c)
}

// own works out the answers to the change set for this subscriber.
func (b *subscriber) own(ctx context.Context, c event.Committed) (graphql.ResponseHandler, int, error) {
	items, n, err := b.source.items(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	respond := b.schema.ExecutableSchema.Exec(context.WithValue(ctx, turnKey{}, &turn{items: items}))
	if errs := graphql.GetErrors(ctx); len(errs) > 0 {
		return nil, 0, errs
	}
	return func(ctx context.Context) *graphql.Response {
		leave, err := response.TakeTurn(ctx)
		if err != nil {
			return nil // the context has ended
		}
		defer leave()
		return respond(b.schema.app.WithLoads(ctx))
	}, n, nil
}

// told hands over answers that are worked out.
func told(answers [][]byte) graphql.ResponseHandler {
	return func(context.Context) *graphql.Response {
		if len(answers) == 0 {
			return nil
		}
		next := &graphql.Response{Data: answers[0]}
		answers = answers[1:]
		return next
	}
}
