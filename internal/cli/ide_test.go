package cli_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"releasegraph/examples"
)

// The panes of the IDE.
const (
	questionPane = ".graphiql-query-editor .view-lines"
	answerPane   = ".result-window .view-lines"
)

const (
	runButton  = chromedp.CSS(".graphiql-execute-button")
	docsButton = chromedp.CSS(`[aria-label="Show Documentation Explorer"]`)
	line4      = chromedp.CSS(questionPane + " .view-line:nth-child(4)")
)

func TestTheIDEOpensInABrowserThatReachesNoOtherServer(t *testing.T) {
	ctx := browser(t)
	server, _ := serving(t, "demo", "--still")
	p := visit(ctx, t, server+"/graphiql?example=what-if")
	p.awaits(".graphiql-sessions", func(text string) bool {
		return strings.Contains(text, "TryAChange") && // The examples are its tabs,
			strings.Contains(text, "impact(input: $input)") && // the editor shows what was asked for
			strings.Contains(text, "removeDependencies") // and its variables.
	})
	p.does(chromedp.WaitVisible(chromedp.CSS(`[aria-label="Show History"]`)))
	if told := p.complained(); told != "" {
		t.Errorf("the page complains: %s", told)
	}
}

// answered waits for the answer to an operation and wants its data, and no
// errors, which would come first.
func (p *page) answered(query string) {
	p.t.Helper()
	p.awaits(answerPane, func(text string) bool { return strings.TrimSpace(text) != "" })
	answer := strings.Join(strings.Fields(p.text(answerPane)), "")
	data, ok := strings.CutPrefix(answer, `{"data":{"`)
	field, _, _ := strings.Cut(data, `"`)
	if !ok || !strings.Contains(query, field) || strings.Contains(answer, `"errors"`) {
		p.t.Errorf("%.200s\nis answered %.400s", query, answer)
	}
}

// shown waits until an operation stands in the editor.
func (p *page) shown(o examples.Operation) {
	p.t.Helper()
	first, _, _ := strings.Cut(o.Query, "\n")
	p.awaits(questionPane, func(text string) bool { return strings.HasPrefix(text, first) })
}

func TestOpeningAnExampleShowsItsAnswer(t *testing.T) {
	ctx := browser(t)
	server, _ := serving(t, "demo", "--still")
	list, err := examples.Operations()
	if err != nil {
		t.Fatal(err)
	}
	p := visit(ctx, t, server)
	for i, o := range list {
		waits := !strings.Contains("\n"+o.Query, "\nquery") // What writes, and what goes on, waits for a press.
		if !waits && i%6 > 0 {
			continue // All open alike, each with a page of its own, and all are answered in tabs below.
		}
		p.does(chromedp.Navigate(server + "/graphiql?example=" + o.Name))
		if waits {
			p.shown(o)
			p.does(chromedp.Click(runButton))
		}
		p.answered(o.Query)
	}
	if told := p.complained(); told != "" {
		t.Errorf("the page complains: %s", told)
	}
}

func TestEveryTabAnswersOnTheFirstPress(t *testing.T) {
	ctx := browser(t)
	server, _ := serving(t, "demo", "--still")
	p := visit(ctx, t, server+"/graphiql")
	p.does(chromedp.WaitVisible(chromedp.CSS(questionPane)))
	list, err := examples.Operations()
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range list {
		p.does(chromedp.Click(chromedp.CSS(fmt.Sprintf(".graphiql-tab:nth-child(%d) .graphiql-tab-button", i+1))))
		p.shown(o)
		p.does(chromedp.Click(runButton))
		p.answered(o.Query)
	}
}

func TestTheDocumentationPaneListsTheTypes(t *testing.T) {
	p := visit(browser(t), t, served(t)+"/graphiql")
	p.does(chromedp.Click(docsButton))
	p.awaits(".graphiql-doc-explorer", func(text string) bool {
		for _, part := range []string{"Query", "Mutation", "Subscription", "ConfigurationItem", "ChangeRequestFilter"} {
			if !strings.Contains(text, part) {
				return false
			}
		}
		return true
	})
}

func TestTheEditorOffersFields(t *testing.T) {
	p := visit(browser(t), t, served(t)+"/graphiql?query="+url.QueryEscape("{\n  configurationItems {\n    nodes {\n      \n    }\n  }\n}"))
	p.does(chromedp.Click(line4), chromedp.KeyEvent(kb.End))
	p.awaits("body", func(string) bool { // The schema comes when it comes, and so do offers.
		p.does(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("depends"))
		for range 50 {
			if strings.Contains(p.text(".suggest-widget.visible"), "dependsOn") {
				return true
			}
			time.Sleep(50 * time.Millisecond)
		}
		for range "depends" {
			p.does(chromedp.KeyEvent(kb.Backspace))
		}
		return false
	})
}

// Anybody may have written the address.
func TestAQueryOutOfAnAddressWaitsForAPress(t *testing.T) {
	const query = "{ configurationItems { totalCount } }"
	p := visit(browser(t), t, served(t)+"/graphiql?query="+url.QueryEscape(query))
	p.awaits(questionPane, func(text string) bool { return strings.Contains(text, "totalCount") })
	p.does(chromedp.Click(docsButton))
	p.awaits(".graphiql-doc-explorer", func(text string) bool { return strings.Contains(text, "ConfigurationItem") })
	if answer := p.text(answerPane); strings.TrimSpace(answer) != "" {
		t.Errorf("it was answered: %s", answer)
	}
	p.does(chromedp.Click(runButton))
	p.answered(query)
}

func served(t *testing.T) string {
	t.Helper()
	address, _ := serving(t, "demo", "--still")
	return address
}
