package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"releasegraph/internal/durable"
)

// state is what the agent knows of its own deeds.
type state struct {
	Site string `json:"site"`
	// Jobs are by the id of the roll-out.
	Jobs map[string]*Job `json:"jobs"`
	// Outbox are the reports that the server has not answered, in their order.
	Outbox []Report `json:"outbox"`
	// SetAside are the last reports that the server has refused for good.
	SetAside []aside `json:"setAside,omitempty"`
}

// aside is a report that does not count.
type aside struct {
	Report Report    `json:"report"`
	Why    string    `json:"why"`
	At     time.Time `json:"at"`
}

// mostAside bounds how many reports are kept that do not count.
const mostAside = 50

// disk is the folder of an agent.
type disk struct{ folder string }

// DiskError is a folder that cannot be written: without it nothing may be begun.
type DiskError struct{ err error }

// Error implements error.
func (e *DiskError) Error() string {
	return "what the agent does cannot be kept, and so nothing is done: " + e.err.Error()
}

// Unwrap returns the cause.
func (e *DiskError) Unwrap() error { return e.err }

func (d disk) path(parts ...string) string {
	return filepath.Join(append([]string{d.folder}, parts...)...)
}

// take makes the folder this agent's alone.
func (d disk) take() (end func(), err error) {
	if err := os.MkdirAll(d.path("jobs"), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(d.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if free, err := lock(f); err != nil || !free {
		return nil, errors.Join(fmt.Errorf("another agent works in %s: give each its own --state", d.folder), err, f.Close())
	}
	return func() { f.Close() }, nil
}

// load reads what was kept.
func (d disk) load(site string) (*state, error) {
	text, err := os.ReadFile(d.path("state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return &state{Site: site, Jobs: map[string]*Job{}}, nil
	}
	if err != nil {
		return nil, err
	}
	s := &state{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", d.path("state.json"), err)
	}
	if s.Site != site {
		return nil, fmt.Errorf("%s is of the agent of %s: give that of %s another --state", d.folder, s.Site, site)
	}
	if s.Jobs == nil {
		s.Jobs = map[string]*Job{}
	}
	return s, nil
}

// save keeps a state: after a power cut there is this one, or the one before it.
func (d disk) save(s *state) error {
	text, err := json.MarshalIndent(s, "", " ")
	if err == nil {
		err = writeDurably(d.path("state.json"), text)
	}
	if err != nil {
		return &DiskError{err}
	}
	return nil
}

// writeDurably writes a file whole, or not at all.
func writeDurably(name string, text []byte) error {
	part := name + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return durable.Names(name)
}

// keep writes down what the agent is about to do, or has done.
func (a *Agent) keep() error { return a.disk.save(a.state) }

// prune forgets the jobs of roll-outs that are over, with their kits and logs.
func (a *Agent) prune(list []Rollout) {
	open := map[string]bool{}
	for _, r := range list {
		open[r.ID] = true
	}
	for _, r := range a.state.Outbox {
		for id, j := range a.state.Jobs {
			open[id] = open[id] || j.Rollout.Deployment == r.Deployment
		}
	}
	gone := false
	for id := range a.state.Jobs {
		if !open[id] {
			gone = true
			delete(a.state.Jobs, id)
			delete(a.told, id)
			_ = os.RemoveAll(a.disk.path("jobs", id)) // what is left of it harms nobody
		}
	}
	if gone {
		_ = a.keep() // it is done again the next time
	}
}
