package structure

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// size is what a package amounts to, tests and generated files left out.
type size struct {
	files, lines int
	// methods of its type that has the most of them.
	methods int
}

// goal is what every package below internal/app is to keep to.
var goal = size{files: 30, lines: 3_000, methods: 40}

// ratchet holds the packages that are beyond the goal today. Who makes one
// smaller lowers its row, and nobody raises one.
var ratchet = map[string]size{
	"internal/app": {files: 142, lines: 18_009, methods: 267},
}

func TestNoPackageOfUseCasesGrowsBeyondItsLimit(t *testing.T) {
	packages := measure(t, "../..", "internal/app")
	require.NotEmpty(t, packages)
	for name, is := range packages {
		limit, beyond := ratchet[name]
		if !beyond {
			limit = goal
		}
		if is.files > limit.files || is.lines > limit.lines || is.methods > limit.methods {
			t.Errorf("%s has %+v; at most %+v: give the area a package of its own", name, is, limit)
		}
	}
}

func TestALimitThatIsNotNeededAnyMoreIsTakenOut(t *testing.T) {
	packages := measure(t, "../..", "internal/app")
	for _, name := range slices.Sorted(maps.Keys(ratchet)) {
		if is := packages[name]; is.files <= goal.files && is.lines <= goal.lines && is.methods <= goal.methods {
			t.Errorf("%s keeps to the goal: take it out of the ratchet", name)
		}
	}
}

// measure is the size of each package below a folder, by its path from root.
func measure(t *testing.T, root, folder string) map[string]size {
	t.Helper()
	packages, methods := map[string]size{}, map[string]map[string]int{}
	err := filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !counts(d.Name()) {
			return err
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name := path.Dir(filepath.ToSlash(relative))
		is := packages[name]
		is.files++
		is.lines += bytes.Count(source, []byte("\n"))
		if methods[name] == nil {
			methods[name] = map[string]int{}
		}
		for _, receiver := range receivers(parsed) {
			methods[name][receiver]++
			is.methods = max(is.methods, methods[name][receiver])
		}
		packages[name] = is
		return nil
	})
	require.NoError(t, err)
	return packages
}

func counts(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_gen.go")
}

// receivers names the receiver's type of each method of a file.
func receivers(f *ast.File) []string {
	var list []string
	for _, d := range f.Decls {
		method, ok := d.(*ast.FuncDecl)
		if !ok || method.Recv == nil {
			continue
		}
		t := method.Recv.List[0].Type
		if pointer, ok := t.(*ast.StarExpr); ok {
			t = pointer.X
		}
		if generic, ok := t.(*ast.IndexExpr); ok {
			t = generic.X
		}
		if name, ok := t.(*ast.Ident); ok {
			list = append(list, name.Name)
		}
	}
	return list
}
