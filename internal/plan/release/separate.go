package release

import (
	"fmt"
	"slices"
)

// DeedKind is what somebody did for or to a release.
type DeedKind string

// The deeds that duties are separated by. Requests, votes and signatures in
// other columns are free of it and are no deeds.
const (
	DeedBuild         DeedKind = "BUILD"          // made a build
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

// deedVerbs tell of each deed, done and wished.
var deedVerbs = map[DeedKind][2]string{
	DeedBuild: {"built", "build"}, DeedPutMedia: {"put media of the kit", "put media of the kit"}, DeedManage: {"manages", "manage"},
	DeedSignDelivered: {"signed as delivering", "sign as delivering"}, DeedTest: {"tested", "test"}, DeedJudge: {"judged a run", "judge a run"},
	DeedTestManager: {"manages the tests", "manage the tests"}, DeedAccept: {"accepted", "accept"}, DeedSignAccepted: {"signed as accepting", "sign as accepting"},
	DeedAcceptMedia: {"accepted the media item", "accept the media item"},
}

// Deed is something that somebody did, over the whole life of a release.
type Deed struct {
	Kind DeedKind
	// Persons are those who count as having done it, their names folded: the
	// actor; for a deputy also the absent; for a token also its owner.
	Persons []string
	// Record names the record that the deed is in, such as "TestRun T-1".
	Record string
	// Item is the media item of PUT_MEDIA and ACCEPT_MEDIA.
	Item string
}

func (d Deed) makes() bool {
	switch d.Kind {
	case DeedBuild, DeedPutMedia, DeedManage, DeedSignDelivered:
		return true
	}
	return false
}

func (d Deed) judges() bool {
	switch d.Kind {
	case DeedTest, DeedJudge, DeedTestManager, DeedAccept, DeedSignAccepted:
		return true
	}
	return false
}

// clashes reports whether one person may not do both: make and judge, or put and
// accept one media item.
func (d Deed) clashes(e Deed) bool {
	if d.makes() && e.judges() || d.judges() && e.makes() {
		return true
	}
	media := d.Kind == DeedPutMedia && e.Kind == DeedAcceptMedia || d.Kind == DeedAcceptMedia && e.Kind == DeedPutMedia
	return media && d.Item == e.Item
}

// Breach is two deeds that one person may not do both.
type Breach struct {
	Person        string
	First, Second Deed
}

// String tells of the breach where the second deed is about to be done.
func (b Breach) String() string {
	return fmt.Sprintf("%s %s (%s) and would %s (%s)", b.Person, deedVerbs[b.First.Kind][0], b.First.Record, deedVerbs[b.Second.Kind][1], b.Second.Record)
}

// Separated tells which earlier deeds forbid the next one (R7): by person, then
// in the order of the deeds. Past are all deeds of the release, of the leaves of
// a package, and of the packages that it is a leaf of; nothing is forgotten when
// a release is unlocked, and no later role excuses.
func Separated(past []Deed, next Deed) (list []Breach) {
	persons := slices.Clone(next.Persons)
	slices.Sort(persons)
	for _, person := range slices.Compact(persons) {
		for _, d := range past {
			if d.clashes(next) && slices.Contains(d.Persons, person) {
				list = append(list, Breach{person, d, next})
			}
		}
	}
	return list
}

// Separation is the need SEPARATION: nobody did deeds of both kinds. Each pair of
// a person's clashing deeds is told once, by the later deed.
func Separation(deeds []Deed) (list []Lack) {
	of := map[string][]Deed{}
	for _, d := range deeds {
		persons := slices.Clone(d.Persons)
		slices.Sort(persons)
		for _, person := range slices.Compact(persons) {
			for _, earlier := range of[person] {
				if earlier.clashes(d) {
					list = append(list, NeedSeparation.lack(person, "somebody else: %s %s (%s) and %s (%s)",
						person, deedVerbs[earlier.Kind][0], earlier.Record, deedVerbs[d.Kind][0], d.Record))
				}
			}
			of[person] = append(of[person], d)
		}
	}
	return byAbout(list)
}
