// Package announcement decides who is told of a release, by which announcements, and
// for whom something has changed since they were told (R14).
package announcement
