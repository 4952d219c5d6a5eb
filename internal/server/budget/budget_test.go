package budget_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"pgregory.net/rapid"

	"releasegraph/internal/server/budget"
)

func refusal(t *testing.T, err error) *budget.BusyError {
	t.Helper()
	var busy *budget.BusyError
	if !errors.As(err, &busy) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return busy
}

func enter(t *testing.T, b *budget.Budget, caller string, price int) func() {
	t.Helper()
	leave, err := b.Enter(t.Context(), caller, price)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestWhatRunsAtOnceNeverCostsMoreThanIsAllowed(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type ask struct {
			caller       string
			price        int
			begin, takes time.Duration
		}
		limits := budget.Limits{Running: 1_000, PerCaller: rapid.IntRange(1, 1_000).Draw(r, "per caller"), Cheap: 10, Wait: 100 * time.Second}
		asks := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) ask {
			return ask{
				rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(r, "caller"), rapid.IntRange(1, 1_500).Draw(r, "price"),
				time.Duration(rapid.IntRange(0, 20).Draw(r, "begin")) * time.Second, time.Duration(rapid.IntRange(0, 60).Draw(r, "takes")) * time.Second,
			}
		}), 1, 20).Draw(r, "asks")
		synctest.Test(t, func(t *testing.T) {
			b := budget.New(limits, nil)
			var mu sync.Mutex
			running, of, wrong := 0, map[string]int{}, ""
			count := func(a ask, sign int) {
				mu.Lock()
				defer mu.Unlock()
				if a.price <= limits.Cheap {
					return
				}
				running += sign * min(a.price, limits.Running)
				of[a.caller] += sign * min(a.price, limits.PerCaller)
				if running > limits.Running || of[a.caller] > limits.PerCaller {
					wrong = fmt.Sprintf("%d run, %v", running, of)
				}
			}
			var all sync.WaitGroup
			for _, a := range asks {
				all.Go(func() {
					time.Sleep(a.begin)
					leave, err := b.Enter(t.Context(), a.caller, a.price)
					if err != nil {
						return
					}
					count(a, 1)
					time.Sleep(a.takes)
					count(a, -1)
					leave()
				})
			}
			all.Wait()
			if wrong != "" {
				r.Fatal(wrong)
			}
			if leave, err := b.Enter(t.Context(), "ann", 1_000); err != nil {
				r.Fatalf("something was not given back: %v", err)
			} else {
				leave()
			}
		})
	})
}

func TestWhoComesWhenTooMuchRunsWaitsForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, Cheap: 1, PerCaller: 100}, nil)
		leave := enter(t, b, "ann", 100)
		go func() {
			time.Sleep(3 * time.Second)
			leave()
		}()
		start := time.Now()
		enter(t, b, "bob", 50)()
		if waited := time.Since(start); waited != 3*time.Second {
			t.Errorf("waited %s", waited)
		}
	})
}

func TestWhoWaitedInVainIsToldSoAndByWhom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, PerCaller: 60, Cheap: 1, Wait: 5 * time.Second}, nil)
		defer enter(t, b, "ann", 60)()
		start := time.Now()
		_, err := b.Enter(t.Context(), "ann", 60)
		if busy := refusal(t, err); busy.Why != budget.Caller || busy.Limit != 60 || busy.After <= 0 {
			t.Errorf("%+v", busy)
		}
		_, err = b.Enter(t.Context(), "bob", 50)
		if busy := refusal(t, err); busy.Why != budget.All || busy.Limit != 100 {
			t.Errorf("%+v", busy)
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("both waited %s", waited)
		}
		if n := testutil.CollectAndCount(b, "releasegraph_refused_operations_total"); n != 2 {
			t.Errorf("%d reasons counted", n)
		}
	})
}

func TestCheapOperationsDoNotStandBehindDearOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 1_000, Cheap: 10}, nil)
		defer enter(t, b, "ann", 500)()
		defer enter(t, b, "bob", 500)()
		for range 50 { // in line behind them
			go func() {
				_, err := b.Enter(t.Context(), "ann", 400)
				refusal(t, err)
			}()
		}
		synctest.Wait()
		start := time.Now()
		enter(t, b, "ann", 10)()
		enter(t, b, "eve", 10)()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %s", waited)
		}
		time.Sleep(time.Minute)
	})
}

func TestOneCallersLineKeepsNobodyElseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, PerCaller: 50, Cheap: 1}, nil)
		defer enter(t, b, "ann", 50)()
		for range 20 {
			go func() {
				_, err := b.Enter(t.Context(), "ann", 50)
				refusal(t, err)
			}()
		}
		synctest.Wait()
		start := time.Now()
		enter(t, b, "bob", 50)()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %s", waited)
		}
		time.Sleep(time.Minute)
	})
}

func TestALineHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, Cheap: 1, Line: 3}, nil)
		defer enter(t, b, "ann", 50)()
		for range 3 {
			go func() {
				_, err := b.Enter(t.Context(), "ann", 50)
				refusal(t, err)
			}()
		}
		synctest.Wait()
		start := time.Now()
		_, err := b.Enter(t.Context(), "ann", 50)
		refusal(t, err)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %s", waited)
		}
		time.Sleep(time.Minute)
	})
}

func TestWhoGoesAwayLeavesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, PerCaller: 100, Cheap: 1}, nil)
		leave := enter(t, b, "ann", 100)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if _, err := b.Enter(ctx, "bob", 100); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		leave()
		enter(t, b, "eve", 100)()
	})
}

func TestWorkThatNobodyCanRepeatWaitsToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Limits{Running: 100, PerCaller: 100, Cheap: 1, Wait: time.Second}, nil)
		leave := enter(t, b, "ann", 100)
		go func() {
			time.Sleep(time.Hour)
			leave()
		}()
		leave, err := b.Await(t.Context(), "bob", 100)
		if err != nil {
			t.Fatal(err)
		}
		leave()
	})
}

func TestWhenMemoryIsScarceCheapOperationsGoOn(t *testing.T) {
	scarce := true
	b := budget.New(budget.Limits{Running: 100, Cheap: 10}, func() bool { return scarce })
	_, err := b.Enter(t.Context(), "ann", 11)
	if busy := refusal(t, err); busy.Why != budget.Memory {
		t.Errorf("%+v", busy)
	}
	enter(t, b, "ann", 10)()
	scarce = false
	enter(t, b, "ann", 11)()
}
