package preparation

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Asked is who is asked whether a release's calendar suits them (R13): a party that
// supports what it holds, or a site where that is installed.
type Asked struct {
	Kind string // domain.KindParty or domain.KindSite
	Key  string
}

// Answered is the last answer of one who is asked, nil where there is none.
type Answered struct {
	Asked
	Answer *domain.CalendarAnswer
	// Stands says that the answer is about the calendar as it is.
	Stands bool
}

// Answers puts to each who is asked, by kind and key, their last answer. An answer
// stands while the calendar lies within the times that it was about, so that a move
// asks those again whom it concerns.
func Answers(asked []Asked, answers map[Asked][]*domain.CalendarAnswer, from, to time.Time) []Answered {
	list := make([]Answered, 0, len(asked))
	for _, one := range asked {
		a := Answered{Asked: one}
		for _, answer := range answers[one] {
			if a.Answer == nil || later(answer, a.Answer) {
				a.Answer = answer
			}
		}
		a.Stands = a.Answer != nil && a.Answer.Covers(from, to)
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Answered) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	return list
}

func later(a, b *domain.CalendarAnswer) bool {
	return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.Key, b.Key)) > 0
}

// CalendarAccepted is the need CALENDAR_ACCEPTED (R13): who has not answered, whom a
// move of the calendar asks again, and who declined.
func CalendarAccepted(answers []Answered) (list []release.Lack) {
	for _, a := range answers {
		switch {
		case a.Answer == nil:
			list = append(list, a.lack("an answer of %s to its calendar"))
		case !a.Stands:
			list = append(list, a.lack("an answer of %s to its calendar as it is now"))
		case a.Answer.Verdict == domain.DeclineCalendar:
			list = append(list, a.lack("a calendar that suits %s, who declined this one"))
		}
	}
	return list
}

func (a Answered) lack(text string) release.Lack {
	return release.NeedCalendarAccepted.Lack(a.Key, text, a.Key)
}
