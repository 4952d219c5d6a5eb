package authz

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
)

// defaults are the default policies: general ones, and of areas that bring their own.
//
//go:embed *.cedar
var defaults embed.FS

// general is the file of the policies that come first.
const general = "default.cedar"

// Policies are Cedar policies, parsed and checked. They never change, and all
// methods may be called concurrently.
type Policies struct {
	list []*cedar.Policy
	// personal: a policy may be about one actor. Otherwise the roles decide, and
	// who comes first with them has it worked out for all.
	personal bool

	mu    sync.Mutex
	known map[string]*Grants // by who asks
}

// Source is a file of policies.
type Source struct {
	Name string
	Text []byte
}

// DefaultSource returns the policies that hold unless others are given: section 9
// of the domain.
func DefaultSource() Source {
	text, err := defaults.ReadFile(general)
	files, listErr := fs.Glob(defaults, "*.cedar")
	for _, name := range files {
		if name == general {
			continue
		}
		more, readErr := defaults.ReadFile(name)
		text, err = slices.Concat(text, []byte("\n"), more), errors.Join(err, readErr)
	}
	if err := errors.Join(err, listErr); err != nil {
		panic(err) // they are part of the program
	}
	return Source{general, text}
}

// Default gives the policies that hold unless others are given.
var Default = sync.OnceValue(func() *Policies {
	p, err := Parse(DefaultSource())
	if err != nil {
		panic(err) // they are part of the program, and a test parses them
	}
	return p
})

// Parse reads policies, which replace the default ones as a whole. It refuses
// what cannot be parsed and what names roles, actions, kinds, areas or facts
// that there are not, and tells all that is wrong, with file and line.
func Parse(sources ...Source) (*Policies, error) {
	checker, err := newChecker()
	if err != nil {
		return nil, err
	}
	p := &Policies{known: map[string]*Grants{}}
	var wrong []error
	for _, s := range sources {
		list, err := cedar.NewPolicyListFromBytes(s.Name, s.Text)
		if err != nil {
			wrong = append(wrong, unread(s.Name, err))
			continue
		}
		for _, one := range list {
			wrong = append(wrong, checker.check(one)...)
		}
		p.list = append(p.list, list...)
		p.personal = p.personal || bytes.Contains(s.Text, []byte(typeActor))
	}
	if len(wrong) == 0 && len(p.list) == 0 {
		wrong = append(wrong, errors.New("there is no policy, so that nobody could do anything"))
	}
	return p, errors.Join(wrong...)
}

// unread says where a file cannot be parsed.
func unread(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "parser error: ")
	if place, found := strings.CutPrefix(text, "parse error at <input>:"); found {
		return fmt.Errorf("%s:%s", name, place)
	}
	return fmt.Errorf("%s: %s", name, text)
}
