// Package rollout holds the terms of roll-out planning (P1 to P13): what a planner
// is told, an Input, and what it answers, an Answer with a Plan.
//
// All of it is plain data. An Input names its records by their places in its own
// lists, since an estate has millions of installations; a Plan names them by key,
// so that it stands for itself. A record of any kind is written Kind:key where its
// kind is not plain from the field, as in ConfigurationItem:app. Package
// rollout/planner makes the plans; whoever checks one needs nothing of it.
//
// A step is one site that receives one release. A plan puts each step into exactly
// one wave. Waves are numbered from 1 without a gap, and none is empty.
//
// Times are instants in UTC, ranges are half open. An item has another at a site
// that is installed there, or that a release of the plan adds there.
package rollout
