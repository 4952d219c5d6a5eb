package domain

// MoveNeed is something that a move of a record from one status to another
// needs.
type MoveNeed string

// The needs of requests for change.
const (
	NeedJustification  MoveNeed = "JUSTIFICATION"
	NeedWindow         MoveNeed = "WINDOW"
	NeedItems          MoveNeed = "AFFECTED_ITEMS"
	NeedItemsInUse     MoveNeed = "ITEMS_IN_USE"
	NeedPlan           MoveNeed = "PLAN"
	NeedBackOut        MoveNeed = "BACK_OUT_PLAN"
	NeedAssessment     MoveNeed = "ASSESSMENT"
	NeedBoard          MoveNeed = "BOARD"
	NeedVotes          MoveNeed = "VOTES"
	NeedModel          MoveNeed = "MODEL"
	NeedTasks          MoveNeed = "TASKS"
	NeedNoHold         MoveNeed = "NO_HOLD"
	NeedOutsideRelease MoveNeed = "OUTSIDE_RELEASE"
	NeedRelease        MoveNeed = "RELEASE"
)

// The needs of problems and known errors.
const (
	NeedCause       MoveNeed = "CAUSE"
	NeedResolution  MoveNeed = "RESOLUTION"
	NeedChangesDone MoveNeed = "CHANGES_DONE"
	NeedSymptoms    MoveNeed = "SYMPTOMS"
	NeedWorkaround  MoveNeed = "WORKAROUND"
)

// The needs of exceptions from freezes.
const (
	NeedEnds   MoveNeed = "FREEZE_AND_CHANGE"
	NeedReason MoveNeed = "REASON"
)

// The needs of releases (RELEASES: R2–R24).
const (
	NeedContent         MoveNeed = "CONTENT"
	NeedContentComplete MoveNeed = "CONTENT_COMPLETE"
	NeedContentOne      MoveNeed = "CONTENT_ONE"
	NeedPolicy          MoveNeed = "POLICY"
	NeedNumber          MoveNeed = "NUMBER"
	NeedItemVersions    MoveNeed = "ITEM_VERSIONS"
	NeedAuthorised      MoveNeed = "AUTHORISED"
	NeedTraced          MoveNeed = "TRACED"
	NeedBackOutPlans    MoveNeed = "BACK_OUT_PLANS"
	NeedReversible      MoveNeed = "REVERSIBLE"
	NeedNotAPackage     MoveNeed = "NOT_A_PACKAGE"
	NeedChanges         MoveNeed = "CHANGES"
	NeedEmergencyChange MoveNeed = "EMERGENCY_CHANGE"
	NeedEmergencyBoard  MoveNeed = "EMERGENCY_BOARD"
	NeedStowawayChange  MoveNeed = "STOWAWAY_CHANGE"
	NeedStowawayItem    MoveNeed = "STOWAWAY_ITEM"
	NeedKnownProblem    MoveNeed = "KNOWN_PROBLEM"
	NeedKnown           MoveNeed = "KNOWN"
	NeedFewProblems     MoveNeed = "FEW_PROBLEMS"
	NeedPriority        MoveNeed = "PRIORITY"
	NeedMethod          MoveNeed = "METHOD"
	NeedCalendar        MoveNeed = "CALENDAR"
	NeedRoles           MoveNeed = "ROLES"
	NeedFrequency       MoveNeed = "FREQUENCY"
	NeedPackageSize     MoveNeed = "PACKAGE_SIZE"
	NeedParts           MoveNeed = "PARTS"
	NeedKit             MoveNeed = "KIT"
	NeedKitWhole        MoveNeed = "KIT_WHOLE"
	NeedKitLicensed     MoveNeed = "KIT_LICENSED"
	NeedKitSigned       MoveNeed = "KIT_SIGNED"
	NeedAssembly        MoveNeed = "ASSEMBLY"
	NeedScripts         MoveNeed = "SCRIPTS"
	NeedPriorMaster     MoveNeed = "PRIOR_MASTER"
	NeedHardware        MoveNeed = "HARDWARE"
	NeedManualSteps     MoveNeed = "MANUAL_STEPS"
	NeedProductionAudit MoveNeed = "PRODUCTION_AUDIT"
	NeedBoardAdvice     MoveNeed = "BOARD_ADVICE"
	NeedBuildTest       MoveNeed = "BUILD_TEST"
	NeedPurchases       MoveNeed = "PURCHASES"
	NeedRegression      MoveNeed = "REGRESSION"

	NeedTestPlan          MoveNeed = "TEST_PLAN"
	NeedScriptTests       MoveNeed = "SCRIPT_TESTS"
	NeedBackOutProcedures MoveNeed = "BACK_OUT_PROCEDURES"
	NeedTests             MoveNeed = "TESTS"
	NeedDecided           MoveNeed = "UNDECIDED"
	NeedBackOutTested     MoveNeed = "BACK_OUT_TESTED"
	NeedActivationTested  MoveNeed = "ACTIVATION_TESTED"
	NeedEnvironmentReady  MoveNeed = "ENVIRONMENT_READY"
	NeedPath              MoveNeed = "PATH"
	NeedDefects           MoveNeed = "DEFECTS"
	NeedDeliverables      MoveNeed = "DELIVERABLES"
	NeedSignatures        MoveNeed = "SIGNATURES"
	NeedSeparation        MoveNeed = "SEPARATION"

	NeedAuthorisation    MoveNeed = "AUTHORISATION"
	NeedSame             MoveNeed = "SAME"
	NeedCalendarAccepted MoveNeed = "CALENDAR_ACCEPTED"
	NeedSupportTold      MoveNeed = "SUPPORT_TOLD"
	NeedTrained          MoveNeed = "TRAINED"
	NeedNotSuperseded    MoveNeed = "NOT_SUPERSEDED"
	NeedNotHeld          MoveNeed = "NOT_HELD"

	NeedEffectiveness MoveNeed = "EFFECTIVENESS"

	NeedNoDeployment MoveNeed = "NO_DEPLOYMENT"
	NeedNoPackage    MoveNeed = "NO_PACKAGE"
)

// The needs of deployments and of what stands below them (D1 to D7, P9).
const (
	NeedRequired MoveNeed = "REQUIRED"
	NeedUndo     MoveNeed = "UNDO"

	NeedAuditBefore MoveNeed = "AUDIT_BEFORE"
	NeedAuditAfter  MoveNeed = "AUDIT_AFTER"
)

// The needs of media items (L1, L5).
const (
	NeedStored    MoveNeed = "STORED"
	NeedDigest    MoveNeed = "DIGEST"
	NeedLicence   MoveNeed = "LICENCE"
	NeedCriteria  MoveNeed = "CRITERIA"
	NeedSignature MoveNeed = "SIGNATURE"
	NeedFourEyes  MoveNeed = "FOUR_EYES"
	NeedRetention MoveNeed = "RETENTION"
	NeedNotNeeded MoveNeed = "NOT_NEEDED"
)

// The needs of announcements (R14).
const (
	NeedAudience MoveNeed = "AUDIENCE"
	NeedUpToDate MoveNeed = "UP_TO_DATE"
)

// OptionalNeeds are those that a policy may leave out.
var OptionalNeeds = []MoveNeed{
	NeedReversible, NeedTasks, NeedProductionAudit, NeedBoardAdvice, NeedFrequency, NeedKitSigned, NeedBuildTest, NeedPurchases,
	NeedRegression, NeedManualSteps,
}

// MoveNeeds lists all needs.
var MoveNeeds = []MoveNeed{
	NeedJustification, NeedWindow, NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut, NeedAssessment, NeedBoard, NeedVotes,
	NeedModel, NeedTasks, NeedNoHold, NeedOutsideRelease, NeedRelease,
	NeedCause, NeedResolution, NeedChangesDone, NeedSymptoms, NeedWorkaround, NeedEnds, NeedReason,
	NeedContent, NeedContentComplete, NeedContentOne, NeedPolicy, NeedNumber, NeedItemVersions, NeedAuthorised, NeedTraced, NeedBackOutPlans,
	NeedReversible, NeedNotAPackage, NeedChanges, NeedEmergencyChange, NeedEmergencyBoard, NeedStowawayChange, NeedStowawayItem,
	NeedKnownProblem, NeedKnown, NeedFewProblems, NeedPriority, NeedMethod, NeedCalendar, NeedRoles, NeedFrequency, NeedPackageSize,
	NeedParts, NeedKit, NeedKitWhole, NeedKitLicensed, NeedKitSigned, NeedAssembly, NeedScripts, NeedPriorMaster, NeedHardware,
	NeedManualSteps, NeedProductionAudit, NeedBoardAdvice, NeedBuildTest, NeedPurchases, NeedRegression, NeedNoDeployment, NeedNoPackage,
	NeedTestPlan, NeedScriptTests, NeedBackOutProcedures, NeedTests, NeedDecided, NeedBackOutTested, NeedActivationTested, NeedEnvironmentReady, NeedPath,
	NeedDefects, NeedDeliverables, NeedSignatures, NeedSeparation,
	NeedAuthorisation, NeedSame, NeedCalendarAccepted, NeedSupportTold, NeedTrained, NeedNotSuperseded, NeedNotHeld, NeedEffectiveness, NeedRequired, NeedUndo, NeedAuditBefore, NeedAuditAfter,
	NeedStored, NeedDigest, NeedLicence, NeedCriteria, NeedSignature, NeedFourEyes, NeedRetention, NeedNotNeeded,
	NeedAudience, NeedUpToDate,
}
