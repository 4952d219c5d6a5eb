package problem_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/problem"
	"releasegraph/internal/domain"
)

// matched writes matches out: the key, the score, the item and its parts.
func matched(m *problem.KnownErrorMatches) (lines []string) {
	for _, n := range m.Nodes {
		line := fmt.Sprintf("%s %d", n.KnownError.Key, n.Score)
		if n.Item != nil {
			line += " by " + n.Item.Key
		}
		for _, p := range n.Parts {
			line += fmt.Sprintf(", %s %d", p.Kind, p.Score)
		}
		lines = append(lines, line)
	}
	return lines
}

// hangs is an estate in which a shop uses a database on a server, with known
// errors all over.
func hangs(f *apptest.Fixture) {
	f.Brings(
		`{"node":"Site","key":"par","name":"Paris"}`,
		`{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"APPLICATION","productVersion":"9.9"}`,
		`{"node":"ConfigurationItem","key":"db","name":"Database","class":"DATABASE"}`,
		`{"node":"ConfigurationItem","key":"server","name":"Server","class":"SERVER"}`,
		`{"node":"ConfigurationItem","key":"mail","name":"Mail","class":"SERVICE"}`,
		`{"edge":"DEPENDS_ON","from":"shop","to":"db"}`, `{"edge":"DEPENDS_ON","from":"db","to":"server"}`,
		`{"edge":"INSTALLED_AT","from":"shop","to":"par","version":"2.5.0","activeVersion":"2.4.1"}`,
		`{"edge":"INSTALLED_AT","from":"db","to":"par","version":"14.2"}`,
		`{"node":"KnownError","key":"K-shop","name":"Cart","symptoms":"The checkout hangs for Café guests","workaround":"reload","status":"PUBLISHED"}`,
		`{"node":"KnownError","key":"K-old","name":"Old cart","symptoms":"checkout hangs","workaround":"none","status":"RETIRED"}`,
		`{"node":"KnownError","key":"K-db","name":"Locks","symptoms":"queries wait","status":"DRAFT"}`,
		`{"node":"KnownError","key":"K-new","name":"Other version","status":"DRAFT"}`,
		`{"node":"KnownError","key":"K-mail","name":"Mail","symptoms":"the outbox hangs","status":"DRAFT"}`,
		`{"edge":"PRESENT_IN","from":"K-shop","to":"shop","versions":["~2.4"]}`, `{"edge":"PRESENT_IN","from":"K-old","to":"shop"}`,
		`{"edge":"PRESENT_IN","from":"K-db","to":"db","versions":["14.2.0","15.0.0"]}`,
		`{"edge":"PRESENT_IN","from":"K-new","to":"shop","versions":[">=3"]}`,
		`{"edge":"PRESENT_IN","from":"K-mail","to":"mail"}`,
	)
}

func TestKnownErrorsAreMatchedByItemVersionAndSymptoms(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		hangs(f)
		made, err := f.Problems.CreateProblem(f.Ctx, domain.NewProblem{
			Key: "P-1", Name: "Checkout", Symptoms: apptest.Some("CHECKOUT hangs, mostly for cafe guests"), Concerns: []*domain.Ref{apptest.Some(apptest.Key("shop"))},
		}, nil)
		require.NoError(t, err)
		best, err := made.KnownErrors(f.Ctx, 5)
		require.NoError(t, err)
		want := []string{"K-shop 91 by shop, ITEM 40, VERSION 20, SYMPTOMS 31", "K-db 40 by db, ITEM 20, VERSION 20, SYMPTOMS 0"}
		require.Equal(t, want, matched(best))
		require.Equal(t, 4, best.Candidates, "the retired one is not compared; the one of mail, by a word, is")

		stored, err := f.Problems.KnownErrorMatches(f.Ctx, apptest.Some(apptest.Key("P-1")), nil, 1)
		require.NoError(t, err)
		require.Equal(t, want[:1], matched(stored))
		require.Equal(t, 2, stored.TotalCount, "what is left out is told")

		asked, err := f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{Items: apptest.ByKeys("shop"), Version: apptest.Some("3.1.0")}, 5)
		require.NoError(t, err)
		require.Equal(t, []string{"K-new 60 by shop, ITEM 40, VERSION 20, SYMPTOMS 0", "K-db 40 by db, ITEM 20, VERSION 20, SYMPTOMS 0"}, matched(asked))

		worded, err := f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{Symptoms: apptest.Some("outbox hangs")}, 5)
		require.NoError(t, err)
		require.Equal(t, "K-mail", worded.Nodes[0].KnownError.Key)
		require.Nil(t, worded.Nodes[0].Item)
	})
}

func TestAMatchNeedsAProblemOrADraftThatCanBeRead(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		_, err := f.Problems.KnownErrorMatches(f.Ctx, nil, nil, 5)
		apptest.Refused(t, err, domain.Invalid, "problem")
		_, err = f.Problems.KnownErrorMatches(f.Ctx, apptest.Some(apptest.Key("P-1")), nil, 5)
		apptest.Refused(t, err, domain.NotFound, "problem")
		_, err = f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{Items: apptest.ByKeys("nowhere")}, 5)
		apptest.Refused(t, err, domain.NotFound, "draft.items.0")
		_, err = f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{}, 101)
		apptest.Refused(t, err, domain.Invalid, "first")
		none, err := f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{Symptoms: apptest.Some("?! a")}, 5)
		require.NoError(t, err)
		require.Zero(t, none.Candidates)
	})
}

// The cost follows the candidates: however many known errors there are of other
// items and with other symptoms, as many are compared and as many calls made.
func TestMatchingCostsWhatTheCandidatesCost(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		hangs(f)
		draft := &domain.ProblemDraft{Items: apptest.ByKeys("shop"), Symptoms: apptest.Some("checkout hangs")}
		ask := func() (*problem.KnownErrorMatches, int64) {
			before := f.Store.Calls.Load()
			m, err := f.Problems.KnownErrorMatches(f.Ctx, nil, draft, 5)
			require.NoError(t, err)
			return m, f.Store.Calls.Load() - before
		}
		few, callsOfFew := ask()
		var lines []string
		for i := range 300 {
			lines = append(lines, fmt.Sprintf(`{"node":"KnownError","key":"K-%03d","name":"Another","symptoms":"printers jam","status":"DRAFT"}`, i))
		}
		f.Brings(lines...)
		many, callsOfMany := ask()
		require.Equal(t, matched(few), matched(many))
		require.Equal(t, few.Candidates, many.Candidates)
		require.Equal(t, callsOfFew, callsOfMany)
	})
}

// A word that very many known errors share leads to the first of them only; two
// in a row to those that have both.
func TestWidespreadWordsLeadToCandidatesTwoByTwo(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		var lines []string
		for i := range 150 {
			word := "jam"
			if i == 42 {
				word = "jam slowly"
			}
			lines = append(lines, fmt.Sprintf(`{"node":"KnownError","key":"K-%03d","name":"Another","symptoms":"printers %s","status":"DRAFT"}`, i, word))
		}
		f.Brings(lines...)
		asked := func(symptoms string) *problem.KnownErrorMatches {
			m, err := f.Problems.KnownErrorMatches(f.Ctx, nil, &domain.ProblemDraft{Symptoms: &symptoms}, 100)
			require.NoError(t, err)
			return m
		}
		require.Equal(t, 100, asked("printers").Candidates)
		require.Equal(t, "K-042", asked("printers jam slowly").Nodes[0].KnownError.Key)
		lines = nil
		for i := range 120 {
			lines = append(lines, fmt.Sprintf(`{"node":"KnownError","key":"S-%03d","name":"Another","symptoms":"scanners stall","status":"DRAFT"}`, i))
		}
		f.Brings(append(lines, `{"node":"KnownError","key":"Z-1","name":"Both","symptoms":"scanners and printers stall","status":"DRAFT"}`)...)
		require.Equal(t, "Z-1", asked("printers scanners").Nodes[0].KnownError.Key, "nobody else has both")
		long := asked(strings.Repeat("unheard", 20) + " " + manyWords(200))
		require.LessOrEqual(t, long.Candidates, 100)
	})
}

func manyWords(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "word%d ", i)
	}
	return b.String()
}
