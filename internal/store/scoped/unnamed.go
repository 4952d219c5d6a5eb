package scoped

import (
	"context"
	"maps"
	"regexp"

	"releasegraph/internal/store"
)

// Unnamed reads all that lies beneath a Reader. What the Reader does not see has an
// alias in the place of its key and name: what is worked out stays the same, and
// names nothing hidden once Plain took the marks of the aliases away.
//
// Scan, Search and History tell what is beneath as it is.
type Unnamed struct {
	store.Reader
	part *Reader
}

// Unnamed returns all that lies beneath, without the names of what is not seen.
func (r *Reader) Unnamed() *Unnamed { return &Unnamed{r.beneath, r} }

// Unseen stands for the name of what is not seen.
const Unseen = "…"

// mark encloses in an alias what keeps it apart from others.
const mark = "\u2063"

func alias(id store.ID) string { return Unseen + mark + string(id) + mark }

// aliases are those in a text, also one that was cut short.
var aliases = regexp.MustCompile(Unseen + mark + `[0-9A-Za-z-]*` + mark + `?`)

// Plain returns a text with Unseen in the place of each alias.
func Plain(text string) string { return aliases.ReplaceAllLiteralString(text, Unseen) }

// Nodes returns those of the nodes that exist.
func (u *Unnamed) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	found, err := u.Reader.Nodes(ctx, ids...)
	if err != nil {
		return nil, err
	}
	return found, unname(ctx, u, found)
}

// Lookup finds nodes by their own values.
func (u *Unnamed) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	found, err := u.Reader.Lookup(ctx, kind, property, values...)
	if err != nil {
		return nil, err
	}
	return found, unname(ctx, u, found)
}

// Find returns a page of nodes.
func (u *Unnamed) Find(ctx context.Context, q store.Query) (store.Page, error) {
	page, err := u.Reader.Find(ctx, q)
	if err != nil {
		return store.Page{}, err
	}
	return page, u.unnameAll(ctx, page.Nodes)
}

// Edges returns, for each node asked for, its page of edges.
func (u *Unnamed) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	pages, err := u.Reader.Edges(ctx, q)
	if err != nil {
		return nil, err
	}
	var lists [][]store.Node
	for _, p := range pages {
		lists = append(lists, p.Nodes)
	}
	return pages, u.unnameAll(ctx, lists...)
}

// unnameAll gives aliases to the hidden ones of nodes, all lists in one question.
func (u *Unnamed) unnameAll(ctx context.Context, lists ...[]store.Node) error {
	all := map[store.ID]store.Node{}
	for _, list := range lists {
		for _, n := range list {
			all[n.ID] = n
		}
	}
	if err := unname(ctx, u, all); err != nil {
		return err
	}
	for _, list := range lists {
		for i, n := range list {
			list[i] = all[n.ID]
		}
	}
	return nil
}

// unname gives aliases to the hidden ones of nodes.
func unname[K comparable](ctx context.Context, u *Unnamed, nodes map[K]store.Node) error {
	ids := make([]store.ID, 0, len(nodes))
	for _, n := range nodes {
		ids = append(ids, n.ID)
	}
	seen, err := u.part.Seen(ctx, ids...)
	if err != nil {
		return err
	}
	for at, n := range nodes {
		if seen[n.ID] {
			continue
		}
		n.Props = maps.Clone(n.Props)
		for _, name := range []string{"key", "name"} {
			if n.Props[name] != nil {
				n.Props[name] = alias(n.ID)
			}
		}
		nodes[at] = n
	}
	return nil
}
