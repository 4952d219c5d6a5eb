package notice_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/happening"
	"releasegraph/internal/notice"
)

// paused is an event whose words would mention people and lead elsewhere.
func paused() *happening.Event {
	return &happening.Event{
		Revision: 120, Place: 1, Of: 1, Type: "deployment.paused", At: time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC), Actor: "ann <!channel>", Source: "api",
		Reason: "too many failed:\n[see](http://evil.example) & <@U1>", Subject: happening.Named{Kind: "Deployment", ID: "d1", Key: "OUT_1"},
		Changes:  map[string]happening.Difference{"status": {Before: "RUNNING", After: "PAUSED"}, "statusReason": {After: strings.Repeat("x", 500)}},
		Concerns: []happening.Named{{Kind: "Release", ID: "r1", Key: "R"}},
	}
}

func read(t *testing.T, body []byte, err error) (m map[string]any) {
	t.Helper()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, &m))
	return m
}

func TestAMessageOfSlacksHasATextAndBlocksAndMentionsNobody_E3(t *testing.T) {
	body, err := notice.NewWriter().Slack(paused(), "")
	m := read(t, body, err)
	require.Equal(t, "deployment.paused: Deployment OUT_1", m["text"])
	blocks := m["blocks"].([]any)
	require.Len(t, blocks, 3)
	text := func(i int) string { return blocks[i].(map[string]any)["text"].(map[string]any)["text"].(string) }
	require.Equal(t, "*deployment.paused: Deployment OUT_1*", text(0))
	require.Contains(t, text(1), "status: RUNNING → PAUSED\nstatusReason: – → xxx")
	require.Less(t, len(text(1)), 3000, "what Slack takes")
	elements := blocks[2].(map[string]any)["elements"].([]any)
	require.Equal(t, "ann &lt;!channel&gt;, api, Sunday, 1 March 2026 08:30 UTC, revision 120", elements[0].(map[string]any)["text"])
	require.Equal(t, "too many failed: [see](http://evil.example) &amp; &lt;@U1&gt;", elements[1].(map[string]any)["text"])
	require.Equal(t, true, elements[1].(map[string]any)["verbatim"])
	require.Equal(t, "Release R", elements[2].(map[string]any)["text"])
}

func TestAMessageOfTeamsHasAnAdaptiveCardThatLeadsNowhere_E3(t *testing.T) {
	body, err := notice.NewWriter().Teams(paused(), "")
	m := read(t, body, err)
	require.Equal(t, "message", m["type"])
	attachment := m["attachments"].([]any)[0].(map[string]any)
	require.Equal(t, "application/vnd.microsoft.card.adaptive", attachment["contentType"])
	card := attachment["content"].(map[string]any)
	require.Equal(t, []any{"AdaptiveCard", "1.4"}, []any{card["type"], card["version"]})
	parts := card["body"].([]any)
	require.Equal(t, `deployment.paused: Deployment OUT\_1`, parts[0].(map[string]any)["text"])
	require.Equal(t, "status: RUNNING → PAUSED", parts[1].(map[string]any)["text"])
	facts := parts[len(parts)-1].(map[string]any)["facts"].([]any)
	require.Contains(t, facts, map[string]any{"title": "Reason", "value": `too many failed: \[see\](http://evil.example) & <@U1>`})
	require.Contains(t, facts, map[string]any{"title": "Concerns", "value": "Release R"})
}

// However much an event changes, a message stays short enough to be taken.
func TestAMessageTellsTenFieldsAndHowManyMoreThereAre_E3(t *testing.T) {
	e := paused()
	for i := range 300 {
		e.Changes[fmt.Sprintf("x%03d", i)] = happening.Difference{Before: strings.Repeat("<", 10_000), After: []string{"a", "b"}}
		e.Concerns = append(e.Concerns, happening.Named{Kind: "Site", Key: strings.Repeat("k", 100)})
	}
	w := notice.NewWriter()
	for _, write := range []func(*happening.Event, string) ([]byte, error){w.Slack, w.Teams} {
		body, err := write(e, "en")
		require.NoError(t, err)
		require.Regexp(t, `… (292|29[3-9]|30\d) more`, string(body))
		require.Less(t, len(body), 28<<10)
		require.LessOrEqual(t, longest(read(t, body, nil)), 3000, "what Slack takes of a text")
	}
}

// longest is the length of the longest text in a message.
func longest(v any) (n int) {
	switch v := v.(type) {
	case string:
		return len([]rune(v))
	case []any:
		for _, one := range v {
			n = max(n, longest(one))
		}
	case map[string]any:
		for _, one := range v {
			n = max(n, longest(one))
		}
	}
	return n
}

func TestADigestTellsAPeriodInALanguage_E3(t *testing.T) {
	d := &notice.Digest{
		Name: "deploys\r\nBcc: eve@example.org", From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Events: []happening.Event{*paused()}, Counts: map[string]int{"deployment.paused": 1, "site.created": 3},
	}
	for language, want := range map[string][]string{
		"en":    {"deploys Bcc: eve@example.org: 4 events", "1 March 2026 00:00 UTC to ", "2 March 2026 00:00 UTC: 4 events.", "by ann <!channel>, revision 120", "And 3 more events, which the log has."},
		"fr-CA": {"deploys Bcc: eve@example.org : 4 évènements", "1 mars 2026 00:00 UTC au ", "par ann", "Et 3 autres évènements"},
		"de":    {"deploys Bcc: eve@example.org: 4 Ereignisse", "1. März 2026 00:00 UTC bis ", "durch ann", "Und 3 weitere Ereignisse"},
		"ja":    {"deploys Bcc: eve@example.org: 4 events", "From ", "by ann", "more events"},
	} {
		d.Language = language
		subject, text, err := notice.NewWriter().Digest(d)
		require.NoError(t, err, language)
		require.Equal(t, want[0], subject)
		for _, part := range append(want[1:], "  - site.created: 3\n  - deployment.paused: 1\n", "2026-03-01 08:30:00  deployment.paused: Deployment OUT_1", "    status: RUNNING → PAUSED\n") {
			require.Contains(t, text, part, language)
		}
	}
}

func TestMessagesOfChatsAreToldInALanguage_E3(t *testing.T) {
	w := notice.NewWriter()
	for language, want := range map[string][2]string{
		"fr-CA": {"ann &lt;!channel&gt;, api, dimanche 1 mars 2026 08:30 UTC, révision 120", "Motif"},
		"de":    {"ann &lt;!channel&gt;, api, Sonntag, 1. März 2026 08:30 UTC, Revision 120", "Grund"},
		"ja":    {"ann &lt;!channel&gt;, api, Sunday, 1 March 2026 08:30 UTC, revision 120", "Reason"},
	} {
		body, err := w.Slack(paused(), language)
		blocks := read(t, body, err)["blocks"].([]any)
		require.Equal(t, want[0], blocks[2].(map[string]any)["elements"].([]any)[0].(map[string]any)["text"])
		body, err = w.Teams(paused(), language)
		require.NoError(t, err)
		require.Contains(t, string(body), `"title":"`+want[1]+`"`)
	}
}
