package notice

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"releasegraph/internal/happening"
)

// object is one of JSON.
type object = map[string]any

// Teams writes an event as the workflows of Microsoft Teams take it: a message with an
// Adaptive Card, in the language nearest to a wanted one.
func (w *Writer) Teams(e *happening.Event, language string) ([]byte, error) {
	s := w.Speaker(language)
	fact := func(name, words string) object { return object{"title": s.Message(name, nil), "value": bare(words)} }
	facts := []object{
		fact("titleBy", line(e.Actor)+", "+e.Source), fact("titleAt", s.Moment(e.At.UTC())), fact("titleRevision", strconv.FormatInt(e.Revision, 10)),
	}
	if e.Reason != "" {
		facts = append(facts, fact("titleReason", short(e.Reason, maxReason)))
	}
	if of := concerned(e); of != "" {
		facts = append(facts, fact("titleConcerns", of))
	}
	body := []object{{"type": "TextBlock", "text": bare(title(e)), "weight": "Bolder", "wrap": true}}
	list, more := changes(e)
	if more > 0 {
		list = append(list, s.Counted("moreFields", more))
	}
	for _, one := range list {
		body = append(body, object{"type": "TextBlock", "text": bare(one), "wrap": true, "spacing": "None"})
	}
	message, err := json.Marshal(object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
		"content": object{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
			"fallbackText": title(e), "body": append(body, object{"type": "FactSet", "facts": facts}),
		},
	}}})
	return message, cmp.Or(s.Err, err)
}

// unlinked are the signs by which a text of a card leads elsewhere or is emphasised.
var unlinked = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`)

// bare has what records say mean nothing but itself.
func bare(s string) string { return unlinked.Replace(s) }
