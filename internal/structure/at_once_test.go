package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The use cases start no goroutines: races among them are looked for where a test
// starts some, and by their names those tests are found.
func TestWhatDoesSeveralThingsAtOnceIsNamedSo(t *testing.T) {
	each(t, "../app", func(file string, _ []byte, parsed *ast.File) {
		require.NotContains(t, starters([]*ast.File{parsed}), true, "%s starts goroutines", file)
	})
	found := 0
	for folder, files := range testsBelow(t, "../app") {
		for name, starts := range starters(files) {
			if starts && strings.HasPrefix(name, "Test") {
				found++
				require.Contains(t, name, "AtOnce", "%s: what starts goroutines has AtOnce in its name, by which it is run with the race detector", folder)
			}
		}
	}
	require.NotZero(t, found)
}

// testsBelow parses the tests of each folder.
func testsBelow(t *testing.T, root string) map[string][]*ast.File {
	t.Helper()
	files := map[string][]*ast.File{}
	for _, pattern := range []string{"*_test.go", "*/*_test.go"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, name := range names {
			parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files[filepath.Dir(name)] = append(files[filepath.Dir(name)], parsed)
		}
	}
	return files
}

// starters tells of the functions of a package by name whether they start
// goroutines, or call by name one that does.
func starters(files []*ast.File) map[string]bool {
	starts, calls := map[string]bool{}, map[string][]string{}
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					starts[fn.Name.Name] = true
				case *ast.CallExpr:
					called := calledName(n)
					starts[fn.Name.Name] = starts[fn.Name.Name] || called == "Go"
					calls[called] = append(calls[called], fn.Name.Name)
				}
				return true
			})
		}
	}
	var spread func(name string)
	spread = func(name string) {
		for _, caller := range calls[name] {
			if !starts[caller] {
				starts[caller] = true
				spread(caller)
			}
		}
	}
	for name, does := range starts {
		if does {
			spread(name)
		}
	}
	return starts
}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
