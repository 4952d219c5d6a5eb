package domain

import "time"

// DeedKind is what somebody did for or to a release (R7).
type DeedKind string

// The deeds that duties are separated by: the first four make a release, the
// next five judge it. Requests, votes and signatures in other columns are free of
// it and are no deeds.
const (
	DeedBuild         DeedKind = "BUILD"          // has it built
	DeedPutMedia      DeedKind = "PUT_MEDIA"      // put a part of the kit into the library
	DeedManage        DeedKind = "MANAGE"         // manages it, started its build, submitted it
	DeedSignDelivered DeedKind = "SIGN_DELIVERED" // signed in the column DELIVERED
	DeedTest          DeedKind = "TEST"           // made a test run
	DeedJudge         DeedKind = "JUDGE"          // judged an inconclusive run
	DeedTestManager   DeedKind = "TEST_MANAGER"   // is its test manager
	DeedAccept        DeedKind = "ACCEPT"         // accepted it
	DeedSignAccepted  DeedKind = "SIGN_ACCEPTED"  // signed in the column ACCEPTED
	DeedAcceptMedia   DeedKind = "ACCEPT_MEDIA"   // accepted a media item
)

// DeedKinds lists all kinds of deed.
var DeedKinds = []DeedKind{
	DeedBuild, DeedPutMedia, DeedManage, DeedSignDelivered, DeedTest, DeedJudge, DeedTestManager, DeedAccept, DeedSignAccepted, DeedAcceptMedia,
}

// ReleaseDeed is what somebody did that is kept with the release itself: what
// was done stays, whoever has which role later (R7).
type ReleaseDeed struct {
	Kind       DeedKind `json:"kind"`
	By         string   `json:"by"`
	Identities []string `json:"identities"`
	// Media is the key of the media item of PUT_MEDIA.
	Media *string   `json:"media"`
	At    time.Time `json:"at"`
}

// Doer is who did it.
func (d ReleaseDeed) Doer() Doer { return Doer{d.By, d.Identities} }

func (d ReleaseDeed) same(other ReleaseDeed) bool {
	return d.Kind == other.Kind && d.By == other.By && sameText(d.Media, other.Media)
}

// Deed notes what somebody did; once is enough.
func (r *Release) Deed(d ReleaseDeed) {
	for _, known := range r.Deeds {
		if known.same(d) {
			return
		}
	}
	r.Deeds = append(r.Deeds[:len(r.Deeds):len(r.Deeds)], d)
}

// NewDeeds are what a change of the release does (R7): who is named as its
// manager, and, where a verb moves it, who moved it. was is the release before, nil
// of a new one.
func (r *Release) NewDeeds(was *Release, who Doer, byVerb bool, at time.Time) (list []ReleaseDeed) {
	if was == nil {
		was = &Release{}
	}
	named := func(kind DeedKind, now, before *string) {
		if now != nil && !sameText(now, before) {
			list = append(list, ReleaseDeed{Kind: kind, By: *now, At: at})
		}
	}
	named(DeedManage, r.Manager, was.Manager)
	named(DeedBuild, r.BuildManager, was.BuildManager)
	named(DeedTestManager, r.TestManager, was.TestManager)
	if !byVerb || r.Status == was.Status {
		return list
	}
	switch r.Status {
	case ReleaseBuilding, ReleaseInAcceptance:
		list = append(list, ReleaseDeed{Kind: DeedManage, By: who.Name, Identities: who.Identities, At: at})
	case ReleaseAccepted:
		list = append(list, ReleaseDeed{Kind: DeedAccept, By: who.Name, Identities: who.Identities, At: at})
	}
	return list
}
