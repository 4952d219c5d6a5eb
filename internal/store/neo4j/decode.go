package neo4j

import (
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"releasegraph/internal/store"
)

// commonLabel is carried by every node beside the label of its kind.
const commonLabel = "Node"

// decodeNode fails with errVanished on one that was deleted while it was read.
func decodeNode(v any) (store.Node, error) {
	n, _ := v.(dbtype.Node)
	for _, label := range n.Labels {
		if label != commonLabel && n.Props[idProp] != nil {
			return nodeOf(label, n.Props), nil
		}
	}
	return store.Node{}, errVanished
}

func decodeNodes(list []any) ([]store.Node, error) {
	nodes := make([]store.Node, len(list))
	for i, v := range list {
		n, err := decodeNode(v)
		if err != nil {
			return nil, err
		}
		nodes[i] = n
	}
	return nodes, nil
}

// nodeOf takes the store's own properties out of a map that it may keep.
func nodeOf(kind string, props map[string]any) store.Node {
	n := store.Node{Kind: kind}
	id, _ := props[idProp].(string)
	n.ID = store.ID(id)
	n.Version, _ = props[versionProp].(int64)
	n.CreatedAt = instant(props[createdProp])
	n.UpdatedAt = instant(props[updatedProp])
	for _, own := range []string{idProp, versionProp, createdProp, updatedProp, searchKeyProp, searchNamesProp, searchRestProp} {
		delete(props, own)
	}
	for name := range props {
		if ownOpen(name) {
			delete(props, name)
		}
	}
	n.Props = values(props)
	return n
}

// edgeOf takes the store's own properties out of a map that it may keep.
func edgeOf(rel string, from, to store.ID, props map[string]any) store.Edge {
	e := store.Edge{EdgeKey: store.EdgeKey{Rel: rel, From: from, To: to}}
	e.Tag, _ = props[tagProp].(string)
	e.Version, _ = props[versionProp].(int64)
	delete(props, tagProp)
	delete(props, versionProp)
	e.Props = values(props)
	return e
}

// values turns the driver's types into the port's, in place.
func values(props map[string]any) store.Props {
	for k, v := range props {
		switch v.(type) {
		case []any, time.Time:
			props[k] = value(v)
		}
	}
	return props
}

func value(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC()
	case []any:
		list := make([]string, len(v))
		for i, s := range v {
			list[i], _ = s.(string)
		}
		return list
	}
	return v
}

func instant(v any) time.Time {
	t, _ := v.(time.Time)
	return t.UTC()
}

func texts(ids []store.ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}
