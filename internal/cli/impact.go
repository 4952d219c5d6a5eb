package cli

import (
	"encoding/json"
	"fmt"
	"io"
)

type impactCmd struct {
	Keys []string `arg:"" name:"key" help:"The items to start from."`

	Direction   string   `enum:"dependents,dependencies" default:"dependents" help:"dependents: who is hurt when they fail; dependencies: what they need."`
	Depth       int      `help:"Leave deeper hits out of the answer."`
	Redundancy  string   `enum:"evaluate,ignore" default:"evaluate" help:"Whether members of a redundancy group stand in for one another: evaluate or ignore."`
	Environment string   `placeholder:"ENV" help:"Spread only to items of this environment, such as LIVE."`
	Kind        []string `placeholder:"KIND" help:"Spread only along dependencies of these kinds, such as USES."`
	StopAt      []string `placeholder:"KEY" help:"Go no further than these items."`
	AsOf        string   `placeholder:"MOMENT" help:"As things were then: a revision, a date or time, or the key of a baseline."`
	First       int      `default:"100" help:"List so many hits; 0 lists all. Default: ${default}."`

	JSON     bool   `xor:"form" help:"Print JSON."`
	Mermaid  bool   `xor:"form" help:"Print a Mermaid flowchart."`
	DOT      bool   `xor:"form" name:"dot" help:"Print a graph for Graphviz."`
	URL      string `name:"url" placeholder:"URL" help:"Ask this server instead of --store."`
	Topology string `enum:"on,off" default:"on" help:"Read the shape of the graph into memory first: on or off."`
	storeFlags
}

// Help has the examples.
func (impactCmd) Help() string {
	return `Examples:

    releasegraph impact db-orders-1
    releasegraph impact --direction dependencies --depth 3 web-shop
    releasegraph impact --url http://127.0.0.1:8080 --json db-orders-1 | jq .summary
    releasegraph impact --as-of 2026-01-01 db-orders-1
    releasegraph impact --dot db-orders-1 | dot -Tsvg > impact.svg`
}

const impactDocument = `query Impact($input: ImpactInput!, $asOf: AsOf, $first: Int, $after: String, $told: String, $hits: Boolean!, $mermaid: Boolean!, $dot: Boolean!) {
  impact(input: $input, asOf: $asOf) {
    revision @include(if: $hits)
    summary @include(if: $hits) {
      total full degraded redundant services sites users openProblems knownErrors changeRequests agreements
      byClass { class full degraded } byCriticality { criticality full degraded }
    }
    hits(first: $first, after: $after) @include(if: $hits) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { item { key name class } strength depth chain { from { key } to { key } relationship kind } rootCauses { key } }
    }
    toTell(first: $first, after: $told) @include(if: $hits) { totalCount pageInfo { hasNextPage endCursor } nodes { party { key name contact } hits full reasons { why hits } } }
    cycles @include(if: $hits) { items { key } }
    truncated { limit omitted }
    mermaid @include(if: $mermaid)
    dot @include(if: $dot)
  }
}`

// Run asks, and prints the answer in the form asked for.
func (c *impactCmd) Run(r *running) error {
	got, raw, err := c.pages(r, question{
		url: c.URL, topology: c.Topology == "on", document: impactDocument, variables: c.variables(), field: "impact",
	})
	if err != nil {
		return err
	}
	for _, t := range got.Truncated {
		r.say("%s left out %d\n", t.Limit, t.Omitted)
	}
	return c.print(r.Stdout, got, raw)
}

func (c *impactCmd) variables() map[string]any {
	input := map[string]any{
		"sources":    map[string]any{"items": refs(c.Keys)},
		"direction":  upper(c.Direction),
		"redundancy": upper(c.Redundancy),
	}
	if c.Depth > 0 {
		input["maxDepth"] = c.Depth
	}
	if c.Environment != "" {
		input["environment"] = upper(c.Environment)
	}
	if len(c.Kind) > 0 {
		kinds := make([]any, len(c.Kind))
		for i, k := range c.Kind {
			kinds[i] = upper(k)
		}
		input["kinds"] = kinds
	}
	if len(c.StopAt) > 0 {
		input["stopAt"] = refs(c.StopAt)
	}
	v := map[string]any{"input": input, "hits": !c.Mermaid && !c.DOT, "mermaid": c.Mermaid, "dot": c.DOT}
	if c.AsOf != "" {
		v["asOf"] = asOfInput(c.AsOf)
	}
	v["first"] = longestPage
	if c.First > 0 {
		v["first"] = min(c.First, longestPage)
	}
	return v
}

func (c *impactCmd) print(w io.Writer, got *impact, raw json.RawMessage) error {
	switch {
	case c.JSON:
		return printJSON(w, raw)
	case c.Mermaid:
		fmt.Fprintln(w, got.Mermaid)
	case c.DOT:
		fmt.Fprintln(w, got.Dot)
	default:
		got.table(w, "; --first 0 lists all")
	}
	return nil
}

func refs(keys []string) []any {
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = map[string]any{"key": key}
	}
	return list
}
