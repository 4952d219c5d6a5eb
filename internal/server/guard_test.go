package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/server"
)

func nested(levels int) string {
	return strings.Repeat("{a", levels) + "{x}" + strings.Repeat("}", levels)
}

func TestABodyBeyondTheCapIsAnswered413(t *testing.T) {
	r := serving(t, server.Config{})
	r.query(nested(400_000)).wants(t, http.StatusRequestEntityTooLarge, "larger than 1048576 bytes", `"code":"LIMIT"`)
	r.query("{a{x}}").wants(t, http.StatusOK)
}

func TestTheParserStopsAtItsTokenLimit(t *testing.T) {
	r := serving(t, server.Config{})
	r.query(nested(100_000)).wants(t, http.StatusOK, "token limit")
	r.query("{a{"+strings.Repeat("x ", 16_000)+"}}").wants(t, http.StatusOK, "token limit")
}

func TestADocumentMayBeTwelveLevelsDeepAndItsIntrospectionSixteen(t *testing.T) {
	r := serving(t, server.Config{})
	r.query(nested(11)).wants(t, http.StatusOK, `"data"`)
	r.query(nested(12)).wants(t, http.StatusOK, "13 levels deep; at most 12", `"code":"LIMIT"`)
	deep := func(n int) string {
		return "{__schema{types{" + strings.Repeat("ofType{", n) + "name" + strings.Repeat("}", n) + "}}}"
	}
	r.query(deep(13)).wants(t, http.StatusOK, `"data"`)
	r.query(deep(14)).wants(t, http.StatusOK, "introspection is 17 levels deep")
}

func TestFragmentsHideNoDepthAndCostNoTime(t *testing.T) {
	r := serving(t, server.Config{})
	r.query("{...F} fragment F on Query"+nested(12)).wants(t, http.StatusOK, "levels deep")
	doc := "{a{...F0}}"
	for i := range 40 { // each fragment doubles what the one before selects
		doc += fmt.Sprintf(" fragment F%d on A {a{...F%d} b{...F%d}}", i, i+1, i+1)
	}
	r.query(doc+" fragment F40 on A {x}").wants(t, http.StatusOK, "levels deep")
}

func TestFragmentsAreCountedWhereverTheyAreSpread(t *testing.T) {
	r := serving(t, server.Config{Limits: server.Limits{Depth: 60}})
	doc := "{a{...F0}}"
	for i := range 40 {
		doc += fmt.Sprintf(" fragment F%d on A {a{...F%d} b{...F%d}}", i, i+1, i+1)
	}
	r.query(doc+" fragment F40 on A {x}").wants(t, http.StatusOK, "more than 20000 fields")
}

func TestAFragmentThatSpreadsItselfIsRefused(t *testing.T) {
	r := serving(t, server.Config{})
	r.query("{a{...F}} fragment F on A {a{...F}}").wants(t, http.StatusOK, "errors")
}

func TestAliasesAreLimited(t *testing.T) {
	r := serving(t, server.Config{})
	aliased := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d: a{x}", i)
		}
		return "{" + b.String() + "}"
	}
	r.query(aliased(100)).wants(t, http.StatusOK, `"data"`)
	r.query(aliased(101)).wants(t, http.StatusOK, "renames 101 fields", `"code":"LIMIT"`)
}

func TestFieldsThatShareAPlaceAreLimited(t *testing.T) {
	r := serving(t, server.Config{})
	r.query("{a{"+strings.Repeat("__typename ", 14_000)+"}}").wants(t, http.StatusOK, "__typename", "more than 100 times")
	r.query("{"+strings.Repeat("a{x y} ", 12)+"}").wants(t, http.StatusOK, `"data"`)
	r.query("{"+strings.Repeat("a{x y} ", 13)+"}").wants(t, http.StatusOK, "more than 12 times")
	r.query("{...F ...F ...F} fragment F on Query {"+strings.Repeat("a{x} ", 5)+"}").wants(t, http.StatusOK, "more than 12 times")
	// Below fields that are one in the answer, places are shared as well.
	twice := func(inner string) string { return strings.Repeat("a{"+inner+"} ", 2) }
	r.query("{"+twice(twice(twice("x")))+"}").wants(t, http.StatusOK, `"data"`)
	r.query("{"+twice(twice(twice(twice("x"))))+"}").wants(t, http.StatusOK, "more than 12 times")
	r.query("{"+strings.Repeat("a{"+strings.Repeat("x ", 90)+"} ", 8)+"}").wants(t, http.StatusOK, "more than 100 times")
	var wide strings.Builder
	for i := range 100 {
		fmt.Fprintf(&wide, " a%d: x", i)
	}
	r.query("{"+strings.Repeat("...F ", 30)+"} fragment F on Query {a{"+wide.String()+"}}").wants(t, http.StatusOK, `"code":"LIMIT"`)
}

func TestDirectivesAreLimited(t *testing.T) {
	r := serving(t, server.Config{})
	r.query("{a{x "+strings.Repeat("@nope ", 5000)+"}}").wants(t, http.StatusOK, "5000 directives")
}

func TestTheErrorsOfOneAnswerAreCapped(t *testing.T) {
	r := serving(t, server.Config{})
	var doc strings.Builder
	for i := range 300 {
		fmt.Fprintf(&doc, " nope%d", i)
	}
	a := r.query("{" + doc.String() + "}")
	a.wants(t, http.StatusOK, "and 281 more errors")
	if n := strings.Count(a.body, `"message"`); n != 20 {
		t.Errorf("%d errors, want 20", n)
	}
}

func TestAnOperationEndsAtItsTimeout(t *testing.T) {
	r := serving(t, server.Config{OperationTimeout: 20 * time.Millisecond})
	r.query("{stuck}").wants(t, http.StatusOK, "took longer than", `"code":"TIMEOUT"`, "requestId")
	if err := <-r.fake.ended; err == nil {
		t.Error("the operation was not told to end")
	}
}

func TestAPanicIsHiddenAndTheServerGoesOn(t *testing.T) {
	r := serving(t, server.Config{})
	a := r.query("{panics}")
	a.wants(t, http.StatusInternalServerError, `"code":"INTERNAL"`)
	a.lacks(t, "secret")
	if !strings.Contains(r.log.String(), "secret of the house") {
		t.Error("the log does not tell of the panic")
	}
	r.query("{a{x}}").wants(t, http.StatusOK)
}
