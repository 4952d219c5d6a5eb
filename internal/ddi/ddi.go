// Package ddi has the messages of hawkBit's Direct Device Integration, the protocol by
// which devices of many makers ask for updates: it writes what a server answers, and reads
// what devices tell.
package ddi

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// Type is the media type of answers.
const Type = "application/hal+json;charset=UTF-8"

// Link leads to something.
type Link struct {
	Href string `json:"href"`
}

// Root is what a device is told that asks for work.
type Root struct {
	Config Config          `json:"config"`
	Links  map[string]Link `json:"_links,omitempty"`
}

// Config says how often a device asks.
type Config struct {
	Polling Polling `json:"polling"`
}

// Polling is how long a device sleeps between two questions, as hours, minutes and
// seconds.
type Polling struct {
	Sleep string `json:"sleep"`
}

// The names of the links of a Root.
const (
	DeploymentBase = "deploymentBase"
	CancelAction   = "cancelAction"
	ConfigData     = "configData"
)

// NewRoot returns a Root without work.
func NewRoot(sleep time.Duration) *Root {
	s := int(sleep.Seconds())
	return &Root{
		Config: Config{Polling{fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)}}, Links: map[string]Link{},
	}
}

// Action is what a device is to install. ID names it in what the device tells of it.
type Action struct {
	ID         string     `json:"id"`
	Deployment Deployment `json:"deployment"`
}

// Deployment is what is to be fetched and installed.
type Deployment struct {
	Download Handling `json:"download"`
	Update   Handling `json:"update"`
	Chunks   []Chunk  `json:"chunks"`
}

// Handling says whether a device is to do something at once.
type Handling string

// Forced is at once.
const Forced Handling = "forced"

// Chunk is a part of what is installed.
type Chunk struct {
	Part    string     `json:"part"`
	Version string     `json:"version"`
	Name    string     `json:"name"`
	Files   []Artifact `json:"artifacts"` //nolint:misspell // the word of the protocol
}

// Artifact is a file.
type Artifact struct {
	Filename string          `json:"filename"`
	Hashes   Hashes          `json:"hashes"`
	Size     int64           `json:"size"`
	Links    map[string]Link `json:"_links"`
}

// Hashes are those of a file, in hexadecimal digits: devices compare what they fetch with
// the one that they know.
type Hashes struct {
	SHA1   string `json:"sha1"`
	MD5    string `json:"md5"`
	SHA256 string `json:"sha256"`
}

// Cancel tells a device to leave an action.
type Cancel struct {
	ID           string `json:"id"`
	CancelAction Stop   `json:"cancelAction"`
}

// Stop names the action that is left.
type Stop struct {
	StopID string `json:"stopId"`
}

// ActionID is the number by which devices know one attempt to bring a step of a roll-out
// about: the protocol has numbers there, and clients read 31 bits.
func ActionID(step string, attempt int) int64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", step, attempt))
	return int64(binary.BigEndian.Uint32(sum[:4])>>1) | 1 // never 0, which clients take for none
}
