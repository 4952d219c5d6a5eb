package resolvers

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
	"golang.org/x/sync/singleflight"

	"releasegraph/internal/app/event"
	"releasegraph/internal/bytecache"
)

const (
	// keptAnswers is how many bytes of answers are kept.
	keptAnswers = 16 << 20
	// sharedAnswers is how many bytes the answers to one change set may have that
	// are shared: more is told as it is worked out, and not held together.
	sharedAnswers = 1 << 20
	// sharedTime is how long answers that are shared may take. No subscriber's
	// own end cuts them short.
	sharedTime = 30 * time.Second
)

// sharing works out the answers to a change set once for all subscribers who
// ask the same and may read the same (ADR 12), and keeps those to the last
// change sets. Errors are nobody's but one's own.
type sharing struct {
	log   zerolog.Logger
	works singleflight.Group
	kept  *bytecache.Cache[*worked]
	// latest are short answers that were asked for last, by a byte of the question and of the
	// revision: thousands ask for them at once, and wait for no lock.
	latest [256]atomic.Pointer[worked]
}

// worked are answers that were worked out, and to what.
type worked struct {
	what    asked
	answers [][]byte
	// lasting ones were worked out from the change set alone, and hold whatever else was
	// committed.
	lasting bool
}

// to reports whether the answers are to what is asked.
func (w *worked) to(what asked) bool {
	if w.lasting {
		what.head = w.what.head
	}
	return w.what == what
}

// asked is what is worked out once.
type asked struct {
	question, state string
	revision, head  int64
}

// key names what lasts, and with the head what holds as long as that is the last one.
func (a asked) key() (lasting, withHead string) {
	lasting = a.question + a.state + " " + strconv.FormatInt(a.revision, 10)
	return lasting, lasting + " " + strconv.FormatInt(a.head, 10)
}

// shortAnswers is how many bytes answers may have that are in latest.
const shortAnswers = 16 << 10

func newSharing(log zerolog.Logger) *sharing {
	return &sharing{log: log, kept: bytecache.New(keptAnswers, weight)}
}

// weight is how many bytes answers take.
func weight(_ string, w *worked) (sum int) {
	for _, a := range w.answers {
		sum += 24 + len(a)
	}
	return sum
}

var (
	errPersonal = errors.New("the answers depend on who asks")
	errLong     = errors.New("the answers are too long to be held together")
)

// answers are those that a change set has for a subscriber and all their like.
// They hold as long as nothing else was committed: a later look at the same
// change set may see something else. Those that were worked out without a look at the
// estate hold for good.
func (s *sharing) answers(ctx context.Context, b *subscriber, c event.Committed) ([][]byte, error) {
	what := b.asks(c)
	latest := s.last(what)
	if w := latest.Load(); w != nil && w.to(what) {
		return w.answers, nil
	}
	w, err := s.once(ctx, b, c, what)
	if err != nil {
		return nil, err
	}
	if weight("", w) <= shortAnswers {
		latest.Store(w)
	}
	return w.answers, nil
}

// asks says what a subscriber asks of a change set.
func (b *subscriber) asks(c event.Committed) asked {
	return asked{b.question, b.source.State(), c.Revision(), b.source.Head()}
}

// last is where short answers are that were asked for last.
func (s *sharing) last(what asked) *atomic.Pointer[worked] {
	return &s.latest[what.question[0]+byte(what.revision)]
}

// known returns answers that were worked out already, and reports whether they were.
func (s *sharing) known(ctx context.Context, b *subscriber, c event.Committed) ([][]byte, bool) {
	what := b.asks(c)
	w := s.last(what).Load()
	if w == nil || !w.to(what) {
		w = s.find(ctx, what)
	}
	if w == nil || w.answers == nil {
		return nil, false
	}
	return w.answers, true
}

// find finds answers that are kept, nil: they are not.
func (s *sharing) find(ctx context.Context, what asked) *worked {
	lasting, withHead := what.key()
	if w, ok := s.kept.Get(ctx, lasting); ok {
		return w
	}
	w, _ := s.kept.Get(ctx, withHead)
	return w
}

// once has answers worked out, unless they are or somebody is at it.
func (s *sharing) once(ctx context.Context, b *subscriber, c event.Committed, what asked) (*worked, error) {
	if w := s.find(ctx, what); w != nil {
		return w.unlessLong()
	}
	_, key := what.key()
	done := s.works.DoChan(key, func() (any, error) { return s.work(ctx, b, c, what) })
	select {
	case r := <-done:
		w, _ := r.Val.(*worked)
		return w, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unlessLong tells of answers in whose place nil is kept.
func (w *worked) unlessLong() (*worked, error) {
	if w.answers == nil {
		return nil, errLong
	}
	return w, nil
}

// keep keeps answers.
func (s *sharing) keep(ctx context.Context, w *worked) {
	lasting, key := w.what.key()
	if w.lasting {
		key = lasting
	}
	s.kept.Add(ctx, key, w)
}

// work works out the answers as one of the subscribers, who may be gone before
// it is done.
func (s *sharing) work(ctx context.Context, b *subscriber, c event.Committed, what asked) (w *worked, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = response.RecoverFunc(s.log)(ctx, p)
		}
	}()
	if w := s.find(ctx, what); w != nil { // just now
		return w.unlessLong()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTime)
	defer cancel()
	ctx, personal := acting.WatchPersonal(ctx)
	ctx, looked := acting.WatchLooks(ctx)
	// Each subscriber meets the errors again, and has them presented then.
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, response.RecoverFunc(s.log))
	respond, _, err := b.answersOf(ctx, c)
	if err != nil {
		return nil, err
	}
	w = &worked{what: what, answers: [][]byte{}}
	size := 0
	for a := respond(ctx); a != nil; a = respond(ctx) {
		if size += len(a.Data); size > sharedAnswers {
			s.keep(ctx, &worked{what: what})
			return nil, errLong
		}
		w.answers = append(w.answers, slices.Clone(a.Data)) // which the next one overwrites
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(graphql.GetErrors(ctx)) > 0:
		return nil, graphql.GetErrors(ctx)
	case personal.Is():
		return nil, errPersonal
	}
	w.lasting = !looked.Is()
	s.keep(ctx, w)
	return w, nil
}

// question names what a subscription asks, wherever it begins, and who may be
// told; "" when its answers come in parts.
func (s schema) question(ctx context.Context) string {
	op := graphql.GetOperationContext(ctx)
	if strings.Contains(op.RawQuery, "@defer") {
		return ""
	}
	variables := maps.Clone(op.Variables)
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"}) {
		after := f.Arguments.ForName("after")
		if after != nil && after.Value.Kind == ast.Variable && mentions(op.RawQuery, after.Value.Raw) == 2 {
			delete(variables, after.Value.Raw) // declared, and used nowhere else
		}
	}
	text, err := json.Marshal([]any{op.RawQuery, op.OperationName, variables, s.app.Audience(ctx)})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return string(sum[:])
}

// mentions counts how often a document names a variable.
func mentions(document, variable string) (n int) {
	l, dollar := lexer.New(&ast.Source{Input: document}), false
	for {
		t, err := l.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return n
		}
		if dollar && t.Kind == lexer.Name && t.Value == variable {
			n++
		}
		dollar = t.Kind == lexer.Dollar
	}
}
