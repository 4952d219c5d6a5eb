package acceptance

import (
	"context"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/measure"
)

// Measuring asks servers for measurements. Which there are is said at start.
type Measuring interface {
	// Names are those of the servers that may be asked.
	Names() []string
	// Ask asks one. What went wrong is among the troubles of the answer; the error is
	// that of the context.
	Ask(ctx context.Context, a measure.Asked) (measure.Answer, error)
}

// Measure is a test to measure over a period.
type Measure struct {
	Test            domain.Ref
	From            time.Time
	To              *time.Time
	TestEnvironment *domain.Ref
	KitDigest       *string
	Round           *int
	Comment         *string
}

// over is the period, to the second.
func (in Measure) over(now time.Time) domain.TimeRange {
	return domain.TimeRange{From: in.From.Truncate(time.Second), To: optional.Or(in.To, now).Truncate(time.Second)}
}

// report is a run as it is measured.
func (in Measure) report(over domain.TimeRange, verdict domain.TestVerdict) Report {
	return Report{
		Test: in.Test, Verdict: verdict, StartedAt: over.From, EndedAt: &over.To, TestEnvironment: in.TestEnvironment,
		KitDigest: in.KitDigest, Round: in.Round, Comment: in.Comment,
	}
}

// MeasureTestRun asks the server that a test names for its measurements, and reports a
// run of what they come to (R7). It is the run of who asks: what holds for them holds
// for it. The server is asked once, before anything is written; what was measured counts
// for the round and the kit of then alone.
func (a *Area) MeasureTestRun(ctx context.Context, in Measure, o *domain.WriteOptions) (*Ran, error) {
	m := estate.Mutation{Action: report, Kind: domain.KindTestRun, Options: o.Because(in.Comment), Input: []any{"measure", domain.KindTestRun, in}}
	var made *measured
	out, err := carryOut(ctx, a, m, domain.KindTestRun, func() (*estate.Draft, *done[*domain.TestRun], error) {
		if made == nil {
			var err error
			if made, err = a.measure(ctx, in); err != nil {
				return nil, nil, err
			}
		}
		return a.report(ctx, made.run, &made.kept)
	})
	return ran(out, err)
}

// measured is what was measured: the run to report, and what is kept of it.
type measured struct {
	run  Report
	kept domain.Measurement
}

// measure asks the server of a test, if whoever asks may report a run of it. The round
// and the kit are those that were found.
func (a *Area) measure(ctx context.Context, in Measure) (*measured, error) {
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindAcceptanceTest), in.Test, "input.test")
	if err != nil {
		return nil, err
	}
	tested, now := found.(*domain.AcceptanceTest), a.estate.Clock()
	over := in.over(now)
	es := tested.CheckMeasured(over, now).Under("input")
	if len(es) == 0 {
		es = append(es, a.unknownSource(tested.Measure.Source)...)
	}
	if len(es) > 0 {
		return nil, es.Err()
	}
	_, would, err := a.report(ctx, in.report(over, domain.TestInconclusive), nil)
	if err != nil {
		return nil, err
	}
	if since := would.release.StatusSince; since != nil && over.From.Before(since.Truncate(time.Second)) {
		return nil, domain.Breaks("R21", "input.from", "is before %s was handed in, at %s: another kit was measured then", would.release.Key, since.UTC().Format(time.RFC3339))
	}
	asked := measure.Asked{Measure: *tested.Measure, Query: *tested.Query, Over: over}
	answer, err := a.Measuring.Ask(ctx, asked)
	if err != nil {
		return nil, err
	}
	verdict, kept := measure.Judge(asked, answer)
	run := in.report(over, verdict)
	run.Round, run.KitDigest = &would.record.Round, &would.record.KitDigest
	return &measured{run, kept}, nil
}

// unknownSource says that a server is not among those that may be asked.
func (a *Area) unknownSource(name string) domain.Errors {
	var known []string
	if a.Measuring != nil {
		known = a.Measuring.Names()
	}
	for _, one := range known {
		if one == name {
			return nil
		}
	}
	legal := "none may (serve --prometheus names them)"
	if len(known) > 0 {
		legal = "those that may are " + strings.Join(known, ", ")
	}
	return domain.Errors{domain.Breaks("R7", "input.test", "is measured by %s, which is not among the servers that may be asked; %s", name, legal)}
}
