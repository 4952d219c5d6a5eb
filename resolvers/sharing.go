package resolvers

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	kept  *bytecache.Cache[[][]byte]
	// latest are short answers that were asked for last, by the first byte of the question:
	// thousands ask for them at once, and wait for no lock.
	latest [256]atomic.Pointer[worked]
}

// worked are answers that were worked out, and to what.
type worked struct {
	what    asked
	answers [][]byte
}

// asked is what is worked out once.
type asked struct {
	question, state string
	revision, head  int64
}

func (a asked) key() string {
	return fmt.Sprintf("%s%s %d %d", a.question, a.state, a.revision, a.head)
}

// shortAnswers is how many bytes answers may have that are in latest.
const shortAnswers = 16 << 10

func newSharing(log zerolog.Logger) *sharing {
	return &sharing{log: log, kept: bytecache.New(keptAnswers, weight)}
}

// weight is how many bytes answers take.
func weight(_ string, answers [][]byte) (sum int) {
	for _, a := range answers {
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
// change set may see something else.
func (s *sharing) answers(ctx context.Context, b *subscriber, c event.Committed) ([][]byte, error) {
	what := asked{b.question, b.source.State(), c.Revision(), b.source.Head()}
	latest := &s.latest[what.question[0]]
	if w := latest.Load(); w != nil && w.what == what {
		return w.answers, nil
	}
	answers, err := s.once(ctx, b, c, what.key())
	if err == nil && weight("", answers) <= shortAnswers {
		latest.Store(&worked{what, answers})
	}
	return answers, err
}

// once has answers worked out, unless they are or somebody is at it.
func (s *sharing) once(ctx context.Context, b *subscriber, c event.Committed, key string) ([][]byte, error) {
	if answers, ok := s.kept.Get(ctx, key); ok {
		return unlessLong(answers)
	}
	done := s.works.DoChan(key, func() (any, error) { return s.work(ctx, b, c, key) })
	select {
	case r := <-done:
		answers, _ := r.Val.([][]byte)
		return answers, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unlessLong tells of answers that nil is kept in place of.
func unlessLong(answers [][]byte) ([][]byte, error) {
	if answers == nil {
		return nil, errLong
	}
	return answers, nil
}

// work works out the answers as one of the subscribers, who may be gone before
// it is done.
func (s *sharing) work(ctx context.Context, b *subscriber, c event.Committed, key string) (answers [][]byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = response.RecoverFunc(s.log)(ctx, p)
		}
	}()
	if answers, ok := s.kept.Get(ctx, key); ok { // just now
		return unlessLong(answers)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTime)
	defer cancel()
	ctx, personal := acting.WatchPersonal(ctx)
	// Each subscriber meets the errors again, and has them presented then.
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, response.RecoverFunc(s.log))
	respond, _, err := b.answersOf(ctx, c)
	if err != nil {
		return nil, err
	}
	answers = [][]byte{}
	size := 0
	for a := respond(ctx); a != nil; a = respond(ctx) {
		if size += len(a.Data); size > sharedAnswers {
			s.kept.Add(ctx, key, nil)
			return nil, errLong
		}
		answers = append(answers, slices.Clone(a.Data)) // which the next one overwrites
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(graphql.GetErrors(ctx)) > 0:
		return nil, graphql.GetErrors(ctx)
	case personal.Is():
		return nil, errPersonal
	}
	s.kept.Add(ctx, key, answers)
	return answers, nil
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
