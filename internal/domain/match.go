package domain

// MatchPartKind says by what a known error is compared with a problem.
type MatchPartKind string

// The parts of a comparison.
const (
	MatchItem     MatchPartKind = "ITEM"
	MatchVersion  MatchPartKind = "VERSION"
	MatchSymptoms MatchPartKind = "SYMPTOMS"
)

// MatchPart is what one part of a comparison came to.
type MatchPart struct {
	Kind MatchPartKind
	// Score is out of Most.
	Score, Most int
	// Text explains it.
	Text string
}

// ProblemDraft is what is known of a problem that is not stored (yet).
type ProblemDraft struct {
	Items []*Ref
	// Version is the one that the items run in; what is installed when absent.
	Version  *string
	Symptoms *string
}
