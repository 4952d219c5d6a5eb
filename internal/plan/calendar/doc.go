// Package calendar works out when windows are open: recurrences of RFC 5545 in
// a time zone, single ranges, and what is left of them when others are taken
// away (P7, H6). It is pure: no clock, no store.
//
// Every length of time is half open: it holds its start and not its end, so
// that one window may begin where another ends.
//
// A recurrence is told in local time. A local time that the clocks skip is
// taken with the offset in force before the gap; one that they show twice is
// the first of the two (RFC 5545, 3.3.5). See docs/adr.
package calendar
