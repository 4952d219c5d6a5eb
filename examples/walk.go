package examples

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed walks
var walks embed.FS

// Step is one request of a walk: who asks (the header Releasegraph-Act-As), what
// for, and what comes of it.
type Step struct {
	Who       string          `json:"who"`
	Says      string          `json:"says"`
	Query     string          `json:"query"`
	Variables json.RawMessage `json:"variables,omitempty"`
	// Expect holds values of the answer by their path, such as
	// "castVote.changeRequest.status".
	Expect map[string]any `json:"expect,omitempty"`
	// Refused is the error that must come instead.
	Refused *Refusal `json:"refused,omitempty"`
}

// Refusal is the code and the rule of an error.
type Refusal struct {
	Code string `json:"code"`
	Rule string `json:"rule"`
}

// Walk reads a walk through the API with several actors: walks/NAME.json. A
// test takes it on both stores.
func Walk(name string) ([]Step, error) {
	text, err := walks.ReadFile("walks/" + name + ".json")
	if err != nil {
		return nil, err
	}
	var steps []Step
	if err := json.Unmarshal(text, &steps); err != nil {
		return nil, fmt.Errorf("walks/%s.json: %w", name, err)
	}
	return steps, nil
}
