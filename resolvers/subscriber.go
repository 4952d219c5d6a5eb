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
	position *response.Position
	question string // see schema.question
	// shared are the answers to the change set at hand that were worked out for all who
	// ask the same, or else own works them out. The change set has the revision at, and
	// left is how many of them are to be told still.
	shared [][]byte
	own    graphql.ResponseHandler
	at     int64
	left   int
	// taken is a change set that was come to, and whose answers are not there yet.
	taken *event.Committed
	// alone is a change set whose answers were not to be shared, and are to be worked out.
	alone *event.Committed
	over  bool
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
	b := &subscriber{schema: s, source: t.begun, position: response.PositionOf(ctx)}
	if s.shared != nil {
		b.question = s.question(ctx)
	}
	response.Feeds(ctx, b)
	return b.next
}

// next waits for the next answer. It is nil when the subscription is over.
func (b *subscriber) next(ctx context.Context) *graphql.Response {
	for !b.over {
		if data := b.Shared(); data != nil {
			return &graphql.Response{Data: data}
		}
		if answer := b.ofOwn(ctx); answer != nil {
			return answer
		}
		if b.Await(ctx); b.alone != nil {
			b.workOut(ctx)
		}
	}
	b.source.Close()
	return nil
}

// Await implements response.Source.
func (b *subscriber) Await(ctx context.Context) {
	for b.left <= 0 && b.alone == nil && !b.over {
		if b.taken == nil {
			c, err := b.source.Next(ctx)
			if err != nil {
				b.end(ctx, err)
				return
			}
			b.taken = &c
		}
		b.answer(ctx)
	}
}

// answer has the change set that was taken answered for all who ask the same, or notes that
// it is to be for this subscriber alone.
func (b *subscriber) answer(ctx context.Context) {
	c := b.taken
	b.taken = nil
	if b.question == "" {
		b.begin(*c, nil)
		b.alone = c
		return
	}
	answers, err := b.schema.shared.answers(ctx, b, *c)
	b.begin(*c, answers)
	if err == nil {
		return
	}
	if errors.Is(err, errPersonal) {
		b.question = "" // and so will the next ones be
	}
	b.alone = c // and errors are met again there
}

// begin begins with a change set, and the answers to it where these are shared.
func (b *subscriber) begin(c event.Committed, answers [][]byte) {
	b.at, b.own, b.shared, b.left = c.Revision(), nil, answers, len(answers)
}

// Ready implements response.Source.
func (b *subscriber) Ready(ctx context.Context) bool {
	for b.left <= 0 && b.alone == nil && !b.over && b.question != "" {
		if b.taken == nil {
			c, is, err := b.source.Ready(ctx)
			if err != nil {
				b.end(ctx, err)
			}
			if !is || err != nil {
				return false
			}
			b.taken = &c
		}
		answers, ok := b.schema.shared.known(ctx, b, *b.taken)
		if !ok {
			return false
		}
		b.begin(*b.taken, answers)
		b.taken = nil
	}
	return len(b.shared) > 0
}

// Shared implements response.Source.
func (b *subscriber) Shared() []byte {
	if len(b.shared) == 0 {
		return nil
	}
	data := b.shared[0]
	b.shared = b.shared[1:]
	b.tells()
	return data
}

// ofOwn is the next answer of those that are worked out for the subscriber.
func (b *subscriber) ofOwn(ctx context.Context) *graphql.Response {
	if b.own == nil {
		return nil
	}
	answer := b.own(ctx)
	if answer == nil {
		b.own, b.left = nil, 0
		return nil
	}
	b.tells()
	return answer
}

func (b *subscriber) tells() {
	b.left--
	b.position.Tell(b.behind())
}

// end notes that the subscription is over, and why, unless its client has gone.
func (b *subscriber) end(ctx context.Context, err error) {
	b.over = true
	if ctx.Err() == nil {
		response.Ended(ctx, err)
	}
}

// behind is the revision behind which to go on after the answer at hand: only the last one
// of a change set completes it.
func (b *subscriber) behind() int64 {
	if b.left > 0 {
		return b.at - 1
	}
	return b.at
}

// workOut has the answers to the change set at hand worked out for this subscriber, one
// after the other as they are taken.
func (b *subscriber) workOut(ctx context.Context) {
	c := *b.alone
	b.alone = nil
	own, n, err := b.answersOf(ctx, c)
	if err != nil {
		b.end(ctx, err)
		return
	}
	b.own, b.left = own, n
}

// answersOf works out the answers to a change set, and tells how many these are.
func (b *subscriber) answersOf(ctx context.Context, c event.Committed) (graphql.ResponseHandler, int, error) {
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
