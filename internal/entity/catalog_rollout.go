package entity

import "releasegraph/internal/domain"

// The area rollout is how releases go to sites: deployments, their waves, and the
// sites within these.
var _ = declare(area{
	name: "rollout", after: "preparation",
	enums: []enumeration{
		enum(domain.Activations),
		enum(domain.DeploymentStatuses),
		enum(domain.WaveGates),
		enum(domain.GateVerdicts),
		enum(domain.WaveStatuses),
		enum(domain.SiteRolloutStatuses),
		enum(domain.PlanEditKinds),
		enum(domain.OverdueRules),
	},
	defaults: []preset{
		presets(func(d *domain.Deployment) {
			d.Approach, d.Activation, d.Status, d.SuccessThreshold = domain.Phased, domain.AtInstall, domain.DeploymentPlanned, 100
		}),
		presets(func(w *domain.Wave) { w.Gate, w.Status = domain.NoGate, domain.WavePending }),
		presets(func(s *domain.SiteRollout) { s.Status, s.Attempt = domain.SitePending, 1 }),
		presets(func(r *domain.SiteReport) { r.Attempt = 1 }),
	},
	kinds:         rolloutKinds,
	relationships: rolloutRelationships,
	policies: []PolicyArea{{
		Name: "rollout", Doc: "how releases go to sites", Placed: true,
		Kinds:         []string{domain.KindDeployment, domain.KindWave, domain.KindSiteRollout, domain.KindSiteReport},
		Relationships: []string{domain.RelDeploys, domain.RelHasWave, domain.RelAfter, domain.RelTargets, domain.RelReceives, domain.RelIntendedFor, domain.RelReports},
	}},
	actions: []Action{
		{Name: "plan", Doc: "plan a roll-out, and change its plan by hand"},
		{Name: "acceptPlan", Doc: "accept the plan of a roll-out"},
		{Name: "rollOut", Doc: "start and resume a roll-out, activate what it installed, set gates, and leave sites out"},
		{Name: "halt", Doc: "pause, abort and take back a whole roll-out"},
		{Name: "openGate", Doc: "decide at the gate of a wave: the person that it names, and who rolls out"},
		{Name: "reportSite", Doc: "report what happened at a site, and try again where it failed"},
		{Name: "takeBack", Doc: "take a release back from sites"},
		{Name: "register", Doc: "register what others rolled out, or are going to"},
	},
})

func rolloutKinds() []*Kind {
	return []*Kind{
		newKind[domain.Deployment](domain.KindDeployment).byVerbs(),
		newKind[domain.Wave](domain.KindWave).byVerbs(),
		newKind[domain.SiteRollout](domain.KindSiteRollout).byVerbs(),
		newKind[domain.SiteReport](domain.KindSiteReport).byVerbs(),
	}
}

func rolloutRelationships() []*Relationship {
	const (
		release    = domain.KindRelease
		deployment = domain.KindDeployment
		wave       = domain.KindWave
		step       = domain.KindSiteRollout
	)
	return []*Relationship{
		{
			Name: domain.RelDeploys, Noun: "DeployedRelease", From: deployment, To: release, Deed: true, AtSites: ToEnd, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release that is rolled out.",
			Inverse: "deployments", InverseDoc: "The deployments of this release.",
		},
		{
			Name: domain.RelDeploys, Noun: "ReceivedRelease", From: step, To: release, Deed: true, AtSites: ToEnd, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release that the site receives; null: that of the deployment. Another one is what that requires (P9).",
			Inverse: "siteRollouts", InverseDoc: "The sites that receive this release, where that is said of each: otherwise those of its deployments do.",
		},
		{
			Name: domain.RelHasWave, Noun: "DeploymentWave", From: deployment, To: wave, Deed: true, AtSites: FromEnd, ByVerbs: true,
			Field: "hasWave", FieldDoc: "Its waves; waves lists them in their order.",
			Inverse: "deployments", InverseDoc: "The deployment to which it belongs: one.",
		},
		{
			Name: domain.RelAfter, Noun: "WaveOrder", From: wave, To: wave, Deed: true, ByVerbs: true,
			Field: "after", FieldDoc: "The waves that come before this one (D2).",
			Inverse: "before", InverseDoc: "The waves that come after this one.",
		},
		{
			Name: domain.RelTargets, Noun: "WaveTarget", From: wave, To: step, Deed: true, AtSites: FromEnd, ByVerbs: true,
			Field: "targets", FieldDoc: "What each of its sites receives.",
			Inverse: "waves", InverseDoc: "The wave to which it belongs: one.",
		},
		{
			Name: domain.RelTargets, Noun: "TargetedSite", From: step, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "site", FieldDoc: "The site.",
			Inverse: "rollouts", InverseDoc: "What this site has received, or is going to, wave by wave.",
		},
		link[domain.Receipt](Relationship{
			Name: domain.RelReceives, Noun: "Receipt", From: step, To: domain.KindConfigurationItem, Deed: true, ByVerbs: true,
			Field: "receives", FieldDoc: "The items that the site gets and loses (P2); none: what the release changes, as the release says it.",
			Inverse: "receivedBy", InverseDoc: "Which sites got or lost this item, in which roll-outs.",
		}),
		{
			Name: domain.RelReports, Noun: "RolloutReport", From: domain.KindSiteReport, To: step, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "siteRollout", FieldDoc: "The site's roll-out that it is about.",
			Inverse: "reports", InverseDoc: "What was reported of it (D5).",
		},
		{
			Name: domain.RelIntendedFor, Noun: "IntendedSite", From: deployment, To: domain.KindSite, Deed: true, AtSites: FromEnd, ByVerbs: true,
			Field: "intendedFor", FieldDoc: "The sites that were chosen for it (P2); none: all where something of the release is installed.",
			Inverse: "intendedDeployments", InverseDoc: "The deployments for which this site was chosen.",
		},
		{
			Name: domain.RelCausedBy, Noun: "DeploymentCause", From: domain.KindProblem, To: deployment,
			Field: "causedByDeployments", FieldDoc: "The deployments that caused this problem.",
			Inverse: "causedProblems", InverseDoc: "The problems that this deployment caused.",
		},
	}
}
