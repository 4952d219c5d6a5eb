package neo4j

// ReadDenseSearchesInOrder has a search that finds more than so many nodes read
// them in order.
func (s *Store) ReadDenseSearchesInOrder(moreThan int) { s.denseSearch = moreThan }
