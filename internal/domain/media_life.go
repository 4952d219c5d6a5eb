package domain

import (
	"fmt"
	"time"
)

// The verbs that move a media item.
const (
	AcceptMediaItem = "acceptMediaItem"
	RefuseMediaItem = "refuseMediaItem"
	RetireMediaItem = "retireMediaItem"
	PurgeMediaItem  = "purgeMediaItem"
)

// MediaFacts is all that the moves of a media item depend on.
type MediaFacts struct {
	Item *MediaItem
	// Licences are those that cover it, Now the time by which they are judged.
	Licences []*Licence
	Now      time.Time
	// Criteria are those of the policy, Signature how it wants kits signed.
	Criteria  []string
	Signature SignatureScheme
	// By is who makes the move; nobody, where moves are only told.
	By Doer
	// Open are the open releases in whose kit it is, Needed what else needs it.
	Open, Needed []string
	// KeptUntil is the end of the policy's retention.
	KeptUntil time.Time
	Reason    string
}

// MediaMove is a move that a media item has.
type MediaMove = LegalMove[MediaStatus]

type mediaNeed = Need[*MediaFacts]

// MediaLife is the life of a media item (L1, L5): what is accepted never changes,
// and what is purged is still known.
var MediaLife = Lifecycle[MediaStatus, *MediaFacts]{
	Rule: "L1",
	Moves: []Move[MediaStatus, *MediaFacts]{
		{Verb: AcceptMediaItem, From: []MediaStatus{MediaQuarantine}, To: MediaAccepted, Needs: []mediaNeed{
			{Name: NeedStored, Field: "stored", Lacks: lacksBytes}, {Name: NeedLicence, Field: "licences", Lacks: lacksMediaLicence},
			{Name: NeedCriteria, Field: "criteria", Each: lacksCriteria}, {Name: NeedSignature, Field: "signature", Lacks: lacksSignature},
			{Name: NeedFourEyes, Field: "putBy", Lacks: lacksFourEyes},
		}},
		{Verb: RefuseMediaItem, From: []MediaStatus{MediaQuarantine}, To: MediaRefused, Needs: []mediaNeed{needMediaReason}},
		{Verb: RetireMediaItem, From: []MediaStatus{MediaAccepted}, To: MediaRetired, Needs: []mediaNeed{needNotOpen}},
		{Verb: PurgeMediaItem, From: []MediaStatus{MediaRetired, MediaRefused}, To: MediaPurged, Needs: []mediaNeed{
			{Name: NeedRetention, Rule: "L5", Field: "status", Lacks: lacksRetention}, {Name: NeedNotNeeded, Rule: "L5", Field: "kitOf", Each: lacksNotNeeded},
		}},
	},
}

var (
	needMediaReason = mediaNeed{
		Name: NeedReason, Field: "statusReason", Input: "reason", Given: true,
		Lacks: unless(func(f *MediaFacts) bool { return blank(&f.Reason) != "" }, "a reason"),
	}
	needNotOpen = mediaNeed{Name: NeedNotNeeded, Field: "kitOf", Each: func(f *MediaFacts) (list []string) {
		for _, release := range f.Open {
			list = append(list, "the end of "+release+", in whose kit it is")
		}
		return list
	}}
)

// lacksBytes is L1: the bytes are there, and were found as declared.
func lacksBytes(f *MediaFacts) string {
	if !f.Item.Stored {
		return "its bytes, with the digest and the size that are declared (PUT /media/" + f.Item.Key + ", or releasegraph media add)"
	}
	if f.Item.Damaged() {
		return "a copy that is as it was declared: put its bytes again (PUT /media/" + f.Item.Key + ")"
	}
	return ""
}

func lacksMediaLicence(f *MediaFacts) string {
	if f.Item.Terms != TermsLicensed {
		return ""
	}
	for _, l := range f.Licences {
		if l.StatusAt(f.Now) == LicenceValid {
			return ""
		}
	}
	return "a licence that is valid now (connectMediaLicence)"
}

func lacksCriteria(f *MediaFacts) (list []string) {
	met := map[string]bool{}
	for _, c := range f.Item.Criteria {
		met[c.Text] = c.Met
	}
	for _, text := range f.Criteria {
		if !met[text] {
			list = append(list, "that somebody finds met (judgeMediaCriterion): "+text)
		}
	}
	return list
}

func lacksSignature(f *MediaFacts) string {
	s := f.Item.Signature
	if f.Signature == SignatureNone || f.Signature == "" || s != nil && s.Valid && s.Scheme == f.Signature {
		return ""
	}
	return "a signature that counts, by " + string(f.Signature)
}

// lacksFourEyes keeps who put an item from accepting it.
func lacksFourEyes(f *MediaFacts) string {
	if f.Item.PutBy == nil || f.By.Name == "" || !SamePerson(Doer{Name: *f.Item.PutBy}, f.By) {
		return ""
	}
	return "somebody else than " + *f.Item.PutBy + ", who put it into the library"
}

func lacksRetention(f *MediaFacts) string {
	if f.Item.Status == MediaRefused || !f.Now.Before(f.KeptUntil) {
		return ""
	}
	return "the end of its retention on " + f.KeptUntil.Format(time.DateOnly)
}

func lacksNotNeeded(f *MediaFacts) (list []string) {
	for _, release := range f.Open {
		list = append(list, "the end of "+release+", in whose kit it is")
	}
	for _, need := range f.Needed {
		list = append(list, "that nothing needs it: "+need)
	}
	return list
}

// Move brings the item to a status that its life allows, and notes who and when.
func (m *MediaItem) Move(to MediaStatus, f *MediaFacts) {
	m.Status = to
	switch to {
	case MediaAccepted:
		m.AcceptedBy, m.AcceptedAt = &f.By.Name, &f.Now
	case MediaPurged:
		m.PurgedAt, m.Stored, m.Copies, m.WrongCopies = &f.Now, false, nil, nil
	}
	if blank(&f.Reason) != "" && to != MediaAccepted {
		m.StatusReason = &f.Reason
	}
}

// CheckReceived says which fields of an edit can no longer change once the bytes
// are there: they were compared with these (L1).
func (m *MediaItem) CheckReceived(now *MediaItem) Errors {
	var es Errors
	if !m.Stored || !now.Stored {
		return es
	}
	const why = "stays: its bytes are in the library, and have it; refuse the item, and make a new one"
	if m.Sha256 != now.Sha256 {
		es.rule("L1", "sha256", why)
	}
	if m.Size != now.Size {
		es.rule("L1", "size", why)
	}
	return es
}

// CheckFixed says which fields of an edit can no longer change: an accepted item is
// what it was accepted as (L1).
func (m *MediaItem) CheckFixed(now *MediaItem) Errors {
	var es Errors
	fixed := func(field string, same bool) {
		if !same {
			es.rule("L1", field, "never changes of an item that is "+string(m.Status)+": a new version is a new item")
		}
	}
	fixed("productVersion", m.ProductVersion == now.ProductVersion)
	fixed("kind", m.Kind == now.Kind)
	fixed("sha256", m.Sha256 == now.Sha256)
	fixed("size", m.Size == now.Size)
	fixed("location", sameText(m.Location, now.Location))
	fixed("terms", m.Terms == now.Terms)
	fixed("spdx", sameText(m.Spdx, now.Spdx))
	if !now.Status.Fixed() {
		es.rule("L1", "status", fmt.Sprintf("is %s, and not judged anew: what is not to be used any more is retired", m.Status))
	}
	return es
}
