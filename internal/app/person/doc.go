// Package person finds what belongs to a person's name, however that is written.
package person
