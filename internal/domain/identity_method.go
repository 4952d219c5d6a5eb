package domain

// IdentityMethod is a way by which a caller is known.
type IdentityMethod string

// The ways.
const (
	// ByDefault is for whoever reaches a server without identities and names
	// nobody, and for the command line: the local administrator.
	ByDefault IdentityMethod = "LOCAL"
	// ByHeader is for whom a header names, on a server without identities.
	ByHeader IdentityMethod = "HEADER"
	// ByProvider is a token of an OpenID Connect provider.
	ByProvider IdentityMethod = "PROVIDER"
	// ByToken is an API token.
	ByToken IdentityMethod = "API_TOKEN"
)

// IdentityMethods lists all ways.
var IdentityMethods = []IdentityMethod{ByDefault, ByHeader, ByProvider, ByToken}
