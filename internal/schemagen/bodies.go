package main

import (
	"fmt"
	"strings"

	"releasegraph/internal/entity"
)

// The packages that resolvers' bodies use.
const (
	recordsPackage = "releasegraph/internal/app/records"
	domainPackage  = "releasegraph/internal/domain"
	relayPackage   = "releasegraph/graph/relay"
)

const listCall = "list(filter, orderBy, first, after, last, before)"

func oneBody(kind string) body {
	return func(use func(string) string) string {
		d := use(domainPackage)
		return fmt.Sprintf("return one[%s.%s](r.App.Records.Record(ctx, %q, %s.Ref{Key: &key}, asOf))", d, kind, kind, d)
	}
}

func manyBody(kind string) body {
	return func(use func(string) string) string {
		return fmt.Sprintf("return many(ctx, r.App, %q, %s, %s.NewEdge[%s.%s])",
			kind, listCall, use(relayPackage), use(domainPackage), kind)
	}
}

func linkBody(e end) body {
	return func(use func(string) string) string {
		via := fmt.Sprintf("%s.Via{Rel: %q, In: %t, Kind: %q}", use(recordsPackage), e.rel.Name, e.in, e.target)
		if e.toOne() {
			return fmt.Sprintf("return one[%s.%s](r.App.Records.RelatedOne(ctx, obj, %s, asOf))", use(domainPackage), e.target, via)
		}
		newEdge := fmt.Sprintf("%s.New%sEdge", use(relayPackage), edgeStem(e.target, e.rel))
		if e.rel.GoType == nil {
			newEdge = fmt.Sprintf("%s.NewEdge[%s.%s]", use(relayPackage), use(domainPackage), e.target)
		}
		return fmt.Sprintf("return related(ctx, r.App, obj, %s, %s, asOf, %s)", via, listCall, newEdge)
	}
}

// commonCalls are the use cases that answer fields of every record, by the
// field, with what makes an answer of theirs.
var commonCalls = map[string]string{"history": "historyPage(r.App.History.History(ctx, obj, %s))"}

func commonBody(field string, arguments []string) body {
	return func(func(string) string) string {
		return "return " + fmt.Sprintf(commonCalls[field], strings.Join(arguments, ", "))
	}
}

func createBody(kind string) body {
	return written(kind, `r.App.Records.Create(ctx, %q, input, options)`)
}

func updateBody(kind string) body {
	return written(kind, `r.App.Records.Update(ctx, %q, input.Ref("ref"), input.Object("patch"), input.Int("ifVersion"), options)`)
}

func removeBody(kind string) body {
	return written(kind, `r.App.Records.Remove(ctx, %q, input.Ref("ref"), input.Int("ifVersion"), options)`)
}

func written(kind, call string) body {
	return func(use func(string) string) string {
		return fmt.Sprintf("return written[%s.%s](%s)", use(domainPackage), kind, fmt.Sprintf(call, kind))
	}
}

func connectBody(verb string, r *entity.Relationship) body {
	return func(use func(string) string) string {
		d, link := use(domainPackage), use(relayPackage)+".NoLink"
		if r.GoType != nil {
			link = d + "." + r.GoType.Name()
		}
		return fmt.Sprintf(`return connected[%s.%s, %s.%s, %s](r.App.Records.%s(ctx, %q, input.Ref("from"), input.Ref("to"), input.Except("from", "to"), options))`,
			d, r.From, d, r.To, link, verb, r.Called())
	}
}
