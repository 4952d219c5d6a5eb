package domain

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// RolloutLimits bound each wave of a plan (P6); absent: no limit.
type RolloutLimits struct {
	SitesPerWave *int `json:"sitesPerWave,omitempty"`
	UsersPerWave *int `json:"usersPerWave,omitempty"`
	// CriticalityPerWave bounds the sum over the steps of a wave of the highest
	// criticality among the items that each receives.
	CriticalityPerWave *int `json:"criticalityPerWave,omitempty"`
}

// PlanEdit is a change that a person made to a plan by hand (P11).
type PlanEdit struct {
	Kind PlanEditKind `json:"kind"`
	// SiteKey names the site that is moved, pinned or left out, ReleaseKey the release
	// of the step where it is not that of the deployment.
	SiteKey    string `json:"site,omitempty"`
	ReleaseKey string `json:"release,omitempty"`
	// Wave is the wave where a step goes, or the one that is split, or joined with the
	// next one; 0: none.
	Wave int `json:"wave,omitempty"`
	// SiteKeys are the sites that go into the second part of a wave that is split.
	SiteKeys []string `json:"sites,omitempty"`
	// At is when a pinned step begins.
	At *time.Time `json:"at,omitempty"`
	// Reason says why the rules that it breaks are waived, MadeBy who made it, MadeAt
	// when.
	Reason string    `json:"reason,omitempty"`
	MadeBy string    `json:"by"`
	MadeAt time.Time `json:"madeAt"`
}

// PlanEditKind is what a hand edit does (P11).
type PlanEditKind string

// The kinds of edits.
const (
	MoveStep    PlanEditKind = "MOVE"
	SplitWave   PlanEditKind = "SPLIT"
	MergeWaves  PlanEditKind = "MERGE"
	PinStep     PlanEditKind = "PIN"
	ExcludeSite PlanEditKind = "EXCLUDE"
)

// PlanEditKinds lists all kinds of edits.
var PlanEditKinds = []PlanEditKind{MoveStep, SplitWave, MergeWaves, PinStep, ExcludeSite}

// UpToDateItem is an item that a site has in the version that it would get, or in a
// higher one (P2). Records are named by their keys.
type UpToDateItem struct {
	SiteKey string `json:"site"`
	ItemKey string `json:"item"`
	Version string `json:"version"`
}

// PlanWaiver is a rule that does not hold by a person's word (P11).
type PlanWaiver struct {
	Rule string `json:"rule"`
	// Names are the records that it concerns.
	Names  []RecordName `json:"records,omitempty"`
	Reason string       `json:"reason"`
	MadeBy string       `json:"by"`
}

// PathStep is an environment that a CONTINUOUS roll-out passes before its first wave
// (P1), with the kinds of tests that must be shown there (R15).
type PathStep struct {
	Environment Environment `json:"environment"`
	Shows       []TestKind  `json:"shows,omitempty"`
}

// PlacementReason says why a step is in its wave and hour (P10).
type PlacementReason struct {
	Rule string `json:"rule"`
	// Code is one of PlacementCodes.
	Code       string            `json:"code"`
	Text       string            `json:"text"`
	Parameters map[string]string `json:"parameters,omitempty"`
	// Links are edges of the graph, each of which begins where the last one ended.
	Links []PlacementLink `json:"chain,omitempty"`
	// Names are the records that it names besides.
	Names []RecordName `json:"names,omitempty"`
}

// PlacementLink is an edge of a chain of reasons.
type PlacementLink struct {
	FromName     RecordName `json:"from"`
	ToName       RecordName `json:"to"`
	Relationship string     `json:"relationship"`
}

// RecordName is a kind and a key: ConfigurationItem:app.
type RecordName string

// NameOf returns the name of a record.
func NameOf(kind, key string) RecordName { return RecordName(kind + ":" + key) }

// Parts returns the kind and the key.
func (n RecordName) Parts() (kind, key string) {
	kind, key, _ = strings.Cut(string(n), ":")
	return kind, key
}

// PlacementCodes is the closed list of codes of reasons, each with its rule (P10).
var PlacementCodes = map[string]string{
	"P1.ONE_WAVE": "P1", "P1.OFFER": "P1",
	"P2.RECEIVES": "P2", "P2.HELD": "P2", "P2.CHOSEN": "P2", "P2.ADDED": "P2",
	"P4.AFTER": "P4", "P4.NEEDS_SITE": "P4", "P4.TOGETHER": "P4", "P4.CYCLE": "P4", "P4.ITEM": "P4",
	"P5.RING": "P5", "P5.AFTER_PILOTS": "P5", "P5.GAVE_WAY": "P5",
	"P6.FULL": "P6", "P6.REGION": "P6", "P6.BIG_BANG": "P6",
	"P7.WINDOW": "P7", "P7.HOURS": "P7", "P7.FREEZE": "P7", "P7.CONFLICT": "P7", "P7.SOAK": "P7",
	"P8.INSTANT": "P8", "P9.FIRST": "P9", "P9.AFTER": "P9",
	"P11.WAIVED": "P11", "P11.KEPT": "P11", "P13.PAIR": "P13", "P13.CAPACITY": "P13",
}

// kept returns how a part of a plan is kept in a property of its record.
func kept[T any](parts []T) []string {
	list := make([]string, len(parts))
	for i := range parts {
		text, err := json.Marshal(parts[i])
		if err != nil {
			panic(err) // they hold nothing but texts, numbers and times
		}
		list[i] = string(text)
	}
	return list
}

// readKept reads parts of a plan as they are kept. It leaves out what an import
// brought that cannot be read, which Check refuses.
func readKept[T any](list []string) []T {
	parts := make([]T, 0, len(list))
	for _, text := range list {
		var part T
		if readStrictly(text, &part) == nil {
			parts = append(parts, part)
		}
	}
	return parts
}

func readStrictly(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// checkKept adds an error for each part of a plan that cannot be read.
func checkKept[T any](es *Errors, field string, list []string, check func(*T) error) {
	for i, text := range list {
		var part T
		err := readStrictly(text, &part)
		if err != nil {
			err = fmt.Errorf("cannot be read as an object of JSON: %w", err)
		} else {
			err = check(&part)
		}
		es.wrong(fmt.Sprintf("%s.%d", field, i), err)
	}
}

// PlanEdits are the edits of the plan, in the order in which they were made (P11).
func (d *Deployment) PlanEdits() []PlanEdit { return readKept[PlanEdit](d.Edits) }

// SetPlanEdits keeps edits of the plan.
func (d *Deployment) SetPlanEdits(list []PlanEdit) { d.Edits = kept(list) }

// UpToDateItems are what sites that are asked for have already (P2).
func (d *Deployment) UpToDateItems() []UpToDateItem { return readKept[UpToDateItem](d.UpToDate) }

// SetUpToDateItems keeps what sites have already.
func (d *Deployment) SetUpToDateItems(list []UpToDateItem) { d.UpToDate = kept(list) }

// PlanWaivers are the rules that do not hold by a person's word (P11).
func (d *Deployment) PlanWaivers() []PlanWaiver { return readKept[PlanWaiver](d.Waived) }

// SetPlanWaivers keeps which rules do not hold.
func (d *Deployment) SetPlanWaivers(list []PlanWaiver) { d.Waived = kept(list) }

// PathSteps are the environments that come before the first wave (P1).
func (d *Deployment) PathSteps() []PathStep {
	steps := readKept[PathStep](d.Path)
	for i := range steps {
		if steps[i].Shows == nil {
			steps[i].Shows = []TestKind{}
		}
	}
	return steps
}

// SetPathSteps keeps the environments that come before the first wave.
func (d *Deployment) SetPathSteps(list []PathStep) { d.Path = kept(list) }

// PlacementReasons say why it is in its wave and hour (P10).
func (s *SiteRollout) PlacementReasons() []PlacementReason {
	return readKept[PlacementReason](s.Reasons)
}

// SetPlacementReasons keeps why it is in its wave and hour.
func (s *SiteRollout) SetPlacementReasons(list []PlacementReason) { s.Reasons = kept(list) }

// checkReason tells what is wrong with a reason (P10).
func checkReason(r *PlacementReason) error {
	switch rule, known := PlacementCodes[r.Code]; {
	case !known:
		return fmt.Errorf("has the code %q, which is none of the closed list: %s", r.Code, join(slices.Sorted(maps.Keys(PlacementCodes))))
	case rule != r.Rule:
		return fmt.Errorf("has the code %s, which belongs to rule %s, not %s", r.Code, rule, r.Rule)
	}
	for i := 1; i < len(r.Links); i++ {
		if r.Links[i].FromName != r.Links[i-1].ToName {
			return fmt.Errorf("has a chain that breaks: its link %d begins at %s, and the one before ends at %s", i+1, r.Links[i].FromName, r.Links[i-1].ToName)
		}
	}
	return nil
}

func checkPathStep(s *PathStep) error {
	if !slices.Contains(Environments, s.Environment) {
		return fmt.Errorf("has the environment %q; there are %s", s.Environment, join(Environments))
	}
	return nil
}

func checkEdit(e *PlanEdit) error {
	if !slices.Contains(PlanEditKinds, e.Kind) {
		return fmt.Errorf("has the kind %q; there are %s", e.Kind, join(PlanEditKinds))
	}
	return nil
}

// checkPlan tells what is wrong with what its plan was asked for.
func (d *Deployment) checkPlan(es *Errors) {
	if l := d.Limits; l != nil {
		es.limit("limits.sitesPerWave", l.SitesPerWave)
		es.limit("limits.usersPerWave", l.UsersPerWave)
		es.limit("limits.criticalityPerWave", l.CriticalityPerWave)
	}
	es.longer("workDuration", d.WorkDuration)
	es.after("finishBy", d.FinishBy, "notBefore", d.NotBefore)
	es.within("lowerBound", d.LowerBound, 0, MaxCount)
	checkKept(es, "edits", d.Edits, checkEdit)
	checkKept(es, "waived", d.Waived, func(*PlanWaiver) error { return nil })
	checkKept(es, "path", d.Path, checkPathStep)
	es.within("maxWaveUsersAtRisk", d.MaxWaveUsersAtRisk, 0, MaxCount)
	checkKept(es, "upToDate", d.UpToDate, func(*UpToDateItem) error { return nil })
}

// longer adds an error for a duration that cannot be read, or is none.
func (es *Errors) longer(field string, text *string) {
	if text == nil {
		return
	}
	length, err := ParseDuration(*text)
	if err == nil && length <= 0 {
		err = errors.New("must be longer than nothing")
	}
	es.wrong(field, err)
}

// limit adds an error for a limit under which nothing fits (P6).
func (es *Errors) limit(field string, n *int) {
	if n != nil && *n < 1 {
		es.rule("P6", field, fmt.Sprintf("is %d: a wave without room holds nothing; leave it out for no limit", *n))
	}
}

// AllNames lists all records that the reason names.
func (r *PlacementReason) AllNames() []RecordName {
	list := slices.Clone(r.Names)
	for _, l := range r.Links {
		list = append(list, l.FromName, l.ToName)
	}
	return list
}

// LastPlanned is, of the deployments of a release that are PLANNED, the one whose plan
// was accepted, or else was made last; nil for none (P11).
func LastPlanned(list []*Deployment) (last *Deployment) {
	for _, d := range list {
		if d.Status == DeploymentPlanned && d.PlannedAt != nil && (last == nil || d.standsBefore(last)) {
			last = d
		}
	}
	return last
}

// Binding reports whether its plan is what sites go by: it was accepted, and was neither
// given up nor taken back (P11).
func (d *Deployment) Binding() bool {
	switch d.Status {
	case DeploymentAborted, DeploymentBackingOut, DeploymentBackedOut:
		return false
	}
	return d.AcceptedAt != nil
}

// LastBinding is, of the deployments of a release whose plans are binding, the one that
// was accepted last; nil for none.
func LastBinding(list []*Deployment) (last *Deployment) {
	for _, d := range list {
		if d.Binding() && (last == nil || cmp.Or(d.AcceptedAt.Compare(*last.AcceptedAt), cmp.Compare(d.Key, last.Key)) > 0) {
			last = d
		}
	}
	return last
}

// standsBefore reports whether its plan is announced rather than another one.
func (d *Deployment) standsBefore(other *Deployment) bool {
	if (d.AcceptedAt != nil) != (other.AcceptedAt != nil) {
		return d.AcceptedAt != nil
	}
	return cmp.Or(d.PlannedAt.Compare(*other.PlannedAt), cmp.Compare(d.Key, other.Key)) > 0
}
