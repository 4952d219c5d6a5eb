package work_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/work"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// waiting is an estate in which something waits for everybody.
func waiting(f *apptest.Fixture) {
	f.Brings(
		`{"node":"ChangeRequest","key":"R-draft","name":"Draft","type":"NORMAL","status":"DRAFT","requester":"ada"}`,
		`{"node":"ChangeRequest","key":"R-new","name":"New","type":"NORMAL","status":"SUBMITTED","requester":"ada","submittedAt":"2026-02-02T00:00:00Z"}`,
		`{"node":"ChangeRequest","key":"R-older","name":"Older","type":"NORMAL","status":"SUBMITTED","requester":"bo","submittedAt":"2026-02-01T00:00:00Z"}`,
		`{"node":"ChangeRequest","key":"R-board","name":"Board","type":"NORMAL","status":"ASSESSED","requester":"ada","submittedAt":"2026-01-03T00:00:00Z"}`,
		`{"node":"Board","key":"cab","name":"CAB","members":["ada","dan","hal"],"quorum":2}`,
		`{"node":"ChangeRequest","key":"R-no","name":"No","type":"NORMAL","status":"REJECTED","requester":"ada","decidedAt":"2026-01-04T00:00:00Z"}`,
		`{"node":"ChangeRequest","key":"R-go","name":"Go","type":"NORMAL","status":"AUTHORISED","requester":"bo","assignee":"ada","decidedAt":"2026-01-05T00:00:00Z"}`,
		`{"node":"Problem","key":"P-open","name":"Open","status":"OPEN","statusSince":"2026-01-06T00:00:00Z"}`,
		`{"node":"Problem","key":"P-known","name":"Known","status":"DIAGNOSED","cause":"x","statusSince":"2026-01-07T00:00:00Z"}`,
		`{"node":"Problem","key":"P-done","name":"Done","status":"RESOLVED","resolution":"x"}`,
		`{"node":"Problem","key":"P-over","name":"Over","status":"CLOSED"}`,
		`{"node":"KnownError","key":"K-draft","name":"Draft"}`,
	)
}

// waits lists what waits, page by page.
func waits(t *testing.T, ctx context.Context, f *apptest.Fixture, size int) (list []string) {
	t.Helper()
	var after *string
	for {
		page, err := f.Work.MyWork(ctx, &size, after)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Nodes), size)
		for _, w := range page.Nodes {
			list = append(list, fmt.Sprint(w.Why, " ", w.Record.Meta().Key))
			require.NotEmpty(t, w.Text())
			require.False(t, w.Since.IsZero())
		}
		if !page.HasNext {
			return list
		}
		after = &page.Nodes[len(page.Nodes)-1].Cursor
	}
}

func TestWorkWaitsForARoleOrAPersonTheLongestFirst(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		waiting(f)
		require.Equal(t, []string{"ASSESS R-older", "ASSESS R-new"}, waits(t, apptest.As(f, "cleo", domain.ChangeManager), f, 50))
		require.Equal(t, []string{"VOTE R-board"}, waits(t, apptest.As(f, "dan", domain.CABMember), f, 50))
		require.Empty(t, waits(t, apptest.As(f, "ivy", domain.CABMember), f, 50), "who sits on no board is not waited for")
		problems := []string{"DIAGNOSE P-open", "RESOLVE P-known", "CLOSE P-done", "PUBLISH K-draft"}
		require.Equal(t, problems, waits(t, apptest.As(f, "eve", domain.ProblemManager), f, 50))
		own := []string{"REVISE R-no", "SUBMIT R-draft", "CARRY_OUT R-go"}
		require.Equal(t, own, waits(t, apptest.As(f, "ada", domain.Requester), f, 50))
		require.Equal(t, own, waits(t, apptest.As(f, "ada", domain.CABMember), f, 50), "nobody votes on their own request (H3)")
		require.Empty(t, waits(t, apptest.As(f, "fay", domain.Viewer), f, 50))
		all := []string{"ASSESS R-older", "ASSESS R-new", "DIAGNOSE P-open", "RESOLVE P-known", "CLOSE P-done", "PUBLISH K-draft"}
		for size := 1; size <= 8; size++ {
			require.Equal(t, all, waits(t, apptest.As(f, "gil", domain.Admin), f, size), "by pages of %d", size)
		}

		page, err := f.Work.MyWork(apptest.As(f, "eve", domain.ProblemManager, domain.ChangeManager), apptest.Some(1), nil)
		require.NoError(t, err)
		total, err := page.Total(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, 6, total)
		counts, err := page.ByReason(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, work.WorkCount{Why: domain.WorkAssess, Count: 2}, *counts[0])
		require.Len(t, counts, 5)
		_, err = f.Work.MyWork(f.Ctx, nil, apptest.Some("nonsense"))
		apptest.Refused(t, err, domain.Invalid, "after")
	})
}

func TestAnItemThatNobodyConfirmedForAYearWaitsForItsOwner_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		w := &apptest.TwoWays{Ids: map[string]store.ID{}}
		props := func(status string) store.Props {
			return store.Props{"class": "SERVER", "status": status, "environment": "LIVE"}
		}
		_, err := f.Store.Store.Commit(f.Ctx, store.Changeset{Actor: "test", At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Ops: []store.Op{
			w.Node(domain.KindParty, "ada", store.Props{"type": "PERSON"}), w.Node(domain.KindParty, "bo", store.Props{"type": "PERSON"}),
			w.Node(domain.KindConfigurationItem, "srv-1", props("LIVE")), w.Node(domain.KindConfigurationItem, "srv-2", props("WITHDRAWN")),
			w.Node(domain.KindConfigurationItem, "srv-3", props("LIVE")),
			w.Edge("OWNED_BY", "srv-1", "ada"), w.Edge("OWNED_BY", "srv-2", "ada"), w.Edge("OWNED_BY", "srv-3", "bo"),
		}})
		require.NoError(t, err)
		require.Equal(t, []string{"CONFIRM_ITEM srv-1"}, waits(t, apptest.As(f, "ada", domain.Viewer), f, 5))
		require.Equal(t, []string{"CONFIRM_ITEM srv-1"}, waits(t, apptest.As(f, "Ada", domain.Viewer), f, 5), "the key, however the name is written")
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("srv-1"), apptest.Values{"confirmedAt": time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, waits(t, apptest.As(f, "ada", domain.Viewer), f, 5))
	})
}

// Names are compared as where duties are separate, also those that were brought
// in another spelling, before they were read here or since.
func TestOnesOwnWorkIsFoundHoweverTheNameIsWritten(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		request := func(k, status, requester, more string) {
			f.Brings(fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"R","type":"NORMAL","status":%q,"requester":%q,"decidedAt":"2026-01-05T00:00:00Z"%s}`, k, status, requester, more))
		}
		request("A-no", "REJECTED", "ADA", "")
		request("B-draft", "DRAFT", "\uff21da", "")
		request("C-go", "AUTHORISED", "bo", `,"assignee":"Ada"`)
		request("D-mine", "AUTHORISED", "aDa", "")
		request("E-draft", "DRAFT", "adam", "")
		ada := apptest.As(f, "ada", domain.Requester)
		mine := []string{"REVISE A-no", "SUBMIT B-draft", "CARRY_OUT C-go", "CARRY_OUT D-mine"}
		require.Equal(t, mine, waits(t, ada, f, 50))
		require.Equal(t, mine, waits(t, apptest.As(f, "\uff21DA", domain.Requester), f, 1))
		request("F-no", "REJECTED", "Ada", "")
		require.Equal(t, []string{"REVISE A-no", "REVISE F-no"}, waits(t, ada, f, 50)[:2], "a spelling that is new")
		request("G-no", "REJECTED", "AdA", "")
		head, err := f.Store.Head(f.Ctx)
		require.NoError(t, err)
		require.NoError(t, f.Store.Compact(f.Ctx, head))
		require.Equal(t, []string{"REVISE A-no", "REVISE F-no", "REVISE G-no"}, waits(t, ada, f, 50)[:3], "a spelling of which the log tells no more")
	})
}

// What waits for a requester costs as much as they have asked for, however many
// others ask.
func TestOnesOwnWorkCostsWhatOneAskedFor(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		bring := func(who string, from, to int) {
			var lines []string
			for i := from; i < to; i++ {
				lines = append(lines, fmt.Sprintf(`{"node":"ChangeRequest","key":"%s-%02d","name":"R","type":"NORMAL","status":"REJECTED","requester":%q,"decidedAt":"2026-01-05T00:00:00Z"}`, who, i, who))
			}
			f.Brings(lines...)
		}
		ask := func() (n int, calls, rows int64) {
			calls, rows = f.Store.Calls.Load(), f.Store.Rows.Load()
			n = len(waits(t, f.WithLoads(apptest.As(f, "ada", domain.Requester)), f, 50))
			return n, f.Store.Calls.Load() - calls, f.Store.Rows.Load() - rows
		}
		bring("Ada", 0, 3)
		_, _, _ = ask()
		bring("bo", 0, 3)
		n, calls, rows := ask()
		require.Equal(t, 3, n)
		bring("bo", 3, 60)
		again, callsThen, rowsThen := ask()
		require.Equal(t, n, again)
		require.Equal(t, [2]int64{calls, rows}, [2]int64{callsThen, rowsThen})
	})
}

// What waits for a member costs as much as waits before their boards, however
// much waits before others.
func TestAMembersWorkCostsWhatIsBeforeTheirBoards(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Board","key":"cab","name":"CAB","members":["ann","bob"],"quorum":2}`,
			`{"node":"Board","key":"other","name":"Other","members":["dan","eve"],"quorum":2}`,
			`{"node":"Delegation","key":"d","name":"D","absent":"bob","deputy":"cleo","from":"2026-01-01T00:00:00Z","confirmedAt":"2026-01-01T00:00:00Z"}`,
		)
		bring := func(board string, from, to int) {
			var lines []string
			for i := from; i < to; i++ {
				k := fmt.Sprintf("%s-%02d", board, i)
				lines = append(lines,
					fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"R","type":"NORMAL","status":"ASSESSED","submittedAt":"2026-01-03T00:00:00Z"}`, k),
					fmt.Sprintf(`{"edge":"DECIDED_BY","from":"ChangeRequest:%s","to":"Board:%s"}`, k, board),
					fmt.Sprintf(`{"node":"Vote","key":"%s-v","name":"V","voter":"bob","seat":"bob","verdict":"APPROVE","board":%q,"castAt":"2026-01-04T00:00:00Z","contentVersion":1}`, k, board))
				if i%2 == 0 {
					lines = append(lines, fmt.Sprintf(`{"edge":"CAST_ON","from":"Vote:%s-v","to":"ChangeRequest:%s"}`, k, k))
				}
			}
			f.Brings(lines...)
		}
		ask := func(name string) (list []string, calls, rows int64) {
			ctx := f.WithLoads(apptest.As(f, name, domain.CABMember))
			calls, rows = f.Store.Calls.Load(), f.Store.Rows.Load()
			list = waits(t, ctx, f, 50)
			return list, f.Store.Calls.Load() - calls, f.Store.Rows.Load() - rows
		}
		bring("cab", 0, 4)
		bring("other", 0, 3)
		mine, calls, rows := ask("ann")
		require.Equal(t, []string{"VOTE cab-00", "VOTE cab-01", "VOTE cab-02", "VOTE cab-03"}, mine)
		deputised, _, _ := ask("cleo")
		require.Equal(t, []string{"VOTE cab-01", "VOTE cab-03"}, deputised, "bob has voted on the others")
		bring("other", 3, 60)
		again, callsThen, rowsThen := ask("ann")
		require.Equal(t, mine, again)
		require.Equal(t, [2]int64{calls, rows}, [2]int64{callsThen, rowsThen})
		bring("cab", 4, 12)
		_, callsMore, rowsMore := ask("ann")
		require.Equal(t, calls, callsMore, "as many calls, whatever waits")
		require.LessOrEqual(t, rowsMore-rows, int64(3*8), "a request is read twice, and a vote of one's own")
	})
}

// A task that was due waits for its owner, however their name is written.
func TestLateTasksWaitForTheirOwners_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Task","key":"late","name":"Late","kind":"RESOURCE","owner":"ADA","due":"2026-01-01T00:00:00Z"}`,
			`{"node":"Task","key":"done","name":"Done","kind":"RESOURCE","owner":"ada","due":"2026-01-01T00:00:00Z","done":true}`,
			`{"node":"Task","key":"later","name":"Later","kind":"RESOURCE","owner":"ada","due":"2027-01-01T00:00:00Z"}`,
			`{"node":"Task","key":"whenever","name":"Whenever","kind":"RESOURCE","owner":"ada"}`,
			`{"node":"Task","key":"theirs","name":"Theirs","kind":"RESOURCE","owner":"bo","due":"2026-01-01T00:00:00Z"}`,
		)
		require.Equal(t, []string{"LATE_TASK late"}, waits(t, apptest.As(f, "ada", domain.Viewer), f, 50))
	})
}
