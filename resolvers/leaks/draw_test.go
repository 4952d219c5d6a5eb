package leaks_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// dawn is when the estates begin, noon when they are asked about.
var (
	dawn = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	noon = dawn.Add(4 * time.Hour)
)

// words are what texts are made of, so that they can be searched for.
var words = []string{"common", "slow", "login", "disk"}

type values = map[string]any

// drawNode draws a record of a kind: what it must say, and what matters to some
// question.
func drawNode(t *rapid.T, kind string, i int) *node {
	n := &node{kind, fmt.Sprintf("%s%d", strings.ToLower(kind), i), values{}}
	if draw := draws[kind]; draw != nil {
		n.values = draw(&drawing{t, n.key})
	}
	return n
}

// drawing is a record being drawn.
type drawing struct {
	t   *rapid.T
	key string
}

func one[T any](d *drawing, from ...T) T { return rapid.SampledFrom(from).Draw(d.t, d.key) }

func (d *drawing) hours() time.Time {
	return dawn.Add(time.Duration(one(d, 3, 5, 8, 13, 30, 200)) * time.Hour)
}

func (d *drawing) text() string { return one(d, words...) + " " + one(d, words...) }

func (d *drawing) person() string { return one(d, people...) }

// opening says when a window or a freeze is on: a day, or every day.
func (d *drawing) opening() values {
	v := values{"everywhere": one(d, true, false), "regions": one(d, []any{}, []any{"eu"}), "classes": one(d, []any{}, []any{"SERVICE"})}
	if one(d, true, false) {
		v["recurrence"], v["startsAt"], v["duration"], v["timeZone"] = "FREQ=DAILY", "2026-03-01T09:00:00", "PT8H", "Europe/Paris"
		return v
	}
	v["from"] = d.hours()
	v["to"] = v["from"].(time.Time).Add(24 * time.Hour)
	return v
}

// draws are the values of each kind; a kind without any needs none.
var draws = map[string]func(*drawing) values{
	domain.KindConfigurationItem: func(d *drawing) values {
		return values{
			"class":  string(one(d, domain.Service, domain.Service, domain.Application, domain.Database, domain.ServiceLevelAgreement)),
			"status": string(one(d, domain.ItemLive, domain.ItemLive, domain.ItemWithdrawn)), "environment": string(one(d, domain.Live, domain.Live, domain.Environments[0])),
			"users": one(d, 1, 10), "criticality": one(d, 1, 3), "attributes": map[string]any{"serial": one(d, "1", "2", "x")}, "description": d.text(),
		}
	},
	domain.KindSite: func(d *drawing) values {
		return values{"region": one(d, "eu", "us"), "timeZone": one(d, "Europe/Paris", "Asia/Tokyo"), "description": d.text()}
	},
	domain.KindParty: func(d *drawing) values { return values{"type": string(one(d, domain.PartyTypes...))} },
	domain.KindAttributeDefinition: func(d *drawing) values {
		return values{"attribute": "serial", "type": string(domain.AttributeInteger), "required": one(d, true, false)}
	},
	domain.KindChangeRequest: func(d *drawing) values {
		from := d.hours()
		return values{
			"type": string(one(d, domain.ChangeRequestTypes...)), "status": string(one(d, domain.ChangeRequestStatuses...)), "priority": string(one(d, domain.Priorities...)),
			"plannedFrom": from, "plannedTo": from.Add(time.Duration(one(d, 1, 6, 48)) * time.Hour), "justification": d.text(), "plan": d.text(),
			"backOutKind": string(domain.BackOutNone), "mitigation": d.text(), "requester": d.person(), "assignee": d.person(), "submittedAt": dawn,
			"heldBy": one(d, []any{}, []any{"freeze0"}), "contentVersion": one(d, 1, 2),
		}
	},
	domain.KindProblem: func(d *drawing) values {
		return values{"status": string(one(d, domain.ProblemStatuses...)), "priority": string(one(d, domain.Priorities...)), "symptoms": d.text(), "openedAt": dawn, "assignee": d.person()}
	},
	domain.KindKnownError: func(d *drawing) values {
		return values{"status": string(one(d, domain.KnownErrorStatuses...)), "symptoms": d.text(), "workaround": d.text(), "cause": d.text()}
	},
	domain.KindMaintenanceWindow: (*drawing).opening,
	domain.KindFreeze:            (*drawing).opening,
	domain.KindFreezeException: func(d *drawing) values {
		return values{"status": string(one(d, domain.ExceptionStatuses...)), "reason": d.text(), "requestedBy": d.person(), "decidedBy": d.person(), "decidedAt": dawn}
	},
	domain.KindCalendarFeed: func(d *drawing) values {
		return values{"fingerprint": domain.Fingerprint(d.key), "createdBy": d.person()}
	},
	domain.KindChangeModel: func(d *drawing) values {
		return values{
			"preauthorised": one(d, true, false), "classes": one(d, []any{}, []any{"SERVICE"}), "justification": d.text(), "plan": d.text(),
			"backOutKind": string(domain.BackOutNone), "mitigation": d.text(),
		}
	},
	domain.KindBoard: func(d *drawing) values {
		return values{"members": []any{"ann", "bob"}, "quorum": one(d, 1, 2), "emergency": one(d, true, false)}
	},
	domain.KindDelegation: func(d *drawing) values { return values{"absent": "ann", "deputy": one(d, "bob", "cid"), "from": dawn} },
	domain.KindVote: func(d *drawing) values {
		who := d.person()
		return values{"voter": who, "seat": who, "verdict": string(one(d, domain.Verdicts...)), "castAt": d.hours(), "board": one(d, "board0", "board1"), "contentVersion": one(d, 1, 2)}
	},
	domain.KindAssessment: func(d *drawing) values {
		return values{
			"ordinal": one(d, 1, 2), "revision": one(d, 1, 5, 9), "assessor": d.person(), "assessedAt": dawn, "affected": []any{"configurationitem0"},
			"hitFull": []any{"configurationitem1"}, "risk": string(one(d, domain.Risks...)), "findings": "f",
		}
	},
	domain.KindRelease: func(d *drawing) values {
		return values{
			"releaseVersion": one(d, "1.0.0", "1.1.0", "2.0.0"), "type": string(one(d, domain.ReleaseTypes[:2]...)), "category": string(one(d, domain.ReleaseCategories...)),
			"status": string(one(d, domain.ReleaseStatuses...)), "manager": d.person(), "businessNeed": d.text(), "liveAt": dawn, "plannedFrom": d.hours(),
		}
	},
	domain.KindReleasePolicy: func(d *drawing) values {
		return values{"status": string(one(d, domain.PolicyStatuses...)), "process": d.text(), "mediaCriteria": one(d, []any{}, []any{"scanned"})}
	},
	domain.KindMediaItem: func(d *drawing) values {
		return values{
			"productVersion": one(d, "1.0.0", "1.1.0", "2.0.0"), "sha256": strings.Repeat("a", 64), "size": 1, "status": string(one(d, domain.MediaStatuses...)),
			"terms": string(one(d, domain.TermsOwn, domain.TermsLicensed)), "stored": one(d, true, false), "putBy": d.person(),
		}
	},
	domain.KindLicence: func(d *drawing) values {
		return values{"seats": one(d, 0, 1, 9), "metric": string(one(d, domain.LicenceMetrics...)), "publisher": d.text()}
	},
	domain.KindHardwareSpare: func(d *drawing) values { return values{"model": d.text(), "quantity": one(d, 1, 2, 5)} },
	domain.KindAcceptanceTest: func(d *drawing) values {
		return values{
			"kind": string(one(d, domain.TestKinds...)), "criteria": d.text(), "environment": string(one(d, domain.Environments...)), "required": one(d, true, false),
			"testers": []any{d.person()},
		}
	},
	domain.KindTestRun: func(d *drawing) values {
		return values{
			"verdict": string(one(d, domain.TestVerdicts...)), "round": 1, "kitDigest": strings.Repeat("a", 64), "environment": string(one(d, domain.Environments...)),
			"startedAt": dawn, "endedAt": dawn, "tester": d.person(), "comment": d.text(),
		}
	},
	domain.KindSignOff: func(d *drawing) values {
		return values{
			"column": string(one(d, domain.SignOffColumns...)), "nature": string(one(d, domain.DeploymentNatures...)), "function": "project manager",
			"verdict": string(one(d, domain.SignOffVerdicts...)), "signedAt": dawn, "actor": d.person(), "seat": d.person(), "comment": d.text(),
			"round": one(d, 0, 1), "contentVersion": 1, "contentDigest": strings.Repeat("a", 64),
		}
	},
	domain.KindDeliverable: func(d *drawing) values {
		return values{"kind": string(one(d, domain.DeliverableKinds...)), "owner": d.person(), "sha256": strings.Repeat("b", 64), "writtenBy": []any{d.person()}}
	},
	domain.KindCalendarAnswer: func(d *drawing) values {
		return values{
			"verdict": string(one(d, domain.CalendarVerdicts...)), "answeredBy": d.person(), "answeredAt": dawn, "comment": d.text(),
			"plannedFrom": dawn, "plannedTo": dawn.Add(time.Hour),
		}
	},
	domain.KindTestEnvironment: func(d *drawing) values {
		return values{"environment": string(one(d, domain.Environments[:4]...)), "owner": d.person(), "lastResetAt": dawn, "lastResetBy": d.person()}
	},
	domain.KindBooking: func(d *drawing) values {
		from := d.hours()
		return values{"startsAt": from, "endsAt": from.Add(time.Duration(one(d, 1, 6, 48)) * time.Hour), "bookedBy": d.person(), "bookedAt": dawn, "comment": d.text()}
	},
	domain.KindAnnouncement: func(d *drawing) values {
		v := values{
			"audience": string(one(d, domain.AnnouncementAudiences...)), "channel": string(one(d, domain.AnnouncementChannels...)),
			"occasion": string(one(d, domain.AnnouncementOccasions...)), "language": one(d, "en", "fr"), "subject": d.text(), "text": d.text(),
			"status": string(one(d, domain.AnnouncementStatuses...)), "plannedAt": dawn,
		}
		if v["status"] == string(domain.AnnouncementSent) {
			v["sentAt"], v["sentBy"] = dawn, d.person()
		}
		return v
	},
	domain.KindDeployment: func(d *drawing) values {
		return values{
			"approach": string(one(d, domain.Phased, domain.BigBang)), "activation": string(one(d, domain.AtInstall, domain.Triggered)), "description": d.text(),
			"successThreshold": one(d, 75, 100), "status": string(domain.DeploymentBackingOut), "acceptedBy": d.person(), "acceptedAt": dawn,
		}
	},
	domain.KindWave: func(d *drawing) values {
		return values{"ordinal": one(d, 1, 2), "gate": string(domain.PersonGate), "gatekeeper": d.person(), "status": string(domain.WaveRunning), "windowFrom": dawn, "windowTo": noon}
	},
	domain.KindSiteRollout: func(d *drawing) values {
		return values{
			"status": string(one(d, domain.SiteInstalled, domain.SiteVerified, domain.SiteBackedOut)), "installedAt": dawn.Add(time.Duration(one(d, 0, 1, 2)) * time.Hour),
			"attempt": 1, "verification": d.text(), "kitSha256": strings.Repeat("a", 64),
		}
	},
	domain.KindRecommendation: func(d *drawing) values {
		return values{"recommended": one(d, true, false), "comment": d.text(), "givenBy": d.person(), "givenAt": dawn}
	},
	domain.KindOutage: func(d *drawing) values {
		return values{"startedAt": dawn, "endedAt": noon, "recordedBy": d.person(), "recordedAt": noon, "comment": d.text()}
	},
	domain.KindReleaseReview: func(d *drawing) values {
		return values{
			"verdict": string(one(d, domain.ReleaseEffects...)), "voice": string(one(d, domain.ReviewVoices...)), "reviewedBy": d.person(), "reviewedAt": dawn,
			"comment": d.text(),
		}
	},
	domain.KindAudit: func(d *drawing) values {
		return values{"moment": string(one(d, domain.AuditMoments...)), "auditedBy": d.person(), "auditedAt": dawn, "comment": d.text()}
	},
	domain.KindTask: func(d *drawing) values {
		return values{"kind": string(one(d, domain.TaskKinds...)), "owner": d.person(), "done": one(d, true, false)}
	},
}

// drawLink draws the properties of a link.
func drawLink(t *rapid.T, rel string) map[string]any {
	d := &drawing{t, rel}
	switch rel {
	case domain.RelDriftsAt:
		return values{"kind": string(one(d, domain.DriftKinds...)), "installed": d.text(), "deployed": d.text()}
	case domain.RelDependsOn:
		return values{"kind": string(one(d, domain.DependencyKinds...)), "impact": string(one(d, domain.Impacts...))}
	case domain.RelInstalledAt, domain.RelComprises:
		return values{"version": one(d, "1.0", "2.0")}
	case domain.RelPresentIn:
		return values{"versions": one(d, []any{}, []any{"1.0"})}
	case domain.RelChanges:
		return values{"action": string(domain.ModifyItem), "fromVersion": one(d, "1.0.0", "1.1.0"), "toVersion": one(d, "1.1.0", "2.0.0"), "coexists": one(d, true, false)}
	case domain.RelReceives:
		return values{"action": string(domain.ModifyItem), "fromVersion": one(d, "1.0", "1.1.0"), "toVersion": one(d, "1.1.0", "2.0")}
	case domain.RelReservedFor:
		return values{"quantity": 1}
	case domain.RelExcludes:
		return values{"reason": d.text(), "by": d.person(), "since": dawn}
	}
	return nil
}
