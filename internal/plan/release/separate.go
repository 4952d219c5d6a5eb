package release

import (
	"cmp"
	"fmt"
	"slices"

	"releasegraph/internal/domain"
)

// DeedKind is what somebody did for or to a release.
type DeedKind = domain.DeedKind

// The deeds that duties are separated by.
const (
	DeedBuild         = domain.DeedBuild
	DeedPutMedia      = domain.DeedPutMedia
	DeedManage        = domain.DeedManage
	DeedSignDelivered = domain.DeedSignDelivered
	DeedTest          = domain.DeedTest
	DeedJudge         = domain.DeedJudge
	DeedTestManager   = domain.DeedTestManager
	DeedAccept        = domain.DeedAccept
	DeedSignAccepted  = domain.DeedSignAccepted
	DeedAcceptMedia   = domain.DeedAcceptMedia
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
	// Persons are those who count as having done it: the actor, who is known as the
	// owner of a token, too; for a deputy also the absent.
	Persons []domain.Doer
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
	for _, d := range past {
		list = append(list, breaches(d, next)...)
	}
	slices.SortStableFunc(list, func(a, b Breach) int { return cmp.Compare(a.Person, b.Person) })
	return list
}

// Separation is the need SEPARATION: nobody did deeds of both kinds. Each pair of
// a person's clashing deeds is told once, by the later deed.
func Separation(deeds []Deed) (list []Lack) {
	for i, d := range deeds {
		for _, earlier := range deeds[:i] {
			for _, b := range breaches(earlier, d) {
				list = append(list, NeedSeparation.lack(b.Person, "somebody else: %s %s (%s) and %s (%s)",
					b.Person, deedVerbs[earlier.Kind][0], earlier.Record, deedVerbs[d.Kind][0], d.Record))
			}
		}
	}
	return byAbout(list)
}

// breaches are the persons who did the first of two deeds that clash, and would do
// the second, each once: under the name that both have, where they have one.
func breaches(first, second Deed) (list []Breach) {
	if !first.clashes(second) {
		return nil
	}
	persons := slices.Clone(first.Persons)
	alike := func(p domain.Doer) int {
		if slices.ContainsFunc(second.Persons, func(q domain.Doer) bool { return domain.SameName(p.Name, q.Name) }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(persons, func(p, q domain.Doer) int { return cmp.Compare(alike(p), alike(q)) })
	for i, person := range persons {
		known := func(p domain.Doer) bool { return domain.SamePerson(p, person) }
		if slices.ContainsFunc(second.Persons, known) && !slices.ContainsFunc(persons[:i], known) {
			list = append(list, Breach{person.Name, first, second})
		}
	}
	return list
}
