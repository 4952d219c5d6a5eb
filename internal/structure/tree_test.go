package structure

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/entity"
)

// size is what a package amounts to, tests and generated files left out.
type size struct {
	files, lines int
	// methods of its type that has the most of them.
	methods int
}

// most is what every package below internal/app keeps to.
var most = size{files: 30, lines: 3_000, methods: 40}

func TestNoPackageOfUseCasesGrowsBeyondItsLimit(t *testing.T) {
	packages := measure(t, "../..", "internal/app")
	require.NotEmpty(t, packages)
	for name, is := range packages {
		if is.files > most.files || is.lines > most.lines || is.methods > most.methods {
			t.Errorf("%s has %+v; at most %+v: give a part of it a package of its own", name, is, most)
		}
	}
	require.LessOrEqual(t, packages["internal/app"].files, 3, "internal/app only wires the areas")
}

// kernelNames is the most names that the kernel exports. What knows nothing of the estate goes into a package of its own below it, what
// one area uses into that area.
const kernelNames = 34

func TestTheKernelExportsNoMoreNames(t *testing.T) {
	var names []string
	each(t, "../../internal/app/estate", func(_ string, _ []byte, parsed *ast.File) { names = append(names, exported(parsed)...) })
	require.Contains(t, names, "Estate")
	require.LessOrEqual(t, len(names), kernelNames, "%s", names)
}

// exported lists the functions, types, variables and constants that a file exports.
func exported(f *ast.File) (names []string) {
	note := func(idents ...*ast.Ident) {
		for _, n := range idents {
			if n.IsExported() {
				names = append(names, n.Name)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				note(d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					note(s.Name)
				case *ast.ValueSpec:
					note(s.Names...)
				}
			}
		}
	}
	return names
}

// general are the packages that know no kind: what holds for one alone stands in
// its area, or in the Catalog.
var general = []string{
	"internal/app/refusal", "internal/app/wording", "internal/app/source", "internal/app/listing", "internal/app/estate", "internal/app/keyed",
	"internal/app/records", "internal/app/bulk",
}

// authorised are the kinds by which authorisation decides, whatever a record is.
var authorised = []string{"KindSite", "KindParty"}

func TestWhatIsGeneralNamesNoKind(t *testing.T) {
	named := 0
	for _, folder := range general {
		each(t, filepath.Join("../..", folder), func(file string, _ []byte, parsed *ast.File) {
			named++
			ast.Inspect(parsed, func(n ast.Node) bool {
				if name := kindNamed(n); name != "" && !slices.Contains(authorised, name) {
					t.Errorf("%s names domain.%s", file, name)
				}
				return true
			})
		})
	}
	require.NotZero(t, named)
}

// kindNamed is the name of domain's constant or type for a kind that a node
// selects, "" for any other.
func kindNamed(n ast.Node) string {
	selected, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if from, ok := selected.X.(*ast.Ident); !ok || from.Name != "domain" {
		return ""
	}
	name := selected.Sel.Name
	for _, k := range entity.Kinds() {
		if name == "Kind"+k.Name || name == k.Name {
			return name
		}
	}
	return ""
}

// makers are the packages that make records of what was read: the kernel, which
// enrols them in cohorts, and the import, which shows none.
var makers = []string{"internal/app/estate", "internal/app/bulk"}

// Whoever else made a record of a node could forget to enrol it: following it
// would cost a store call for each, and show the links of today under the past.
func TestOnlyTheKernelMakesRecordsThatAreFollowed(t *testing.T) {
	made := map[string]int{}
	each(t, "../../internal/app", func(file string, _ []byte, parsed *ast.File) {
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && (call.Sel.Name == "DecodeNode" || call.Sel.Name == "Decode") {
				made[path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "../../"))]++
			}
			return true
		})
	})
	for _, name := range makers {
		require.NotZero(t, made[name], name)
		delete(made, name)
	}
	require.Empty(t, made, "these decode nodes: let the loaders of estate do that")
}

// Areas keep the kernel to themselves: by what they export nobody reaches the
// store.
func TestNoAreaHandsOutTheKernel(t *testing.T) {
	areas := 0
	each(t, "../../internal/app", func(file string, _ []byte, parsed *ast.File) {
		ast.Inspect(parsed, func(n ast.Node) bool {
			of, ok := n.(*ast.TypeSpec)
			if !ok || of.Name.Name != "Area" && of.Name.Name != "App" {
				return true
			}
			areas++
			for _, f := range of.Type.(*ast.StructType).Fields.List {
				if isKernel(f.Type) && (len(f.Names) == 0 || f.Names[0].IsExported()) {
					t.Errorf("%s: %s hands out the estate", file, of.Name.Name)
				}
			}
			return true
		})
	})
	require.Greater(t, areas, 10)
}

// isKernel reports whether a type is *estate.Estate.
func isKernel(of ast.Expr) bool {
	pointer, ok := of.(*ast.StarExpr)
	if !ok {
		return false
	}
	selected, ok := pointer.X.(*ast.SelectorExpr)
	return ok && selected.Sel.Name == "Estate"
}

// measure is the size of each package below a folder, by its path from root.
func measure(t *testing.T, root, folder string) map[string]size {
	t.Helper()
	packages, methods := map[string]size{}, map[string]map[string]int{}
	each(t, filepath.Join(root, folder), func(file string, source []byte, parsed *ast.File) {
		relative, err := filepath.Rel(root, file)
		require.NoError(t, err)
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
	})
	return packages
}

// each parses the files below a folder, tests and generated ones left out.
func each(t *testing.T, folder string, see func(file string, source []byte, parsed *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !counts(d.Name()) {
			return err
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err == nil {
			see(file, source, parsed)
		}
		return err
	})
	require.NoError(t, err)
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
