package structure

import (
	"go/ast"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const useCases = "releasegraph/internal/app/"

// An area uses those that internal/app makes before it; what is no area uses none.
func TestAnAreaUsesThoseBelowIt(t *testing.T) {
	order := areasInOrder(t)
	require.Greater(t, len(order), 10)
	used := 0
	each(t, "../../internal/app", func(file string, _ []byte, parsed *ast.File) {
		is := path.Base(path.Dir(filepath.ToSlash(file)))
		if is == "app" || is == "apptest" {
			return
		}
		for _, i := range parsed.Imports {
			from, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), useCases)
			if !ok || !slices.Contains(order, from) {
				continue
			}
			used++
			if slices.Index(order, from) >= slices.Index(order, is) {
				t.Errorf("%s uses the area %s, which internal/app does not make before %s", file, from, is)
			}
		}
	})
	require.NotZero(t, used)
}

// areasInOrder lists the packages of areas in the order in which internal/app makes
// them.
func areasInOrder(t *testing.T) (order []string) {
	t.Helper()
	each(t, "../../internal/app/app.go", func(_ string, _ []byte, parsed *ast.File) {
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if from := newOf(call.Args[1]); from != "" { // with(e, area.New(…))
				order = append(order, from)
			}
			return true
		})
	})
	return order
}

// newOf returns the package whose New is called, "" when none is.
func newOf(e ast.Expr) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return ""
	}
	made, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || made.Sel.Name != "New" {
		return ""
	}
	from, ok := made.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return from.Name
}
