package announcement_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// shop is an estate in which a release changes what runs at two sites, is supported by a
// desk, and is needed by a service with customers.
var shop = []string{
	`{"node":"Site","key":"lyo","name":"Lyon","timeZone":"Europe/Paris","language":"fr","email":"lyon@example.org"}`,
	`{"node":"Site","key":"nyc","name":"New York","timeZone":"America/New_York"}`, `{"node":"Site","key":"rom","name":"Rome"}`,
	`{"node":"Party","key":"desk","name":"Service desk","type":"TEAM","email":"desk@example.org","timeZone":"Europe/Paris"}`,
	`{"node":"Party","key":"zoe","name":"Zoe","type":"PERSON","email":"Desk@example.org"}`,
	`{"node":"Party","key":"acme","name":"Acme","type":"CUSTOMER","email":"it@acme.example","language":"de-CH","timeZone":"Europe/Zurich"}`,
	`{"node":"Party","key":"branches","name":"Branches","type":"TEAM"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"APPLICATION"}`, `{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`,
	`{"node":"ConfigurationItem","key":"hr","name":"hr","class":"APPLICATION"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:pay","kind":"USES","impact":"FULL"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo"}`, `{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:nyc"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:hr","to":"Site:rom"}`,
	`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:pay","to":"Party:desk"}`, `{"edge":"OWNED_BY","from":"ConfigurationItem:pay","to":"Party:zoe"}`,
	`{"edge":"SERVES","from":"ConfigurationItem:shop","to":"Party:acme"}`, `{"edge":"SERVES","from":"ConfigurationItem:shop","to":"Party:branches"}`,
	`{"node":"Release","key":"R-1","name":"Payments","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"ACCEPTED","plannedFrom":"2026-03-20T00:00:00Z","plannedTo":"2026-03-22T00:00:00Z"}`,
	`{"edge":"CHANGES","from":"Release:R-1","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
}

func draft(f *apptest.Fixture, anew bool) error {
	_, err := f.Announcements.DraftAnnouncements(f.Ctx, announcement.Draft{Release: apptest.Key("R-1"), DiscardEdits: &anew}, nil)
	return err
}

// all are the announcements of R-1, by key.
func all(f *apptest.Fixture) []*domain.Announcement {
	var list []*domain.Announcement
	for i := 1; ; i++ {
		r, err := f.Records.Record(f.Ctx, domain.KindAnnouncement, apptest.Key(fmt.Sprintf("R-1/announcement-%d", i)), nil)
		require.NoError(f.T, err)
		if r == nil || entity.Meta(r) == nil {
			return list
		}
		list = append(list, r.(*domain.Announcement))
	}
}

// told tells of each announcement to whom it goes: "SUPPORT en EMAIL PLAN DRAFT: desk".
func told(f *apptest.Fixture, statuses ...domain.AnnouncementStatus) (list []string) {
	for _, a := range all(f) {
		if len(statuses) > 0 && !slices.Contains(statuses, a.Status) {
			continue
		}
		line := fmt.Sprintf("%s %s %s %s %s:", a.Audience, a.Language, a.Channel, a.Occasion, a.Status)
		for _, r := range a.Recipients {
			line += " " + r.Key
		}
		list = append(list, line)
	}
	return list
}

func one(f *apptest.Fixture, audience domain.AnnouncementAudience, status domain.AnnouncementStatus, place string) *domain.Announcement {
	f.T.Helper()
	for _, a := range all(f) {
		if a.Audience == audience && a.Status == status && (place == "" || a.Recipients[0].Key == place) {
			return a
		}
	}
	f.T.Fatalf("there is no %s announcement to %s %s: %v", status, audience, place, told(f))
	return nil
}

func send(f *apptest.Fixture, a *domain.Announcement) error {
	_, err := f.Announcements.SendAnnouncement(f.Ctx, domain.Verb{Ref: apptest.Key(a.Key)}, nil)
	return err
}

func move(f *apptest.Fixture, from string) {
	f.T.Helper()
	_, err := f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R-1"), apptest.Values{"plannedFrom": from}, nil, nil)
	require.NoError(f.T, err)
}

func TestEachAudienceIsDraftedInItsLanguageAndByItsClock_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		require.NoError(t, draft(f, false))
		drafts := []string{
			"SUPPORT en EMAIL PLAN DRAFT: desk", // zoe has the desk's address, and is told with it
			"CUSTOMERS de EMAIL PLAN DRAFT: acme", "USERS en EVENT PLAN DRAFT: branches",
			"SITE fr EMAIL PLAN DRAFT: lyo", "SITE en EVENT PLAN DRAFT: nyc",
		}
		require.Equal(t, drafts, told(f))
		lyon := one(f, domain.ToSite, domain.AnnouncementDraft, "lyo")
		require.Equal(t, "Payments 1.1.0 à Lyon : 20 mars 2026", lyon.Subject)
		require.Contains(t, lyon.Text, "du vendredi 20 mars 2026 01:00 CET au dimanche 22 mars 2026 01:00 CET")
		require.Equal(t, "2026-03-06T08:00:00Z", lyon.PlannedAt.Format(time.RFC3339), "nine in the morning in Lyon, a fortnight before")
		require.Contains(t, one(f, domain.ToSite, domain.AnnouncementDraft, "nyc").Text, "Thursday, 19 March 2026 20:00 EDT")
		require.Contains(t, one(f, domain.ToSupport, domain.AnnouncementDraft, "").Text, "What is installed: one item\n  - pay 1.1.0 (MODIFY)")
		require.NotContains(t, one(f, domain.ToCustomers, domain.AnnouncementDraft, "").Text, "pay 1.1.0", "customers are told no items")
		require.True(t, f.Linked(domain.RelAnnounces, lyon.Key, "R-1"))

		head := f.Head()
		require.NoError(t, draft(f, false)) // nothing has changed, and nothing is written
		require.Equal(t, head, f.Head())
	})
}

func TestAReleaseThatConcernsNobodyOrHasNoCalendarIsNotAnnounced_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(`{"node":"Release","key":"R-1","name":"R","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"PLANNED"}`)
		apptest.Refused(t, draft(f, false), domain.RuleViolation, "input.release")
		require.ErrorContains(t, draft(f, false), "has no calendar yet")
		f.Brings(`{"node":"Release","key":"R-1","plannedFrom":"2026-03-20T00:00:00Z","plannedTo":"2026-03-22T00:00:00Z"}`)
		require.ErrorContains(t, draft(f, false), "concerns nobody")
		f.Brings(`{"node":"Release","key":"R-1","status":"CLOSED"}`)
		require.ErrorContains(t, draft(f, false), "is announced before it is live")
	})
}

// A calendar that moves writes drafts anew; who was told is told what has changed, and
// nobody else; what was sent stays as it was sent.
func TestACalendarThatMovesIsToldToThoseWhoHeardOfItAndToNobodyTwice_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		require.NoError(t, draft(f, false))
		support := one(f, domain.ToSupport, domain.AnnouncementDraft, "")
		require.NoError(t, send(f, support))
		apptest.Refused(t, send(f, support), domain.RuleViolation, "input.ref")
		require.NoError(t, draft(f, false))
		require.Equal(t, []string{"SUPPORT en EMAIL PLAN SENT: desk"}, told(f, domain.AnnouncementSent))
		require.Len(t, told(f, domain.AnnouncementDraft), 4, "who was told is told nothing while nothing changes")

		move(f, "2026-03-21T00:00:00Z")
		require.Equal(t, []string{
			"CUSTOMERS de EMAIL PLAN DRAFT: acme", "USERS en EVENT PLAN DRAFT: branches", "SITE fr EMAIL PLAN DRAFT: lyo", "SITE en EVENT PLAN DRAFT: nyc",
			"SUPPORT en EMAIL CHANGE DRAFT: desk",
		}, told(f, domain.AnnouncementDraft))
		require.Contains(t, one(f, domain.ToSite, domain.AnnouncementDraft, "lyo").Subject, "21 mars")
		change := one(f, domain.ToSupport, domain.AnnouncementDraft, "")
		require.Contains(t, change.Subject, "Changed:")
		require.Contains(t, change.Text, "Saturday, 21 March 2026")
		sent := one(f, domain.ToSupport, domain.AnnouncementSent, "")
		require.Contains(t, sent.Text, "Friday, 20 March 2026")
		_, err := f.Announcements.EditAnnouncement(f.Ctx, announcement.Edit{Ref: apptest.Key(sent.Key), Subject: apptest.Some("x")}, nil)
		require.ErrorContains(t, err, "stays as it is")
		wrong, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{fmt.Sprintf(`{"node":"Announcement","key":%q,"text":"other"}`, sent.Key)}, Overwrite: true}, nil)
		require.NoError(t, err)
		require.Contains(t, fmt.Sprint(wrong.Wrong[0]), "stays as it was")

		move(f, "2026-03-20T00:00:00Z") // back to what the desk was told: there is nothing to correct
		require.Equal(t, domain.AnnouncementDropped, f.Read(domain.KindAnnouncement, change.Key).(*domain.Announcement).Status)
		require.NotContains(t, told(f, domain.AnnouncementDraft), "SUPPORT en EMAIL CHANGE DRAFT: desk")
	})
}

func TestWhatAReleaseHoldsDecidesWhoIsTold_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		f.Brings(`{"node":"Release","key":"R-1","status":"PLANNED"}`)
		require.NoError(t, draft(f, false))
		f.Connect(domain.RelChanges, "R-1", "hr", apptest.Values{"action": "ADD", "toVersion": "1.0.0"})
		require.Contains(t, told(f, domain.AnnouncementDraft), "SITE en EVENT PLAN DRAFT: rom")
		_, err := f.Records.Disconnect(f.Ctx, domain.RelChanges, apptest.Key("R-1"), apptest.Key("hr"), nil, nil)
		require.NoError(t, err)
		require.NotContains(t, told(f, domain.AnnouncementDraft), "SITE en EVENT PLAN DRAFT: rom")
		require.Contains(t, told(f, domain.AnnouncementDropped), "SITE en EVENT PLAN DROPPED: rom")
	})
}

func TestATextThatSomebodyWroteIsNotLostAndNotSentUnseen_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		require.NoError(t, draft(f, false))
		a := one(f, domain.ToCustomers, domain.AnnouncementDraft, "")
		edit := func(in announcement.Edit) error {
			in.Ref = apptest.Key(a.Key)
			_, err := f.Announcements.EditAnnouncement(f.Ctx, in, nil)
			return err
		}
		apptest.Refused(t, edit(announcement.Edit{Subject: apptest.Some("x\r\nBcc: eve@example.org")}), domain.Invalid, "input.subject")
		require.NoError(t, edit(announcement.Edit{Text: apptest.Some("Liebe Kunden")}))
		move(f, "2026-03-21T00:00:00Z")
		now := f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement)
		require.Equal(t, []any{"Liebe Kunden", true, true}, []any{now.Text, now.Edited, now.Outdated})
		require.ErrorContains(t, send(f, a), "a look at its text")
		require.NoError(t, edit(announcement.Edit{Text: apptest.Some("Liebe Kunden, neu")}))
		require.NoError(t, send(f, a))

		b := one(f, domain.ToUsers, domain.AnnouncementDraft, "")
		a = b
		require.NoError(t, edit(announcement.Edit{Text: apptest.Some("Dear all"), ByHand: apptest.Some(true)}))
		require.Nil(t, f.Read(domain.KindAnnouncement, b.Key).(*domain.Announcement).PlannedAt)
		require.NoError(t, draft(f, false))
		require.Equal(t, "Dear all", f.Read(domain.KindAnnouncement, b.Key).(*domain.Announcement).Text)
		require.NoError(t, draft(f, true))
		fresh := f.Read(domain.KindAnnouncement, b.Key).(*domain.Announcement)
		require.Contains(t, fresh.Text, "Payments 1.1.0 is going to be rolled out")
		require.NotNil(t, fresh.PlannedAt)
	})
}

func TestThoseWhoWereToldAreToldThatAReleaseIsCancelled_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		require.NoError(t, draft(f, false))
		require.NoError(t, send(f, one(f, domain.ToSite, domain.AnnouncementDraft, "nyc")))
		_, err := f.Releases.UnlockRelease(f.Ctx, apptest.OfRelease("R-1"), nil)
		require.NoError(t, err)
		require.Empty(t, told(f, domain.AnnouncementDraft), "a release that is planned again has its drafts dropped")
		_, err = f.Releases.CancelRelease(f.Ctx, apptest.OfRelease("R-1"), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE en EVENT CANCELLATION DRAFT: nyc"}, told(f, domain.AnnouncementDraft))
		require.Equal(t, "Cancelled: Payments 1.1.0", one(f, domain.ToSite, domain.AnnouncementDraft, "nyc").Subject)
	})
}

func TestAPartyAndASiteAreReachedByAnAddressAndALanguage_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for field, wrong := range map[string]string{"email": "Desk <desk@example.org>", "language": "english!"} {
			_, err := f.Records.Create(f.Ctx, domain.KindParty, apptest.Values{"key": "p", "name": "P", "type": "TEAM", field: wrong}, nil)
			apptest.Refused(t, err, domain.Invalid, "input."+field)
			_, err = f.Records.Create(f.Ctx, domain.KindSite, apptest.Values{"key": "s", "name": "S", field: wrong}, nil)
			apptest.Refused(t, err, domain.Invalid, "input."+field)
		}
		_, err := f.Records.Create(f.Ctx, domain.KindParty, apptest.Values{"key": "p", "name": "P", "type": "TEAM", "email": "a@b.example\r\nBcc: x@y.example"}, nil)
		apptest.Refused(t, err, domain.Invalid, "input.email")
	})
}

// What is asked twice under one key is done once, and answered alike.
func TestDraftingAndSendingAgainUnderOneKeyIsAnsweredAlike_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		for range 2 {
			w, err := f.Announcements.DraftAnnouncements(f.Ctx, announcement.Draft{Release: apptest.Key("R-1")}, &domain.WriteOptions{IdempotencyKey: apptest.Some("draft")})
			require.NoError(t, err)
			require.Equal(t, "R-1", w.Record.(*domain.Release).Key)
		}
		a := one(f, domain.ToSite, domain.AnnouncementDraft, "lyo")
		f.Brings(`{"node":"Party","key":"desk","language":"fr"}`) // so that others are written anew with it
		for range 2 {
			w, err := f.Announcements.SendAnnouncement(f.Ctx, domain.Verb{Ref: apptest.Key(a.Key)}, &domain.WriteOptions{IdempotencyKey: apptest.Some("send")})
			require.NoError(t, err)
			require.Equal(t, a.Key, w.Record.(*domain.Announcement).Key)
		}
		require.Len(t, told(f, domain.AnnouncementSent), 1)
	})
}

func TestWhenSupportWasToldIsKept_R23(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(shop...)
		require.NoError(t, draft(f, false))
		require.NoError(t, send(f, one(f, domain.ToCustomers, domain.AnnouncementDraft, "")))
		sent := func() []time.Time {
			list, err := f.Announcements.SupportTold(f.Ctx, estate.View{Reader: f.Store, Entire: f.Store}, f.Release("R-1"))
			require.NoError(t, err)
			return list
		}
		require.Empty(t, sent())
		a := one(f, domain.ToSupport, domain.AnnouncementDraft, "")
		require.NoError(t, send(f, a))
		require.Equal(t, []time.Time{*f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement).SentAt}, sent())
	})
}

// A draft is read by who writes it; what was sent, by whoever sees the release (R14).
func TestDraftsAreReadByWhoWritesThemUntilTheyAreSent_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(shop...)
		require.NoError(t, draft(f, false))
		drafted := one(f, domain.ToSupport, domain.AnnouncementDraft, "")
		sees := func(roles ...domain.Role) (list []string) {
			ctx := f.As("vera", roles...)
			page, err := f.Records.Records(ctx, domain.KindAnnouncement, listing.List{})
			require.NoError(t, err)
			for _, one := range page.Items {
				list = append(list, entity.Meta(one.Record).Key)
			}
			for _, a := range all(f) {
				r, err := f.Records.Record(ctx, domain.KindAnnouncement, apptest.Key(a.Key), nil)
				require.NoError(t, err)
				require.Equal(t, slices.Contains(list, a.Key), r != nil && entity.Meta(r) != nil)
			}
			return list
		}
		every := len(all(f))
		require.Len(t, sees(domain.ReleaseManager), every)
		require.Len(t, sees(domain.Viewer, domain.ReleaseManager), every)
		require.Len(t, sees(domain.Admin), every)
		for _, role := range []domain.Role{domain.Viewer, domain.ChangeManager, domain.SupportManager, domain.DeploymentManager} {
			require.Empty(t, sees(role), role)
		}
		_, err := f.Announcements.SendAnnouncement(f.As("mia", domain.ReleaseManager), domain.Verb{Ref: apptest.Key(drafted.Key)}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{drafted.Key}, sees(domain.Viewer))
		f.Lines(`{"node":"Release","key":"R-1","status":"PLANNED"}`)
		require.Equal(t, []string{drafted.Key}, sees(domain.ChangeManager), "what was dropped was never given out")
	})
}
