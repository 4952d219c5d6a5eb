// Package pipeline reads what pipelines tell of their roll-outs (D9): the own notice, the
// webhooks of GitHub and GitLab, and CDEvents. It decides who is believed, and what a notice
// says; package internal/app/pipeline registers it.
package pipeline

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"releasegraph/internal/strictyaml"
)

// Kind is in whose words a source tells.
type Kind string

// The kinds.
const (
	GitHub   Kind = "github"
	GitLab   Kind = "gitlab"
	CDEvents Kind = "cdevents"
)

// Config says who may tell of roll-outs without a token, and where environments are.
type Config struct {
	// Environments are sites by the name that pipelines have for them.
	Environments map[string][]string `yaml:"environments"`
	Sources      []Source            `yaml:"sources"`
}

// Source is somebody who tells.
type Source struct {
	// Name is the end of its address.
	Name string `yaml:"name"`
	Kind Kind   `yaml:"kind"`
	// Party is who carries the roll-outs out.
	Party string `yaml:"party"`
	// Release is the key of the release that is told of, with {version}, {ref}, {repository}
	// or {service} in it; Removed that of the one which removes a service.
	Release string `yaml:"release"`
	Removed string `yaml:"removed"`
	// Environments come before those of the Config.
	Environments map[string][]string `yaml:"environments"`
	SecretFile   string              `yaml:"secretFile"`
	SecretEnv    string              `yaml:"secretEnv"`

	secret []byte
}

// shortest is how long a secret is at least.
const shortest = 16

var names = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ReadConfig reads a configuration, with its secrets, and tells all that is wrong with it.
func ReadConfig(text []byte) (*Config, error) {
	c := &Config{}
	if err := strictyaml.Read(text, c); err != nil {
		return nil, err
	}
	var wrong []error
	seen := map[string]bool{}
	for i := range c.Sources {
		s := &c.Sources[i]
		for _, err := range s.check() {
			wrong = append(wrong, fmt.Errorf("sources[%d]: %w", i, err))
		}
		if seen[s.Name] {
			wrong = append(wrong, fmt.Errorf("sources[%d]: name %q is that of another source", i, s.Name))
		}
		seen[s.Name] = true
	}
	return c, errors.Join(wrong...)
}

// check tells what is wrong with a source, and reads its secret.
func (s *Source) check() (wrong []error) {
	if !names.MatchString(s.Name) {
		wrong = append(wrong, fmt.Errorf("name %q: write lower-case letters, digits and hyphens, such as shop-ci", s.Name))
	}
	if !slices.Contains([]Kind{GitHub, GitLab, CDEvents}, s.Kind) {
		wrong = append(wrong, fmt.Errorf("kind %q: it is one of github, gitlab, cdevents", s.Kind))
	}
	if strings.TrimSpace(s.Party) == "" {
		wrong = append(wrong, errors.New("party is missing: who carries the roll-outs out?"))
	}
	for _, template := range []string{s.Release, s.Removed} {
		for _, one := range placeholder.FindAllString(template, -1) {
			if !slices.Contains(placeholders, one) {
				wrong = append(wrong, fmt.Errorf("%q: %s is none of %s", template, one, strings.Join(placeholders, ", ")))
			}
		}
	}
	secret, err := s.read()
	switch {
	case err != nil:
		wrong = append(wrong, err)
	case len(secret) < shortest:
		wrong = append(wrong, fmt.Errorf("the secret has %d bytes: it needs %d at least", len(secret), shortest))
	}
	s.secret = secret
	return wrong
}

// read reads the secret from where it is.
func (s *Source) read() ([]byte, error) {
	switch {
	case (s.SecretFile == "") == (s.SecretEnv == ""):
		return nil, errors.New("give secretFile or secretEnv: where its secret is")
	case s.SecretEnv != "":
		return []byte(os.Getenv(s.SecretEnv)), nil
	}
	text, err := os.ReadFile(s.SecretFile)
	return []byte(strings.TrimSpace(string(text))), err
}

// Named finds a source by its name, nil for none.
func (c *Config) Named(name string) *Source {
	if c == nil {
		return nil
	}
	for i := range c.Sources {
		if c.Sources[i].Name == name {
			return &c.Sources[i]
		}
	}
	return nil
}

// Sites are the sites of an environment, by its own name for it. Without any name they are
// those where something of the release is installed.
func (c *Config) Sites(own map[string][]string, environment string) ([]string, error) {
	if environment == "" {
		return nil, nil
	}
	if sites, known := own[environment]; known {
		return sites, nil
	}
	if c != nil {
		if sites, known := c.Environments[environment]; known {
			return sites, nil
		}
	}
	var all []string
	if c != nil {
		for name := range c.Environments {
			all = append(all, name)
		}
	}
	for name := range own {
		all = append(all, name)
	}
	slices.Sort(all)
	return nil, &Unreadable{"environment", fmt.Sprintf("no sites are configured for the environment %q; known are: %s. Name it under environments in the file of serve --deployments", environment, strings.Join(slices.Compact(all), ", "))}
}

var (
	placeholder  = regexp.MustCompile(`\{[^}]*\}`)
	placeholders = []string{"{version}", "{ref}", "{repository}", "{service}"}
)

// fill fills a template for the key of a release.
func fill(template, version, ref, repository, service string) string {
	return strings.NewReplacer("{version}", version, "{ref}", ref, "{repository}", repository, "{service}", service).Replace(template)
}

// Unreadable is what is wrong with what was told.
type Unreadable struct{ Field, Text string }

// Error implements error.
func (e *Unreadable) Error() string { return e.Field + ": " + e.Text }

// ErrNothing says that what was told is no news of a roll-out: it is understood, and nothing
// follows from it.
var ErrNothing = errors.New("nothing follows from it")
