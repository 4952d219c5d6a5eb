package domain

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// MediaItem is a master copy in the definitive media library (L1, L2).
type MediaItem struct {
	Record
	Description *string `graph:"description,set,text"`
	// ProductVersion is the version of the software that it is a copy of.
	ProductVersion string    `graph:"productVersion,required,filter,sort,set,text"`
	Kind           MediaKind `graph:"kind,required,filter,sort,set"`
	// Sha256 and Size are what its bytes are declared to be.
	Sha256 string   `graph:"sha256,required,filter,sort,set"`
	Size   ByteSize `graph:"size,set"`
	// Location is where its bytes are: the library's own, or a reference.
	Location *string `graph:"location,set,text"`
	// Copies are the locations of the library that hold it (L6).
	Copies []string `graph:"copies,filter,import"`
	// WrongCopies are those of its locations whose copy was missing or another
	// content than declared when it was last compared (L2, L6).
	WrongCopies []string `graph:"wrongCopies,filter,import"`
	// Stored says that the bytes were received, and were as declared.
	Stored bool       `graph:"stored,filter,import"`
	Terms  MediaTerms `graph:"terms,required,filter,sort,set"`
	// Spdx names an open licence.
	Spdx *string `graph:"spdx,filter,set"`
	// Signature is what came of verifying its signature.
	Signature *KitSignature `graph:"signature,import"`
	// Criteria are those of the policy, each with who found it met.
	Criteria []MediaCriterion `graph:"criteria,import"`
	Status   MediaStatus      `graph:"status,required,filter,sort,import"`
	// StatusReason says why it was refused or retired.
	StatusReason *string    `graph:"statusReason,import,text"`
	PutBy        *string    `graph:"putBy,filter,sort,import,text,person"`
	AcceptedBy   *string    `graph:"acceptedBy,filter,sort,import,text,person"`
	AcceptedAt   *time.Time `graph:"acceptedAt,filter,sort,import"`
	PurgedAt     *time.Time `graph:"purgedAt,filter,sort,import"`
}

// ByteSize is a number of bytes.
type ByteSize int64

// MediaKind is what sort of thing a media item is.
type MediaKind string

// The kinds of media item.
const (
	MediaPackage  MediaKind = "PACKAGE"
	MediaScript   MediaKind = "SCRIPT"
	MediaDocument MediaKind = "DOCUMENT"
	MediaSbom     MediaKind = "SBOM"
	MediaImage    MediaKind = "IMAGE"
	MediaSource   MediaKind = "SOURCE"
)

// MediaKinds lists all kinds of media item.
var MediaKinds = []MediaKind{MediaPackage, MediaScript, MediaDocument, MediaSbom, MediaImage, MediaSource}

// MediaTerms are the terms on which a media item may be used (L1).
type MediaTerms string

// The terms.
const (
	TermsLicensed MediaTerms = "LICENSED"
	TermsOwn      MediaTerms = "OWN"
	TermsOpen     MediaTerms = "OPEN"
)

// MediaTermsList lists all terms.
var MediaTermsList = []MediaTerms{TermsLicensed, TermsOwn, TermsOpen}

// MediaStatus is where a media item stands in its life (L1).
type MediaStatus string

// The statuses of a media item.
const (
	MediaQuarantine MediaStatus = "QUARANTINE"
	MediaAccepted   MediaStatus = "ACCEPTED"
	MediaRefused    MediaStatus = "REFUSED"
	MediaRetired    MediaStatus = "RETIRED"
	MediaPurged     MediaStatus = "PURGED"
)

// MediaStatuses lists all statuses of a media item.
var MediaStatuses = []MediaStatus{MediaQuarantine, MediaAccepted, MediaRefused, MediaRetired, MediaPurged}

// Fixed reports whether the content of an item of the status never changes again
// (L1).
func (s MediaStatus) Fixed() bool { return s == MediaAccepted || s == MediaRetired || s == MediaPurged }

// Mastered reports whether an item of the status is a master copy of what runs.
func (s MediaStatus) Mastered() bool { return s == MediaAccepted || s == MediaRetired }

// KitSignature is what came of verifying a signature.
type KitSignature struct {
	Scheme   SignatureScheme `json:"scheme"`
	Signer   string          `json:"signer"`
	SignedAt *time.Time      `json:"signedAt"`
	Valid    bool            `json:"valid"`
	Reason   *string         `json:"reason"`
}

// SignatureScheme is how kits are signed.
type SignatureScheme string

// The schemes of signature.
const (
	SignatureNone     SignatureScheme = "NONE"
	SignatureMinisign SignatureScheme = "MINISIGN"
	SignatureSigstore SignatureScheme = "SIGSTORE"
)

// SignatureSchemes lists all schemes of signature.
var SignatureSchemes = []SignatureScheme{SignatureNone, SignatureMinisign, SignatureSigstore}

// MediaCriterion is a criterion of the policy, and who found that the item meets
// it.
type MediaCriterion struct {
	Text string    `json:"text"`
	Met  bool      `json:"met"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// SoundCopies returns the locations of the library whose copy is not known to be
// wrong: what may be deployed from (L2, L6).
func (m *MediaItem) SoundCopies() []string {
	return slices.DeleteFunc(slices.Clone(m.Copies), func(at string) bool { return slices.Contains(m.WrongCopies, at) })
}

// Damaged reports whether no copy in the library is known to be sound any more.
func (m *MediaItem) Damaged() bool { return len(m.Copies) > 0 && len(m.SoundCopies()) == 0 }

// PutByPerson is who put the item into the library.
func (m *MediaItem) PutByPerson() *Person { return maybePersonOf(m, m.PutBy) }

// AcceptedByPerson is who accepted it.
func (m *MediaItem) AcceptedByPerson() *Person { return maybePersonOf(m, m.AcceptedBy) }

var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// CheckSha256 says what is wrong with a SHA-256 digest in hexadecimal.
func CheckSha256(s string) error {
	if !sha256Text.MatchString(s) {
		return fmt.Errorf("%q is no SHA-256 digest: 64 digits of 0-9 and a-f", s)
	}
	return nil
}

// Check tells what is wrong with the item.
func (m *MediaItem) Check() Errors {
	es := m.Record.Check()
	es.wrong("sha256", CheckSha256(m.Sha256))
	if m.Size < 1 {
		es.wrong("size", errors.New("must be 1 or more: the number of bytes"))
	}
	if m.Location != nil {
		es.wrong("location", CheckMediaLocation(*m.Location))
	}
	if m.Spdx != nil && m.Terms != TermsOpen {
		es.wrong("spdx", fmt.Errorf("belongs to OPEN terms, not to %s", m.Terms))
	}
	return es
}
