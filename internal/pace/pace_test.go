package pace_test

import (
	"context"
	"errors"
	"testing"

	"releasegraph/internal/pace"
)

func TestALoopStopsWithinAThousandStepsOfItsContextsEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := pace.Of(ctx)
	for range 12345 {
		if err := p.Step(); err != nil {
			t.Fatalf("stopped by itself: %v", err)
		}
	}
	cancel()
	steps := 0
	for p.Step() == nil {
		if steps++; steps > 1000 {
			t.Fatal("1,000 steps later it still goes on")
		}
	}
	if err := p.Step(); !errors.Is(err, context.Canceled) {
		t.Errorf("a later step answers %v, want the context's error again", err)
	}
}

func TestStepsCountedTogetherAreStepsToo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := pace.Of(ctx)
	if err := p.Steps(5000); err != nil {
		t.Fatalf("stopped by itself: %v", err)
	}
	cancel()
	if err := p.Steps(1000); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
