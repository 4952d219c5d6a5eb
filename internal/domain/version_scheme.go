package domain

// VersionScheme says how versions are read and compared.
type VersionScheme struct {
	Scheme VersionOrder `json:"scheme"`
	// Pattern is a regular expression over the whole text, whose named groups are
	// compared in the order of Order; those of Ignore are not.
	Pattern *string       `json:"pattern"`
	Order   []VersionPart `json:"order"`
	Ignore  []string      `json:"ignore"`
	Line    []string      `json:"line"`
}

// VersionOrder is a way to compare versions (R3).
type VersionOrder string

// The orders of versions.
const (
	SemanticVersions VersionOrder = "SEMVER"
	NaturalVersions  VersionOrder = "NATURAL"
	PatternVersions  VersionOrder = "PATTERN"
)

// VersionOrders lists all orders of versions.
var VersionOrders = []VersionOrder{SemanticVersions, NaturalVersions, PatternVersions}

// VersionPart is a named group of a pattern, and how it is compared.
type VersionPart struct {
	Group   string             `json:"group"`
	Compare VersionComparison  `json:"compare"`
	Ranks   []string           `json:"ranks"`
	Absent  *AbsentVersionPart `json:"absent"`
}

// VersionComparison is how a part of a version is compared.
type VersionComparison string

// The comparisons.
const (
	CompareNumber VersionComparison = "NUMBER"
	CompareText   VersionComparison = "TEXT"
	CompareRank   VersionComparison = "RANK"
)

// VersionComparisons lists all comparisons.
var VersionComparisons = []VersionComparison{CompareNumber, CompareText, CompareRank}

// AbsentVersionPart is where versions come that lack a part.
type AbsentVersionPart string

// The places of what is absent.
const (
	AbsentFirst AbsentVersionPart = "FIRST"
	AbsentLast  AbsentVersionPart = "LAST"
)

// AbsentVersionParts lists both places.
var AbsentVersionParts = []AbsentVersionPart{AbsentFirst, AbsentLast}
