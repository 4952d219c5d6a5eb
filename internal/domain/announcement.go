package domain

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Announcement is what an audience is told of a release, and when (R14).
type Announcement struct {
	Record
	Audience AnnouncementAudience `graph:"audience,required,filter,sort,import"`
	Channel  AnnouncementChannel  `graph:"channel,required,filter,sort,import"`
	// Occasion is what it is told for.
	Occasion AnnouncementOccasion `graph:"occasion,required,filter,sort,import"`
	// Language is the BCP 47 tag of the language that it is written in.
	Language string             `graph:"language,required,filter,sort,import"`
	Subject  string             `graph:"subject,required,import,text"`
	Text     string             `graph:"text,required,import,text"`
	Status   AnnouncementStatus `graph:"status,required,filter,sort,import"`
	// PlannedAt is when it is sent by the clock; nil: somebody sends it.
	PlannedAt *time.Time `graph:"plannedAt,filter,sort,import"`
	SentAt    *time.Time `graph:"sentAt,filter,sort,import"`
	SentBy    *string    `graph:"sentBy,filter,sort,import,text,person"`
	// Recipients are who is told, with what came of each.
	Recipients []AnnouncementRecipient `graph:"recipients,import"`
	// Tells stands for what it tells, whatever the words: by it is known for whom
	// something has changed since.
	Tells *string `graph:"tells,import"`
	// Edited says that a person wrote its text, Outdated that the plan has moved since.
	Edited   bool `graph:"edited,filter,import"`
	Outdated bool `graph:"outdated,filter,import"`
	// Waiting counts the recipients to whom its message is still to be handed over,
	// RetryAt is when that is tried again, Failure why it was not possible.
	Waiting int        `graph:"waiting,filter,import"`
	RetryAt *time.Time `graph:"retryAt,filter,import"`
	Failure *string    `graph:"failure,import"`
}

// AnnouncementRecipient is who is told by an announcement: a party or a site by its key, and
// what came of it.
type AnnouncementRecipient struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	// Address is where the message goes, nil of those who are told by the event.
	Address  *string          `json:"address"`
	TimeZone *string          `json:"timeZone"`
	Outcome  RecipientOutcome `json:"outcome"`
	At       *time.Time       `json:"at"`
	// Words are those of the mail server that refused the address.
	Words *string `json:"words"`
}

// SentByPerson is who sent the announcement.
func (a *Announcement) SentByPerson() *Person { return maybePersonOf(a, a.SentBy) }

// AnnouncementAudience is who is told by an announcement.
type AnnouncementAudience string

// The audiences.
const (
	ToSupport   AnnouncementAudience = "SUPPORT"
	ToCustomers AnnouncementAudience = "CUSTOMERS"
	ToUsers     AnnouncementAudience = "USERS"
	ToSite      AnnouncementAudience = "SITE"
)

// AnnouncementAudiences lists all audiences: who belongs to several is told as one of
// the first.
var AnnouncementAudiences = []AnnouncementAudience{ToSupport, ToCustomers, ToUsers, ToSite}

// AnnouncementChannel is how an announcement goes out.
type AnnouncementChannel string

// The channels: a message to each recipient, or the event alone, which others follow.
const (
	ByEmail AnnouncementChannel = "EMAIL"
	ByEvent AnnouncementChannel = "EVENT"
)

// AnnouncementChannels lists both channels.
var AnnouncementChannels = []AnnouncementChannel{ByEmail, ByEvent}

// AnnouncementOccasion is what an announcement is made for.
type AnnouncementOccasion string

// The occasions: the plan, a change of what was told of it, its end.
const (
	OnPlan         AnnouncementOccasion = "PLAN"
	OnChange       AnnouncementOccasion = "CHANGE"
	OnCancellation AnnouncementOccasion = "CANCELLATION"
)

// AnnouncementOccasions lists all occasions.
var AnnouncementOccasions = []AnnouncementOccasion{OnPlan, OnChange, OnCancellation}

// AnnouncementStatus is where an announcement stands in its life.
type AnnouncementStatus string

// The statuses of an announcement.
const (
	AnnouncementDraft   AnnouncementStatus = "DRAFT"
	AnnouncementSent    AnnouncementStatus = "SENT"
	AnnouncementDropped AnnouncementStatus = "DROPPED"
)

// AnnouncementStatuses lists all statuses.
var AnnouncementStatuses = []AnnouncementStatus{AnnouncementDraft, AnnouncementSent, AnnouncementDropped}

// RecipientOutcome is what came of telling a recipient.
type RecipientOutcome string

// The outcomes. What is SENDING was begun, and is not known to have ended: nobody
// tries again what may have arrived.
const (
	RecipientWaiting   RecipientOutcome = "WAITING"
	RecipientSending   RecipientOutcome = "SENDING"
	RecipientTold      RecipientOutcome = "TOLD"
	RecipientRefused   RecipientOutcome = "REFUSED"
	RecipientUncertain RecipientOutcome = "UNCERTAIN"
)

// RecipientOutcomes lists all outcomes.
var RecipientOutcomes = []RecipientOutcome{RecipientWaiting, RecipientSending, RecipientTold, RecipientRefused, RecipientUncertain}

// Check tells what is wrong with the announcement.
func (a *Announcement) Check() Errors {
	es := a.Record.Check()
	es.wrong("language", CheckLanguage(a.Language))
	es.wrong("subject", CheckSubject(a.Subject))
	es.wrong("text", checkLetter(a.Text))
	for i, r := range a.Recipients {
		if r.Address != nil {
			es.wrong(fmt.Sprintf("recipients.%d.address", i), CheckEmail(*r.Address))
		}
		if r.Kind != KindParty && r.Kind != KindSite {
			es.wrong(fmt.Sprintf("recipients.%d.kind", i), fmt.Errorf("is %q: a %s or a %s is told", r.Kind, KindParty, KindSite))
		}
	}
	if (a.Status == AnnouncementSent) != (a.SentAt != nil) {
		es.rule("R14", "sentAt", "belongs to what is SENT, and what is SENT has it")
	}
	return es
}

// maxSubject is how many characters a subject has at most.
const maxSubject = 250

// CheckSubject says what is wrong with the subject of a message: it is one line.
func CheckSubject(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("must not be blank")
	case strings.ContainsAny(s, "\r\n"):
		return errors.New("must be one line")
	case utf8.RuneCountInString(s) > maxSubject:
		return fmt.Errorf("has more than %d characters", maxSubject)
	}
	return CheckText(s, MaxIndexed)
}

func checkLetter(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must not be blank")
	}
	return CheckText(text, MaxText)
}
