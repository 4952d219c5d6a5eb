package notice

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/happening"
)

// object is one of JSON.
type object = map[string]any

// Teams writes an event as the workflows of Microsoft Teams take it: a message with an
// Adaptive Card.
func Teams(e *happening.Event) ([]byte, error) {
	facts := []object{
		fact("By", line(e.Actor)+", "+e.Source), fact("At", e.At.UTC().Format(time.RFC3339)), fact("Revision", fmt.Sprint(e.Revision)),
	}
	if e.Reason != "" {
		facts = append(facts, fact("Reason", short(e.Reason, maxReason)))
	}
	if of := concerned(e); of != "" {
		facts = append(facts, fact("Concerns", of))
	}
	body := []object{{"type": "TextBlock", "text": bare(title(e)), "weight": "Bolder", "wrap": true}}
	list, more := changes(e)
	if more > 0 {
		list = append(list, fmt.Sprintf("… %d more", more))
	}
	for _, one := range list {
		body = append(body, object{"type": "TextBlock", "text": bare(one), "wrap": true, "spacing": "None"})
	}
	return json.Marshal(object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
		"content": object{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
			"fallbackText": title(e), "body": append(body, object{"type": "FactSet", "facts": facts}),
		},
	}}})
}

func fact(name, words string) object { return object{"title": name, "value": bare(words)} }

// unlinked are the signs by which a text of a card leads elsewhere or is emphasised.
var unlinked = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`)

// bare has what records say mean nothing but itself.
func bare(s string) string { return unlinked.Replace(s) }
