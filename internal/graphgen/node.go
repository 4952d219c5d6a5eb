package graphgen

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"releasegraph/internal/domain"
)

// Node is a site or an item; what a site does not have is empty for it, and
// the reverse.
type Node struct {
	Kind, ID, Key, Name string
	Users               int

	Class       domain.Class
	Environment domain.Environment
	Status      domain.ItemStatus
	Criticality int

	Region, TimeZone string
	Ring             domain.Ring
}

// layer is a part of the items, from the bottom up.
type layer struct {
	share  float64 // of all items
	class  domain.Class
	prefix string
	noun   string
}

var layers = []layer{
	{0.005, domain.Facility, "fac", "Machine room"},
	{0.045, domain.NetworkDevice, "net", "Switch"},
	{0.05, domain.Storage, "sto", "Storage array"},
	{0.15, domain.Server, "srv", "Server"},
	{0.15, domain.SystemSoftware, "sys", "System software"},
	{0.15, domain.Database, "db", "Database"},
	{0.15, domain.Program, "prg", "Program"},
	{0.15, domain.Application, "app", "Application"},
	{0.10, domain.Workstation, "wks", "Workstation"},
	{0.05, domain.Service, "svc", "Service"},
}

var (
	regions   = []string{"emea", "americas", "apac", "nordics", "iberia", "dach", "benelux", "uk", "africa", "india"}
	timeZones = []string{"Europe/Paris", "America/New_York", "Asia/Tokyo", "Europe/Oslo", "Europe/Madrid",
		"Europe/Berlin", "Europe/Amsterdam", "Europe/London", "Africa/Lagos", "Asia/Kolkata"}
)

// Key is the key of the node with the number.
func (e *Estate) Key(n int) string {
	if n < e.spec.Sites {
		return fmt.Sprintf("site-%05d", n)
	}
	return fmt.Sprintf("%s-%07d", e.layer(n).prefix, n-e.spec.Sites)
}

// layer is that of the item with the number.
func (e *Estate) layer(n int) *layer {
	above := float64(n-e.spec.Sites) / float64(e.spec.Items)
	for i := range layers {
		if above -= layers[i].share; above < 0 {
			return &layers[i]
		}
	}
	return &layers[len(layers)-1]
}

// Nodes lists all nodes by number.
func (e *Estate) Nodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		random := e.random(forNodes)
		for n := range e.Len() {
			node := Node{Kind: e.Kind(n), ID: e.ID(n), Key: e.Key(n)}
			if n < e.spec.Sites {
				e.fillSite(&node, n, random)
			} else {
				e.fillItem(&node, n, random)
			}
			if !yield(node) {
				return
			}
		}
	}
}

func (e *Estate) fillSite(s *Node, n int, random *rand.Rand) {
	region := n % len(regions)
	s.Region, s.TimeZone = regions[region], timeZones[region]
	s.Name = fmt.Sprintf("Site %d, %s", n, s.Region)
	s.Users = 5 + powerLaw(random, 2000)
	s.Ring = domain.General
	switch random.IntN(100) {
	case 0:
		s.Ring = domain.PilotAlpha
	case 1, 2, 3:
		s.Ring = domain.PilotBeta
	}
}

func (e *Estate) fillItem(i *Node, n int, random *rand.Rand) {
	layer := e.layer(n)
	i.Class, i.Name = layer.class, fmt.Sprintf("%s %d", layer.noun, n-e.spec.Sites)
	i.Environment, i.Status = domain.Live, domain.ItemLive
	if random.IntN(5) == 0 {
		i.Environment = domain.Environments[random.IntN(len(domain.Environments))]
	}
	if random.IntN(20) == 0 {
		i.Status = domain.ItemStatuses[random.IntN(len(domain.ItemStatuses))]
	}
	i.Criticality = 1 + powerLaw(random, 5)
	i.Users = powerLaw(random, 5000)
}

// powerLaw draws from 0 to below n, small numbers much more often.
func powerLaw(random *rand.Rand, n int) int {
	u := random.Float64()
	return int(float64(n) * u * u * u)
}
