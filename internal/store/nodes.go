package store

// IDsOf lists the ids of nodes.
func IDsOf(nodes []Node) []ID {
	ids := make([]ID, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	return ids
}

// DistinctIDs lists the nodes' ids, each once, in their order. Nodes without an id have
// none.
func DistinctIDs(nodes []Node) []ID {
	seen := map[ID]bool{}
	var list []ID
	for _, n := range nodes {
		if n.ID != "" && !seen[n.ID] {
			seen[n.ID] = true
			list = append(list, n.ID)
		}
	}
	return list
}
