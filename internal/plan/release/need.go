package release

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Need is something that a move of a release needs, and the rule that wants it.
type Need struct{ Name, Rule string }

// Lack says of a need that it is not met: about which record, by its key, and
// what is missing.
type Lack struct {
	Need
	// About is the key of the record, empty when it is the release itself.
	About string
	Text  string
}

// Lack says that the need is not met, of the release itself where about is empty.
func (n Need) Lack(about, text string, args ...any) Lack { return n.lack(about, text, args...) }

func (n Need) lack(about, text string, args ...any) Lack {
	return Lack{n, about, fmt.Sprintf(text, args...)}
}

// only is one lack, as a list.
func (n Need) only(about, text string, args ...any) []Lack {
	return []Lack{n.lack(about, text, args...)}
}

// byAbout orders lacks of one need by the record that each is about.
func byAbout(list []Lack) []Lack {
	slices.SortStableFunc(list, func(a, b Lack) int { return cmp.Compare(a.About, b.About) })
	return list
}

// The needs of the moves of releases, in the order in which moves tell them.
var (
	NeedContent         = Need{"CONTENT", "R2"}
	NeedContentComplete = Need{"CONTENT_COMPLETE", "R2"}
	NeedContentOne      = Need{"CONTENT_ONE", "R2"}
	NeedPolicy          = Need{"POLICY", "R3"}
	NeedNumber          = Need{"NUMBER", "R3"}
	NeedItemVersions    = Need{"ITEM_VERSIONS", "R3"}
	NeedAuthorised      = Need{"AUTHORISED", "H4"}
	NeedTraced          = Need{"TRACED", "R5"}
	NeedBackOutPlans    = Need{"BACK_OUT_PLANS", "R10"}
	NeedReversible      = Need{"REVERSIBLE", "R20"}
	NeedEmergency       = Need{"EMERGENCY", "R9"}
	NeedMethod          = Need{"METHOD", "R5"}
	NeedCalendar        = Need{"CALENDAR", "R5"}
	NeedRoles           = Need{"ROLES", "R5"}
	NeedTestPlan        = Need{"TEST_PLAN", "R21"}
	NeedTasks           = Need{"TASKS", "R12"}
	NeedProductionAudit = Need{"PRODUCTION_AUDIT", "R5"}
	NeedBoardAdvice     = Need{"BOARD_ADVICE", "R19"}
	NeedFrequency       = Need{"FREQUENCY", "R3"}
	NeedPackageSize     = Need{"PACKAGE_SIZE", "R16"}

	NeedParts             = Need{"PARTS", "R2"}
	NeedKit               = Need{"KIT", "R6"}
	NeedKitWhole          = Need{"KIT_WHOLE", "L2"}
	NeedKitLicensed       = Need{"KIT_LICENSED", "L1"}
	NeedKitSigned         = Need{"KIT_SIGNED", "L1"}
	NeedAssembly          = Need{"ASSEMBLY", "R6"}
	NeedScripts           = Need{"SCRIPTS", "R6"}
	NeedScriptTests       = Need{"SCRIPT_TESTS", "R6"}
	NeedBackOutProcedures = Need{"BACK_OUT_PROCEDURES", "R6"}
	NeedPriorMaster       = Need{"PRIOR_MASTER", "L5"}
	NeedHardware          = Need{"HARDWARE", "L4"}
	NeedBuildTest         = Need{"BUILD_TEST", "R6"}
	NeedPurchases         = Need{"PURCHASES", "R6"}

	NeedTests            = Need{"TESTS", "R8"}
	NeedDecided          = Need{"UNDECIDED", "R7"}
	NeedBackOutTested    = Need{"BACK_OUT_TESTED", "R10"}
	NeedActivationTested = Need{"ACTIVATION_TESTED", "P8"}
	NeedRegression       = Need{"REGRESSION", "R20"}
	NeedEnvironmentReady = Need{"ENVIRONMENT_READY", "R12"}
	NeedPath             = Need{"PATH", "R15"}
	NeedDefects          = Need{"DEFECTS", "R8"}
	NeedDeliverables     = Need{"DELIVERABLES", "R8"}
	NeedSignatures       = Need{"SIGNATURES", "R8"}
	NeedSeparation       = Need{"SEPARATION", "R7"}
	NeedManualSteps      = Need{"MANUAL_STEPS", "R24"}

	NeedAuthorisation    = Need{"AUTHORISATION", "R22"}
	NeedSame             = Need{"SAME", "R21"}
	NeedPlan             = Need{"PLAN", "P11"}
	NeedCalendarAccepted = Need{"CALENDAR_ACCEPTED", "R13"}
	NeedSupportTold      = Need{"SUPPORT_TOLD", "R23"}
	NeedTrained          = Need{"TRAINED", "R12"}
	NeedNotSuperseded    = Need{"NOT_SUPERSEDED", "R1"}
	NeedNotHeld          = Need{"NOT_HELD", "P7"}
	NeedVariants         = Need{"VARIANTS", "R18"}
)

// join writes keys as a list.
func join(keys []string) string { return strings.Join(keys, ", ") }
