package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"

	"releasegraph/internal/store"
)

var _ store.Inspector = (*Store)(nil)

// inspectMost is how many problems of a sort are reported.
const inspectMost = 100

// Inspect has SQLite check the file, the indexes of a search among it, and
// looks for rows that lead nowhere.
func (s *Store) Inspect(ctx context.Context, report func(where, what string)) error {
	return s.read(ctx, func(c *conn) error {
		err := integrity(ctx, c, func(problem string) error {
			report(s.name, problem)
			return nil
		})
		if err != nil {
			return err
		}
		i := &inspection{Store: s, c: c, ctx: ctx, report: report}
		for _, look := range []func() error{i.nodes, i.edges, i.search, i.touches} {
			if err := look(); err != nil {
				return err
			}
		}
		return nil
	})
}

type inspection struct {
	*Store
	c      *conn
	ctx    context.Context
	report func(where, what string)
}

// rows reports a problem for each row of a query.
func (i *inspection) rows(query string, args []any, where, what string) error {
	return i.c.query(i.ctx, query+fmt.Sprintf(" LIMIT %d", inspectMost), args, func(row []driver.Value) error {
		i.report(where, fmt.Sprintf(what, row[0]))
		return nil
	})
}

func (i *inspection) nodes() error {
	for _, t := range i.layout.kinds {
		err := i.rows("SELECT node.id FROM node WHERE node.n BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM "+t.name+" t WHERE t.n = node.n AND t.id = node.id)",
			[]any{t.number << kindShift, (t.number+1)<<kindShift - 1}, t.kind, "%v has no record")
		if err != nil {
			return err
		}
		err = i.rows("SELECT t.id FROM "+t.name+" t WHERE NOT EXISTS (SELECT 1 FROM node WHERE node.id = t.id AND node.n = t.n)", nil,
			t.kind, "%v cannot be found by its id")
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *inspection) edges() error {
	for rel, number := range i.layout.rels {
		for _, end := range []string{"src", "dst"} {
			// The numbers of nodes are in the table of their kind alone.
			living := ""
			for _, t := range i.layout.kinds {
				if living != "" {
					living += " UNION ALL "
				}
				living += "SELECT 1 FROM " + t.name + " t WHERE t.n = edge." + end
			}
			err := i.rows("SELECT edge.src || ' to ' || edge.dst FROM edge WHERE edge.rel = ? AND NOT EXISTS ("+living+")", []any{number},
				rel, "%v has no record at its "+map[string]string{"src": "start", "dst": "end"}[end])
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *inspection) search() error {
	for _, k := range i.declared.Schema().Kinds {
		if _, searched := k.SearchText(nil); !searched {
			continue
		}
		t := i.layout.kinds[k.Name]
		err := i.rows("SELECT t.id FROM "+t.name+" t WHERE NOT EXISTS (SELECT 1 FROM search_key WHERE search_key.n = t.n)", nil,
			k.Name, "%v is not in the index of searches")
		if err != nil {
			return err
		}
	}
	return i.rows("SELECT search_key.id FROM search_key WHERE NOT EXISTS (SELECT 1 FROM node WHERE node.id = search_key.id AND node.n = search_key.n)", nil,
		"the index of searches", "%v is in it, and is no record")
}

func (i *inspection) touches() error {
	return i.rows("SELECT touch.revision FROM touch WHERE touch.revision > ifnull((SELECT max(revision) FROM log), 0)", nil,
		"the index of histories", "it leads to revision %v, beyond the log")
}
