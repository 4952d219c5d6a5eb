package store

// Query selects nodes of one kind, in a total order, a page at a time.
type Query struct {
	Kind   string
	Filter Filter // nil: all
	Order  []Order
	// After and Before are cursors of an earlier Page of the same Order; empty
	// means from the start, or to the end. Both may be given.
	After, Before Cursor
	// First or Last, never both, limits the page; 0 with the other at 0 too
	// means no limit. With Last the page holds the last nodes before Before,
	// still in the order asked for.
	First, Last int
}

// Order names a declared property, or "id", "createdAt", "updatedAt",
// "version". Strings order bytewise. Null sorts last in both directions. The
// id is always added as the last key, ascending.
type Order struct {
	Property   string
	Descending bool
}

// Cursor marks a position in an order: the sort keys and id of a node, opaque
// to callers, still valid when that node has gone. An adapter refuses a cursor
// of another order with ErrInvalid.
type Cursor string

// Page is a run of nodes in order. HasNext and HasPrevious tell whether nodes
// lie beyond it. Cursors holds one cursor for each node.
type Page struct {
	Nodes       []Node
	Cursors     []Cursor
	HasNext     bool
	HasPrevious bool
}

// Filter is one of Compare, And, Or, Not, Related and OfKind.
type Filter interface{ filter() }

// Operator compares a property with a value.
type Operator uint8

// The operators. Comparisons with an absent property are false, IsNull aside
// (two-valued logic: Not{Eq} is true for a node without the property). Lt to
// Gte apply to numbers, times and strings (bytewise); Contains, StartsWith and
// EndsWith to strings; OneOf takes a list ([]any) (an empty one matches nothing).
const (
	Eq Operator = iota
	OneOf
	Lt
	Lte
	Gt
	Gte
	Contains
	StartsWith
	EndsWith
	IsNull // Value is ignored
)

// String names the operator.
func (o Operator) String() string {
	return [...]string{"eq", "oneOf", "lt", "lte", "gt", "gte", "contains", "startsWith", "endsWith", "isNull"}[o]
}

// Compare holds when the property compares so with the value. Property names
// as in Order, or one within OpenPrefix. For OneOf, Value is []any.
//
// A property within OpenPrefix, which is a text, can also be compared as a
// number, by Eq, OneOf and Lt to Gte: the Value, or all those of a list, are
// float64 then. A text that is no Number is as if it were absent.
//
// IgnoringCase compares strings by their FoldCase: by Eq, OneOf, Contains,
// StartsWith and EndsWith, with values of up to MaxFolded characters.
type Compare struct {
	Property     string
	Op           Operator
	Value        any
	IgnoringCase bool
}

// AnyOf returns texts as the value that a Compare by OneOf looks at.
func AnyOf[T ~string](texts []T) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = string(text)
	}
	return list
}

// And holds when all do; an empty one holds.
type And []Filter

// Or holds when one does; an empty one does not.
type Or []Filter

// Not holds when its filter does not.
type Not struct{ Filter Filter }

// Related holds when the node has an edge of the relationship in the direction
// whose properties match EdgeFilter and whose other end matches Filter (each
// may be nil; EdgeFilter has no Related).
type Related struct {
	Rel        string
	Direction  Direction
	EdgeFilter Filter
	Filter     Filter
}

// OfKind holds when the node is of the kind and matches Filter (nil: any). It is
// for the other ends of a relationship that leads to several kinds, each with
// properties of its own.
type OfKind struct {
	Kind   string
	Filter Filter
}

func (Compare) filter() {}
func (And) filter()     {}
func (Or) filter()      {}
func (Not) filter()     {}
func (Related) filter() {}
func (OfKind) filter()  {}

// EdgeQuery asks for the edges of many nodes at once, for each of them a page.
// The answer is ordered by node (as asked), then by the other end in Order.
type EdgeQuery struct {
	Nodes     []ID
	Rel       string
	Direction Direction
	// EdgeFilter limits by the edge's properties, Filter and Order by the
	// other end's (Order properties are those of its kind, Kind must then be
	// given). The other end's id and the edge's Tag are the last sort keys.
	EdgeFilter Filter
	Kind       string
	Filter     Filter
	Order      []Order
	// After, Before, First and Last page as in Query, for each node apart.
	After, Before Cursor
	First, Last   int
}

// EdgePage is one node's page of edges with the nodes at their other ends.
type EdgePage struct {
	Edges       []Edge
	Nodes       []Node // the other end of each edge
	Cursors     []Cursor
	HasNext     bool
	HasPrevious bool
}

// Walk asks for what can be reached from the roots, breadth first.
type Walk struct {
	Roots     []ID
	Rels      []string
	Direction Direction
	Depth     int // 0: no limit
	Limit     int // most hits, roots included; 0: no limit
}

// Subgraph answers a Walk. Hits are in order of depth, then id, the roots at
// depth 0; unknown roots are left out. Edges are all edges of the relationships
// whose near end is a hit and was expanded (depth below Walk.Depth) and whose
// far end is a hit, in no promised order. Truncated tells that Limit cut it.
type Subgraph struct {
	Hits      []Hit
	Edges     []Edge
	Truncated bool
}

// Hit is a reached node, at its smallest depth.
type Hit struct {
	ID    ID
	Depth int
}

// Aggregation counts nodes of one kind by the values of up to three
// properties.
type Aggregation struct {
	Kind   string
	Filter Filter
	By     []string
	// AtLeast leaves out the groups of fewer nodes; 0: none.
	AtLeast int64
}

// Group is one combination of values (nil where absent) and its count.
// Groups come by count, largest first, then by values.
type Group struct {
	Values []any
	Count  int64
}
