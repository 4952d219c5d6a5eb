package domain

// IdentityMethod is a way by which a caller is known.
type IdentityMethod string

// The ways.
const (
	// ByTrust is for whoever reaches a server without identities.
	ByTrust IdentityMethod = "TRUST"
	// ByProvider is a token of an OpenID Connect provider.
	ByProvider IdentityMethod = "PROVIDER"
	// ByToken is an API token.
	ByToken IdentityMethod = "API_TOKEN"
)

// IdentityMethods lists all ways.
var IdentityMethods = []IdentityMethod{ByTrust, ByProvider, ByToken}
