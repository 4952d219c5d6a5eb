package domain

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Wave is one step of a deployment: sites that get the release together (P6, D2).
type Wave struct {
	Record
	// Ordinal numbers the waves of a deployment from 1.
	Ordinal int `graph:"ordinal,filter,sort,import"`
	// Status changes by the moves of D1 alone; an import may bring any.
	Status       WaveStatus `graph:"status,required,filter,sort,import"`
	StatusSince  *time.Time `graph:"statusSince,filter,sort,import"`
	StatusReason *string    `graph:"statusReason,import,text"`
	// WindowFrom is when its first site begins, WindowTo when its last one ends (P7).
	WindowFrom *time.Time `graph:"windowFrom,filter,sort,import"`
	WindowTo   *time.Time `graph:"windowTo,filter,sort,import"`
	// Gate says what opens it (D2): Gatekeeper is who, besides a deployment manager,
	// OpensAt when.
	Gate       WaveGate   `graph:"gate,required,filter,import"`
	Gatekeeper *string    `graph:"gatekeeper,filter,import,text,person"`
	OpensAt    *time.Time `graph:"opensAt,filter,sort,import"`
	// GateVerdict is what was decided at the gate, by GateDecidedBy.
	GateVerdict   *GateVerdict `graph:"gateVerdict,filter,import"`
	GateDecidedBy *string      `graph:"gateDecidedBy,filter,import,text,person"`
	GateDecidedAt *time.Time   `graph:"gateDecidedAt,filter,import"`
	// Exposure is the percentage of users or items that has the release once the wave has
	// begun, of a roll-out without sites; nil: it is of sites.
	Exposure *int `graph:"exposure,filter,sort,import"`
	// GateMeasure and GateQuery say how a server measures whether a gate that is MEASURED
	// opens, GateOver over how long. GateMeasured is what was measured last, at
	// GateMeasuredAt.
	GateMeasure    *TestMeasure `graph:"gateMeasure,import"`
	GateQuery      *string      `graph:"gateQuery,import,text"`
	GateOver       *string      `graph:"gateOver,import"`
	GateMeasured   *Measurement `graph:"gateMeasured,import"`
	GateMeasuredAt *time.Time   `graph:"gateMeasuredAt,filter,import"`
	// StartedAt is when it was first RUNNING. From SucceededAt on it soaks (D2).
	StartedAt   *time.Time `graph:"startedAt,filter,sort,import"`
	SucceededAt *time.Time `graph:"succeededAt,filter,sort,import"`
	// HurtSites and HurtUsers are the sites that its failure would hurt, and their users:
	// those where something depends on what it changes, by any chain, with its own.
	HurtSites *int `graph:"hurtSites,filter,sort,import"`
	HurtUsers *int `graph:"hurtUsers,filter,sort,import"`
}

// WaveGate is what a wave waits for besides those before it (D2).
type WaveGate string

// The gates.
const (
	NoGate       WaveGate = "NONE"
	PersonGate   WaveGate = "PERSON"
	TimeGate     WaveGate = "TIME"
	MeasuredGate WaveGate = "MEASURED"
)

// WaveGates lists all gates.
var WaveGates = []WaveGate{NoGate, PersonGate, TimeGate, MeasuredGate}

// GateVerdict is what is decided at the gate of a wave (D2).
type GateVerdict string

// The verdicts at a gate.
const (
	GateGo   GateVerdict = "GO"
	GateNoGo GateVerdict = "NO_GO"
)

// GateVerdicts lists both verdicts.
var GateVerdicts = []GateVerdict{GateGo, GateNoGo}

// WaveStatus is where a wave stands in its life (D1).
type WaveStatus string

// The statuses of a wave.
const (
	WavePending   WaveStatus = "PENDING"
	WaveReady     WaveStatus = "READY"
	WaveRunning   WaveStatus = "RUNNING"
	WavePaused    WaveStatus = "PAUSED"
	WaveSucceeded WaveStatus = "SUCCEEDED"
	WaveFailed    WaveStatus = "FAILED"
	WaveSkipped   WaveStatus = "SKIPPED"
)

// WaveStatuses lists all statuses, in the order of a wave's life.
var WaveStatuses = []WaveStatus{WavePending, WaveReady, WaveRunning, WavePaused, WaveSucceeded, WaveFailed, WaveSkipped}

// WaveLife is the life of a wave (D1).
var WaveLife = Lifecycle[WaveStatus, *Wave]{
	Rule: "D1",
	Moves: []Move[WaveStatus, *Wave]{
		{From: []WaveStatus{WavePending}, To: WaveReady},
		{From: []WaveStatus{WaveReady, WavePaused, WaveFailed}, To: WaveRunning},
		{From: []WaveStatus{WaveRunning}, To: WavePaused},
		{From: []WaveStatus{WaveRunning, WavePaused, WaveFailed}, To: WaveSucceeded},
		{From: []WaveStatus{WaveRunning, WavePaused}, To: WaveFailed},
		{From: []WaveStatus{WavePending, WaveReady, WaveRunning, WavePaused, WaveFailed}, To: WaveSkipped},
	},
}

// GatekeeperPerson is who may open its gate.
func (w *Wave) GatekeeperPerson() *Person { return maybePersonOf(w, w.Gatekeeper) }

// GateDecidedByPerson is who decided at its gate.
func (w *Wave) GateDecidedByPerson() *Person { return maybePersonOf(w, w.GateDecidedBy) }

// Window is from when its first site begins until its last one ends; nil where
// either is not known (P7).
func (w *Wave) Window() *TimeRange { return rangeOf(w.WindowFrom, w.WindowTo) }

// Exceeds reports whether its failure would hurt more users than are allowed; nil allows
// any number.
func (w *Wave) Exceeds(allowed *int) bool {
	return allowed != nil && w.HurtUsers != nil && *w.HurtUsers > *allowed
}

// rangeOf is the time between two instants that are both known.
func rangeOf(from, to *time.Time) *TimeRange {
	if from == nil || to == nil {
		return nil
	}
	return &TimeRange{From: *from, To: *to}
}

// Check tells what is wrong with the wave, as an import may bring it.
func (w *Wave) Check() Errors {
	es := w.Record.Check()
	es.within("ordinal", &w.Ordinal, 1, MaxCount)
	es.within("exposure", w.Exposure, 1, 100)
	es.within("hurtSites", w.HurtSites, 0, MaxCount)
	es.within("hurtUsers", w.HurtUsers, 0, MaxCount)
	es.after("windowTo", w.WindowTo, "windowFrom", w.WindowFrom)
	if w.Gate == NoGate && (w.Gatekeeper != nil || w.GateVerdict != nil) {
		es.rule("D2", "gate", "is NONE: nobody opens it, and nothing is decided there")
	}
	if (w.Gate == TimeGate) != (w.OpensAt != nil) {
		es.rule("D2", "opensAt", "goes with a gate that a TIME opens, and with no other")
	}
	w.checkMeasured(&es)
	if (w.GateVerdict == nil) != (w.GateDecidedBy == nil) || (w.GateVerdict == nil) != (w.GateDecidedAt == nil) {
		es.wrong("gateVerdict", errors.New("goes with gateDecidedBy and gateDecidedAt: all of them, or none"))
	}
	es.told("startedAt", w.StartedAt, WaveLife.Leads(WaveRunning, w.Status, w), w.Status)
	es.told("succeededAt", w.SucceededAt, WaveLife.Leads(WaveSucceeded, w.Status, w), w.Status)
	es.inOrder([]namedTime{{"startedAt", w.StartedAt}, {"succeededAt", w.SucceededAt}})
	return es
}

// checkMeasured holds what a server measures to a gate that is MEASURED (D2).
func (w *Wave) checkMeasured(es *Errors) {
	if w.Gate != MeasuredGate {
		if w.GateMeasure != nil || w.GateQuery != nil || w.GateOver != nil || w.GateMeasured != nil || w.GateMeasuredAt != nil {
			es.rule("D2", "gateMeasure", "goes with a gate that is MEASURED, and with no other")
		}
		return
	}
	if w.GateMeasure == nil || blank(w.GateQuery) == "" {
		es.rule("D2", "gateMeasure", "is missing, or gateQuery is: a gate that is MEASURED says what is asked")
		return
	}
	w.GateMeasure.check(es)
	es.longer("gateOver", w.GateOver)
	switch over, step := w.MeasuredOver(), w.GateMeasure.Step(); {
	case step <= 0:
	case over < step:
		es.rule("D2", "gateOver", "is less than one interval of "+w.GateMeasure.Interval)
	case int(over/step)+1 > MostMeasurements:
		es.rule("D2", "gateOver", fmt.Sprintf("would ask for more than %d measurements", MostMeasurements))
	}
}

// MeasuredOver is over how long its gate is measured, 0: that is not said.
func (w *Wave) MeasuredOver() time.Duration {
	if w.GateOver == nil {
		return 0
	}
	over, _ := ParseDuration(*w.GateOver) // which Check has read
	return over
}

// SortWaves puts waves in the order of their numbers.
func SortWaves(waves []*Wave) {
	slices.SortFunc(waves, func(x, y *Wave) int { return cmp.Or(cmp.Compare(x.Ordinal, y.Ordinal), cmp.Compare(x.Key, y.Key)) })
}
