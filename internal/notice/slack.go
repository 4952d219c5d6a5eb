package notice

import (
	"cmp"
	"encoding/json"
	"strings"

	"releasegraph/internal/happening"
	"releasegraph/internal/locale"
)

// block is a part of a message of Slack's.
type block struct {
	Type     string `json:"type"`
	Text     *text  `json:"text,omitempty"`
	Elements []text `json:"elements,omitempty"`
}

type text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"` // no names and addresses are looked for in it
}

func marked(words string) *text { return &text{"mrkdwn", words, true} }

// Slack writes an event as Slack's incoming webhooks take it: a text for notifications, and
// blocks that show it, in the language nearest to a wanted one.
func (w *Writer) Slack(e *happening.Event, language string) ([]byte, error) {
	s := w.Speaker(language)
	blocks := []block{{Type: "section", Text: marked("*" + plain(title(e)) + "*")}}
	if fields := fields(s, e); fields != "" {
		blocks = append(blocks, block{Type: "section", Text: marked(fields)})
	}
	about := []text{*marked(plain(s.Message("about", locale.Values{
		"Actor": line(e.Actor), "Source": e.Source, "At": s.Moment(e.At.UTC()), "Revision": e.Revision,
	})))}
	if e.Reason != "" {
		about = append(about, *marked(plain(short(e.Reason, maxReason))))
	}
	if of := concerned(e); of != "" {
		about = append(about, *marked(plain(of)))
	}
	blocks = append(blocks, block{Type: "context", Elements: about})
	body, err := json.Marshal(struct {
		Text   string  `json:"text"`
		Blocks []block `json:"blocks"`
	}{plain(title(e)), blocks})
	return body, cmp.Or(s.Err, err)
}

// maxText is how many characters a text may have, less what says how many fields there
// are besides.
const maxText = 2900

// fields are those that differ, as many as a text has room for.
func fields(s *locale.Speaker, e *happening.Event) string {
	list, more := changes(e)
	var b strings.Builder
	for i, one := range list {
		if one = plain(one); b.Len()+len(one) > maxText {
			more += len(list) - i
			break
		}
		b.WriteString(one + "\n")
	}
	if more > 0 {
		b.WriteString(s.Counted("moreFields", more))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// concerned lists what an event is about besides its subject.
func concerned(e *happening.Event) string {
	var names []string
	for _, n := range e.Concerns[:min(len(e.Concerns), maxChanges)] {
		names = append(names, named(n))
	}
	return strings.Join(names, ", ")
}

// unmarked are the signs by which a text of Slack's mentions people and leads elsewhere.
var unmarked = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain has what records say mention nobody and lead nowhere.
func plain(s string) string { return unmarked.Replace(s) }
