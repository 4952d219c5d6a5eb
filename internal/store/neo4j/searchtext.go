package neo4j

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// What a search reads of a node, folded, stands in properties of the store's
// own beside the others.
const (
	searchIndex     = "_search"
	searchKeyProp   = "_key"
	searchNamesProp = "_names"
	searchRestProp  = "_rest"
	searchPrintProp = "_searchPrint"
)

var searchProps = []string{searchKeyProp, searchNamesProp, searchRestProp}

// searchDefinitions are the indexes of a search.
func searchDefinitions() []definition {
	return []definition{index(commonLabel, searchKeyProp, idProp), words(searchIndex, commonLabel, searchNamesProp, searchRestProp)}
}

// addSearch adds what a search reads of the node to the properties to write.
func (c catalog) addSearch(set params, kind string, props store.Props) {
	k, _ := c.Kind(kind)
	if text, searched := k.SearchText(props); searched {
		set[searchKeyProp], set[searchNamesProp], set[searchRestProp] = asciiKey(text.Key), text.Names, text.Rest
	}
}

// changeSearch does so where one of the properties that changed is searched.
func (c catalog) changeSearch(set params, kind string, props store.Props) {
	k, _ := c.Kind(kind)
	for name := range set {
		if k.Searches(name) {
			c.addSearch(set, kind, props)
			return
		}
	}
}

// asciiKey writes bytes beyond ASCII as ~ and two digits. That keeps the order
// and what begins with what, and the server compares ASCII bytewise everywhere.
func asciiKey(key string) string {
	var b strings.Builder
	for i := range len(key) {
		if key[i] < 0x80 {
			b.WriteByte(key[i])
		} else {
			b.WriteString("~" + hex.EncodeToString([]byte{key[i]}))
		}
	}
	return b.String()
}

// plainKey undoes asciiKey.
func plainKey(key string) string {
	parts := strings.Split(key, "~")
	var b strings.Builder
	b.WriteString(parts[0])
	for _, part := range parts[1:] {
		if coded, err := hex.DecodeString(part[:min(2, len(part))]); err == nil {
			b.Write(coded)
		}
		b.WriteString(part[min(2, len(part)):])
	}
	return b.String()
}

// fillNodes is how many nodes a transaction of fill changes.
const fillNodes = 2_000

// fillSearch writes what a search reads of all nodes, when the database was
// filled without, from other properties or by other rules.
func (s *Store) fillSearch(ctx context.Context) error {
	print := s.catalog.SearchPrint()
	var same bool
	err := s.read(ctx, func(t tx) error {
		values, err := t.row("MATCH (h:LogHead {id: 'log'}) RETURN coalesce(h."+searchPrintProp+" = $print OR h.revision = 0, false)", params{"print": print})
		same = err == nil && values[0].(bool)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range s.catalog.Schema().Kinds {
		derive := func(set params, n store.Node) {
			set[searchKeyProp], set[searchNamesProp], set[searchRestProp] = nil, nil, nil
			s.catalog.addSearch(set, k.Name, n.Props)
		}
		if same {
			break
		}
		if err := s.fill(ctx, k.Name, derive); err != nil {
			return err
		}
	}
	return s.write(ctx, func(t tx) error {
		return t.run("MATCH (h:LogHead {id: 'log'}) SET h."+searchPrintProp+" = $print", params{"print": print})
	})
}

// fill writes what derives from the properties of all nodes of a kind.
func (s *Store) fill(ctx context.Context, kind string, derive func(params, store.Node)) error {
	for after, more := "", true; more; {
		var last string
		err := s.write(ctx, func(t tx) (err error) {
			last, more, err = t.fillPage(kind, after, derive)
			return err
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// fillPage locks the next nodes by id before it reads them, so that no commit
// changes them meanwhile.
func (t tx) fillPage(kind, after string, derive func(params, store.Node)) (last string, more bool, err error) {
	records, err := t.rows(fmt.Sprintf("MATCH (n:%s) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit SET n.%s = 0 REMOVE n.%s RETURN id(n), n", quote(kind), lockProp, lockProp),
		params{"after": after, "limit": int64(fillNodes)})
	if err != nil || len(records) == 0 {
		return after, false, err
	}
	rows := make([]any, len(records))
	for i, r := range records {
		n, err := decodeNode(r.Values[1])
		if err != nil {
			return after, false, err
		}
		set := params{}
		derive(set, n)
		rows[i] = []any{r.Values[0], set}
		last = string(n.ID)
	}
	err = t.run("UNWIND $rows AS k MATCH (n) WHERE id(n) = k[0] SET n += k[1]", params{"rows": rows})
	return last, len(records) == fillNodes, err
}
