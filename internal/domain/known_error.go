package domain

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// KnownError is a problem whose cause was found, and for which there is a
// workaround.
type KnownError struct {
	Record
	Description *string          `graph:"description,set,text"`
	Status      KnownErrorStatus `graph:"status,required,filter,sort,import"`
	// Symptoms are what people see of it, in their words.
	Symptoms *string `graph:"symptoms,set,text"`
	// Workaround is what helps until it is fixed.
	Workaround *string `graph:"workaround,set,text"`
	Cause      *string `graph:"cause,set,text"`
	// StatusSince is when it came to its status.
	StatusSince *time.Time `graph:"statusSince,filter,sort,import"`
}

// KnownErrorStatus is where a known error stands in its life.
type KnownErrorStatus string

// The statuses of a known error.
const (
	KnownErrorDraft     KnownErrorStatus = "DRAFT"
	KnownErrorPublished KnownErrorStatus = "PUBLISHED"
	KnownErrorRetired   KnownErrorStatus = "RETIRED"
)

// KnownErrorStatuses lists all statuses in the order of a known error's life.
var KnownErrorStatuses = []KnownErrorStatus{KnownErrorDraft, KnownErrorPublished, KnownErrorRetired}

// RuleKnownError is the rule of a known error's life.
const RuleKnownError = "KNOWN_ERROR"

// The moves of a known error.
const (
	PublishKnownError = "publishKnownError"
	RetireKnownError  = "retireKnownError"
)

// KnownErrorLife is the life of a known error: DRAFT → PUBLISHED → RETIRED; a
// draft may be retired as well.
var KnownErrorLife = Lifecycle[KnownErrorStatus, *KnownError]{
	Rule: RuleKnownError,
	Moves: []Move[KnownErrorStatus, *KnownError]{
		{Verb: PublishKnownError, From: []KnownErrorStatus{KnownErrorDraft}, To: KnownErrorPublished, Needs: published},
		{Verb: RetireKnownError, From: []KnownErrorStatus{KnownErrorDraft, KnownErrorPublished}, To: KnownErrorRetired},
	},
}

// published is what a known error has that others work by.
var published = []Need[*KnownError]{
	{Name: NeedSymptoms, Field: "symptoms", Lacks: unless(func(k *KnownError) bool { return blank(k.Symptoms) != "" }, "symptoms")},
	{Name: NeedWorkaround, Field: "workaround", Lacks: unless(func(k *KnownError) bool { return blank(k.Workaround) != "" }, "a workaround")},
}

// KnownErrorMove is a move that a known error has.
type KnownErrorMove = LegalMove[KnownErrorStatus]

// Check tells what is wrong with the known error as it stands, however it came
// there.
func (k *KnownError) Check() Errors {
	es := k.Record.Check()
	if k.Status != KnownErrorPublished {
		return es
	}
	for _, n := range published {
		if n.Lacks(k) != "" {
			es.rule(RuleKnownError, n.Field, fmt.Sprintf("must not be empty while the known error is %s", k.Status))
		}
	}
	return es
}

// Presence is what PRESENT_IN says: the known error is in the item, in these
// versions.
type Presence struct {
	// Versions are versions ("14.2.0") and ranges of semantic versions
	// (">=14.0, <14.3"); any version when there are none.
	Versions []string `graph:"versions,filter,set"`
}

// Limits of a Presence.
const (
	maxVersions = 100
	maxVersion  = 200 // bytes
)

// Check tells what is wrong with the versions.
func (p *Presence) Check() Errors {
	var es Errors
	if len(p.Versions) > maxVersions {
		es.wrong("versions", fmt.Errorf("are %d, at most %d are allowed", len(p.Versions), maxVersions))
	}
	for i, v := range p.Versions {
		field := fmt.Sprintf("versions.%d", i)
		switch {
		case blank(&v) == "":
			es.wrong(field, errors.New("must not be empty"))
		case len(v) > maxVersion:
			es.wrong(field, fmt.Errorf("is %d bytes long, at most %d are allowed", len(v), maxVersion))
		case slices.Contains(p.Versions[:i], v):
			es.wrong(field, fmt.Errorf("%q is given twice", v))
		default:
			es.wrong(field, CheckVersionRange(v))
		}
	}
	return es
}
