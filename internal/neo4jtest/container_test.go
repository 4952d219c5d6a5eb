package neo4jtest

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAServerInAContainerIsKeptUntilItIsGivenBack(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "given-back")
	a, end, err := keptBy(exec.Command("sh", "-c", `echo '{"URI":"bolt://there","User":"u","Password":"p"}'; cat; touch '`+kept+`'`))
	if err != nil || a != (Access{"bolt://there", "u", "p"}) {
		t.Fatal(a, err)
	}
	if found, _ := filepath.Glob(kept); len(found) > 0 {
		t.Error("it is given back at once")
	}
	end()
	if found, _ := filepath.Glob(kept); len(found) == 0 {
		t.Error("it is not given back")
	}
}

func TestAContainerThatDoesNotStartSaysWhy(t *testing.T) {
	if _, _, err := keptBy(exec.Command("sh", "-c", "echo no image here >&2; exit 1")); err == nil || !strings.Contains(err.Error(), "no image here") {
		t.Fatal(err)
	}
}
