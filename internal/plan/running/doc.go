// Package running says what becomes of a roll-out: by the reports of its sites, by
// what people ask for, and by itself as time passes (D1 to D5). It is pure: a Rollout
// goes in, what is to be written comes out, and time is given.
//
// A Step is one site that receives one release. All percentages are whole numbers.
package running
