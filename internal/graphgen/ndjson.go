package graphgen

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// nodeLine is a node in the interchange format.
type nodeLine struct {
	Node        string `json:"node"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	Class       string `json:"class,omitempty"`
	Status      string `json:"status,omitempty"`
	Environment string `json:"environment,omitempty"`
	Criticality int    `json:"criticality,omitempty"`
	Region      string `json:"region,omitempty"`
	TimeZone    string `json:"timeZone,omitempty"`
	Ring        string `json:"ring,omitempty"`
	Users       int    `json:"users"`
}

// edgeLine is a relationship in the interchange format.
type edgeLine struct {
	Edge            string     `json:"edge"`
	From            string     `json:"from"`
	To              string     `json:"to"`
	Kind            string     `json:"kind,omitempty"`
	Impact          string     `json:"impact,omitempty"`
	RedundancyGroup string     `json:"redundancyGroup,omitempty"`
	Minimum         int        `json:"minimum,omitempty"`
	Version         string     `json:"version,omitempty"`
	ActiveVersion   string     `json:"activeVersion,omitempty"`
	Since           *time.Time `json:"since,omitempty"`
}

// WriteNDJSON writes the estate in the interchange format, nodes first.
func (e *Estate) WriteNDJSON(w io.Writer) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(buffered)
	for n := range e.Nodes() {
		if err := lines.Encode(n.line()); err != nil {
			return fmt.Errorf("writing node %s: %w", n.Key, err)
		}
	}
	for d := range e.Edges() {
		if err := lines.Encode(e.line(&d)); err != nil {
			return fmt.Errorf("writing %s of %s: %w", d.Rel, e.Key(d.From), err)
		}
	}
	return buffered.Flush()
}

func (n *Node) line() nodeLine {
	return nodeLine{
		Node: n.Kind, Key: n.Key, Name: n.Name,
		Class: string(n.Class), Status: string(n.Status), Environment: string(n.Environment), Criticality: n.Criticality,
		Region: n.Region, TimeZone: n.TimeZone, Ring: string(n.Ring), Users: n.Users,
	}
}

func (e *Estate) line(d *Edge) edgeLine {
	l := edgeLine{
		Edge: d.Rel, From: e.Kind(d.From) + ":" + e.Key(d.From), To: e.Kind(d.To) + ":" + e.Key(d.To),
		Kind: string(d.Kind), Impact: string(d.Impact), RedundancyGroup: d.Group, Minimum: d.Minimum,
		Version: d.Version, ActiveVersion: d.ActiveVersion,
	}
	if !d.Since.IsZero() {
		l.Since = &d.Since
	}
	return l
}
