// Package identity finds out who sends a request: by the tokens of an OpenID
// Connect provider, whose claims a mapping file turns into roles.
package identity

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/strictyaml"
)

// Mapping says who is who: the provider to believe, and what its claims mean.
type Mapping struct {
	// Issuer is the provider's address; without one only API tokens are taken.
	Issuer string `yaml:"issuer"`
	// Audience is what a token must be for.
	Audience string `yaml:"audience"`
	// AuthorizedParties are the programs, beside the audience, whose tokens are
	// believed when those are for several audiences.
	AuthorizedParties []string `yaml:"authorizedParties"`
	// ClockSkew is how far the provider's clock may be from ours; 30 s when absent.
	ClockSkew Duration `yaml:"clockSkew"`
	// Name is the claim that names the actor: sub, which nobody can change, when absent.
	Name  string `yaml:"name"`
	Roles Roles  `yaml:"roles"`
	// Sites and Suppliers are the claims that hold the keys of a person's sites,
	// and of the parties for which they act.
	Sites     string `yaml:"sites"`
	Suppliers string `yaml:"suppliers"`
	// Exclusive are roles that nobody may hold together; section 9's when absent.
	Exclusive []domain.Exclusive `yaml:"exclusive"`
}

// Roles say which roles a claim's values stand for.
type Roles struct {
	// Claim is the claim's name, with dots where it lies within others.
	Claim string                   `yaml:"claim"`
	Map   map[string][]domain.Role `yaml:"map"`
	// Default are for everyone whom the provider knows.
	Default []domain.Role `yaml:"default"`
}

// Duration is written as 30s or 2m.
type Duration time.Duration

// UnmarshalYAML reads a duration.
func (d *Duration) UnmarshalYAML(text []byte) error {
	v, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	if err != nil {
		return fmt.Errorf("%s is no duration, such as 30s", bytes.TrimSpace(text))
	}
	*d = Duration(v)
	return nil
}

const (
	defaultSkew = 30 * time.Second
	maxSkew     = 5 * time.Minute
	defaultName = "sub"
)

// ParseMapping reads a mapping file, and tells all that is wrong with it.
func ParseMapping(text []byte) (*Mapping, error) {
	m := &Mapping{ClockSkew: Duration(defaultSkew), Name: defaultName}
	if err := strictyaml.Read(text, m); err != nil {
		return nil, err
	}
	if m.Name == "" { // a file of nothing leaves nothing of the defaults
		m.Name, m.ClockSkew = defaultName, max(m.ClockSkew, Duration(defaultSkew))
	}
	if m.Exclusive == nil {
		m.Exclusive = domain.SeparateDuties
	}
	return m, errors.Join(m.check()...)
}

func (m *Mapping) check() (wrong []error) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if m.Issuer == "" {
		if m.Audience != "" || m.Roles.Claim != "" || len(m.Roles.Map)+len(m.Roles.Default) > 0 {
			say("issuer: name the provider, such as https://login.example.com; without one only API tokens are taken")
		}
	} else if err := checkIssuer(m.Issuer); err != nil {
		say("issuer: %w", err)
	}
	if m.Issuer != "" && m.Audience == "" {
		say("audience: name what tokens must be for, the client that is registered for this server: a token for another program must not do here")
	}
	if m.ClockSkew < 0 || time.Duration(m.ClockSkew) > maxSkew {
		say("clockSkew: must lie between 0s and %s, not %s", maxSkew, time.Duration(m.ClockSkew))
	}
	if m.Issuer != "" && m.Roles.Claim == "" && len(m.Roles.Default) == 0 {
		say("roles: name the claim that holds them, or roles for everyone in default: otherwise nobody may do anything")
	}
	for value, roles := range m.Roles.Map {
		wrong = append(wrong, checkRoles(fmt.Sprintf("roles.map.%s", value), roles)...)
	}
	wrong = append(wrong, checkRoles("roles.default", m.Roles.Default)...)
	for i, e := range m.Exclusive {
		wrong = append(wrong, checkRoles(fmt.Sprintf("exclusive.%d", i), e)...)
		if len(e) < 2 {
			say("exclusive.%d: name at least two roles", i)
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return wrong
}

func checkRoles(field string, roles []domain.Role) (wrong []error) {
	for _, r := range roles {
		if !slices.Contains(domain.Roles, r) {
			wrong = append(wrong, fmt.Errorf("%s: there is no role %q; the roles are %v", field, r, domain.Roles))
		}
	}
	return wrong
}

// checkIssuer wants https, but for a provider on this machine.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is no address, such as https://login.example.com", issuer)
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	if u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%q must begin with https://: keys that come over a plain connection can be anybody's", issuer)
}
