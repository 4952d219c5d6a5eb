package acceptance

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/preparation"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// decisions are what is read besides for a dossier alone: the votes on the requests
// that a release carries out, and what was prepared for them and, before acceptance,
// for the release.
type decisions struct {
	votes map[store.ID][]*domain.Vote
	tasks []*domain.Task
}

func (g *reading) readDecisions(ctx context.Context) (*decisions, error) {
	requests := entity.IDsOf(g.Requests)
	votes, err := estate.Linked[*domain.Vote](ctx, g.View, requests, domain.RelCastOn, store.In)
	if err != nil {
		return nil, err
	}
	tasks, err := estate.Linked[*domain.Task](ctx, g.View, requests, domain.RelPrepares, store.In)
	d := &decisions{votes: votes, tasks: preparation.Due(g.Tasks, g.Policy.TaskRules, domain.ReleaseAccepted)}
	for _, id := range requests {
		d.tasks = append(d.tasks, tasks[id]...)
	}
	slices.SortFunc(d.tasks, func(a, b *domain.Task) int { return cmp.Compare(a.Key, b.Key) })
	return d, err
}

// dossier digests all that led to where the release stands, section by section. What
// only acceptance changes, or what comes after it, is in none of them: so the digest
// that is kept can be worked out again.
func (g *reading) dossier(d *decisions) (*plan.Dossier, error) {
	content, err := g.Signed().Document()
	if err != nil {
		return nil, err
	}
	return plan.MakeDossier(g.Release.Key, map[string]any{
		"content": json.RawMessage(content), "votes": g.voteSection(d), "tests": g.testSection(), "defects": g.defectSection(),
		"backOut": g.backOutSection(), "deliverables": g.deliverableSection(), "signatures": g.signatureSection(),
		"licences": g.licenceSection(), "sbom": g.sbomSection(), "tasks": taskSection(d),
	})
}

// object is an object of a section; what is absent stands as null.
type object = map[string]any

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (g *reading) voteSection(d *decisions) []object {
	list := []object{}
	for _, c := range g.Requests {
		votes := []object{}
		for _, v := range d.votes[store.ID(c.ID)] {
			votes = append(votes, object{
				"key": v.Key, "board": v.Board, "seat": v.Seat, "voter": v.Voter, "verdict": v.Verdict, "castAt": instant(v.CastAt), "contentVersion": v.ContentVersion,
			})
		}
		list = append(list, object{"changeRequest": c.Key, "votes": votes})
	}
	return list
}

func (g *reading) testSection() []object {
	list, of := []object{}, map[*test][]*run{}
	for _, r := range g.runs {
		of[r.of] = append(of[r.of], r)
	}
	for _, t := range g.tests {
		runs := []object{}
		for _, r := range of[t] {
			one := object{
				"key": r.Key, "verdict": r.Verdict, "round": r.Round, "kitDigest": r.KitDigest, "environment": r.Environment, "tester": r.Tester,
				"startedAt": instant(r.StartedAt), "endedAt": instant(r.EndedAt), "judgedBy": r.JudgedBy, "judgement": r.Judgement, "measurement": r.Measurement,
			}
			if r.place != nil {
				one["testEnvironment"] = r.place.Key
			}
			if r.report != nil {
				one["report"] = object{"key": r.report.Key, "sha256": r.report.Sha256}
			}
			runs = append(runs, one)
		}
		list = append(list, object{
			"key": t.Key, "kind": t.Kind, "criteria": t.Criteria, "environment": t.Environment, "required": t.Required, "regression": t.Regression,
			"script": t.script, "mitigates": t.mitigates, "query": t.Query, "measure": t.Measure, "runs": runs,
		})
	}
	return list
}

func (g *reading) defectSection() []object {
	list := []object{}
	for _, d := range g.Defects {
		list = append(list, object{"key": d.Key, "symptoms": d.Symptoms, "workaround": d.Workaround})
	}
	return list
}

func (g *reading) backOutSection() object {
	steps := []object{}
	for _, s := range g.BackOut.Steps {
		steps = append(steps, object{"item": s.Item, "changeRequest": s.Request, "kind": s.Kind, "does": string(s.Does), "stays": s.Stays.Chain()})
	}
	return object{"reversible": g.BackOut.Reversible, "steps": steps}
}

func (g *reading) deliverableSection() []object {
	list := []object{}
	for _, d := range g.deliverables {
		list = append(list, object{"key": d.Key, "kind": d.Kind, "sha256": d.digest(), "writtenBy": d.WrittenBy, "approvedBy": d.ApprovedBy})
	}
	return list
}

// signatureSection leaves AUTHORISATION out, which is given after acceptance.
func (g *reading) signatureSection() []object {
	list := []object{}
	for _, s := range g.signOffs {
		if s.Column == domain.SignAuthorisation {
			continue
		}
		one := object{
			"key": s.Key, "cell": cellOf(s).String(), "verdict": s.Verdict, "actor": s.Actor, "seat": s.Seat, "signedAt": instant(s.SignedAt),
			"round": s.Round, "contentVersion": s.ContentVersion, "contentDigest": s.ContentDigest, "comment": s.Comment,
		}
		if s.WithdrawnAt != nil {
			one["withdrawnAt"] = instant(*s.WithdrawnAt)
		}
		list = append(list, one)
	}
	return list
}

func (g *reading) licenceSection() object {
	kit, licences := []object{}, []object{}
	for _, m := range g.Kit {
		kit = append(kit, object{"key": m.Key, "terms": m.Terms, "spdx": m.Spdx})
	}
	for _, l := range g.Licences {
		licences = append(licences, object{"key": l.Key, "publisher": l.Publisher})
	}
	return object{"kit": kit, "licences": licences}
}

func (g *reading) sbomSection() []object {
	list := []object{}
	for _, m := range g.Kit {
		if m.Kind == domain.MediaSbom {
			list = append(list, object{"key": m.Key, "sha256": m.Sha256})
		}
	}
	return list
}

func taskSection(d *decisions) []object {
	list := []object{}
	for _, t := range d.tasks {
		list = append(list, object{"key": t.Key, "kind": t.Kind, "owner": t.Owner, "done": t.Done})
	}
	return list
}
