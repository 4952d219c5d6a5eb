package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/alecthomas/kong"

	"releasegraph/graph/generated"
	"releasegraph/internal/authz"
	"releasegraph/internal/permissions"
)

// policyFlags say by which policies it is decided who may do what.
type policyFlags struct {
	Policies []string `placeholder:"PATH" help:"Cedar policies that replace the default ones: files, or directories whose *.cedar files are read. releasegraph policies prints the default ones."`
}

// read gives the policies of the files, or the default ones.
func (f policyFlags) read() (*authz.Policies, error) {
	if len(f.Policies) == 0 {
		return authz.Default(), nil
	}
	sources, err := policySources(f.Policies)
	if err != nil {
		return nil, err
	}
	p, err := authz.Parse(sources...)
	if err != nil {
		return nil, fmt.Errorf("the policies cannot be used:\n%w", err)
	}
	return p, nil
}

// policySources reads files, and of directories the *.cedar files by name.
func policySources(paths []string) (list []authz.Source, err error) {
	for _, path := range paths {
		files := []string{path}
		if info, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("policies: %w", err)
		} else if info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(path, "*.cedar")); err != nil {
				return nil, err
			}
			if len(files) == 0 {
				return nil, fmt.Errorf("policies: %s holds no file that ends in .cedar: %w", path, fs.ErrNotExist)
			}
			slices.Sort(files)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("policies: %w", err)
			}
			list = append(list, authz.Source{Name: file, Text: text})
		}
	}
	return list, nil
}

type policiesCmd struct {
	policyFlags
	Schema bool `xor:"what" help:"Print the Cedar schema that policies are checked against."`
	Matrix bool `xor:"what" help:"Print who may call what, as a table in Markdown."`
	Check  bool `xor:"what" help:"Only check the policies, and print nothing."`
}

// Help has the examples.
func (policiesCmd) Help() string {
	return `Examples:

    releasegraph policies > own.cedar                      begin with the default ones
    releasegraph policies --policies own.cedar --check     say what is wrong with them, with file and line
    releasegraph policies --policies own.cedar --matrix    who may then call what
    releasegraph serve --policies own.cedar`
}

// Run prints policies, or what follows from them.
func (c *policiesCmd) Run(r *running, _ *kong.Application) error {
	p, err := c.read()
	if err != nil {
		return err
	}
	switch {
	case c.Check:
		return nil
	case c.Schema:
		_, err = fmt.Fprint(r.Stdout, authz.Schema())
		return err
	case c.Matrix:
		operations, undecided := permissions.Operations(generated.NewExecutableSchema(generated.Config{}).Schema())
		if len(undecided) > 0 {
			return errors.New("the schema has operations without a decision")
		}
		_, err = fmt.Fprint(r.Stdout, permissions.Matrix(p, operations))
		return err
	}
	sources := []authz.Source{authz.DefaultSource()}
	if len(c.Policies) > 0 {
		if sources, err = policySources(c.Policies); err != nil {
			return err
		}
	}
	for _, s := range sources {
		if _, err := r.Stdout.Write(s.Text); err != nil {
			return err
		}
	}
	return nil
}
