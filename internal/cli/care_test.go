package cli_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/cli"
)

// filled makes a store with the shop in it, and tells its --store.
func filled(t *testing.T) (path, flag string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "estate.db")
	call(t, shop, "import", "--store=sqlite:"+path, "-").wants(t, 0, "Revision")
	return path, "--store=sqlite:" + path
}

func TestABackupIsRestoredIntoAnEmptyStore(t *testing.T) {
	_, from := filled(t)
	want := call(t, "", "export", from).out
	for name, flags := range map[string][]string{"as a file": nil, "as a stream": {"--logical"}} {
		t.Run(name, func(t *testing.T) {
			backup := filepath.Join(t.TempDir(), "backup")
			call(t, "", append([]string{"backup", from, backup}, flags...)...).wants(t, 0, "as of revision")
			path := filepath.Join(t.TempDir(), "new.db")
			call(t, "", "restore", "--store=sqlite:"+path, backup).wants(t, 0)
			if got := call(t, "", "export", "--store=sqlite:"+path).out; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			call(t, "", "restore", "--store=sqlite:"+path, backup).wants(t, 1, "is not empty: it holds 2 records", "--replace")
			call(t, "", "restore", "--replace", "--store=sqlite:"+path, backup).wants(t, 0, "What was there is now "+path)
		})
	}
}

func TestABackupGoesThroughAPipe(t *testing.T) {
	_, from := filled(t)
	text := call(t, "", "backup", from, "-").out
	path := filepath.Join(t.TempDir(), "new.db")
	call(t, text, "restore", "--store=sqlite:"+path, "-").wants(t, 0, "2 records, 1 relationships")
}

func TestABackupIsNeverWrittenOverItsOwnStore(t *testing.T) {
	path, from := filled(t)
	call(t, "", "backup", from, path).wants(t, 2, "is the store itself")
}

func TestWhatIsNoWholeBackupIsRefusedAndNothingTouched(t *testing.T) {
	_, from := filled(t)
	text := call(t, "", "backup", from, "-").out
	dir := t.TempDir()
	path := filepath.Join(dir, "new.db")
	for name, content := range map[string]string{
		"empty": "", "foreign": shop, "truncated": text[:len(text)-3], "half": text[:len(text)/2], "changed": text[:len(text)/2] + "x" + text[len(text)/2+1:],
		"more": text + "x", "SQLite": "SQLite format 3\x00",
	} {
		file := filepath.Join(dir, "backup")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		call(t, "", "restore", "--store=sqlite:"+path, file).wants(t, 1, "nothing was touched")
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

func TestAStoreOfThisVersionNeedsNoMigration(t *testing.T) {
	_, from := filled(t)
	call(t, "", "migrate", from, "--dry-run").wants(t, 0, "Nothing to do")
	call(t, "", "migrate", "--store=sqlite:"+filepath.Join(t.TempDir(), "none.db")).wants(t, 1, "there is no file")
	var got struct{ Version, Known int }
	if err := json.Unmarshal([]byte(call(t, "", "migrate", from, "--json").out), &got); err != nil || got.Version != got.Known {
		t.Error(got, err)
	}
}

// processArgs are the arguments of the command that TestProcess runs.
const processArgs = "RELEASEGRAPH_TEST_PROCESS_ARGS"

func TestProcess(t *testing.T) {
	args := os.Getenv(processArgs)
	if args == "" {
		return // it is only run by tests that end it by force
	}
	os.Exit(cli.Run(t.Context(), strings.Split(args, "\n"), cli.System()))
}

func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcess$")
	c.Env = append(os.Environ(), processArgs+"="+strings.Join(args, "\n"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARestoreThatIsKilledSaysSoAndIsRepeated(t *testing.T) {
	var lines strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&lines, `{"node":"Site","key":"s%d","name":"Site %d"}`+"\n", i, i)
	}
	dir := t.TempDir()
	from, path, backup := "--store=sqlite:"+filepath.Join(dir, "from.db"), filepath.Join(dir, "new.db"), filepath.Join(dir, "backup")
	call(t, lines.String(), "import", from, "-").wants(t, 0)
	call(t, "", "backup", "--logical", from, backup).wants(t, 0)
	c := process(t, "restore", "--store=sqlite:"+path, backup)
	for begun := false; !begun; time.Sleep(time.Millisecond) {
		info, err := os.Stat(path + ".restoring")
		begun = err == nil && info.Size() > 0
		if _, err := os.Stat(path); err == nil {
			t.Fatal("the restore was over before it could be killed")
		}
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if _, err := os.Stat(path); err == nil {
		t.Fatal("the restore was over before it was killed")
	}
	for _, command := range [][]string{{"import", "-"}, {"export"}, {"search", "x"}} {
		call(t, shop, append(command, "--store=sqlite:"+path)...).wants(t, 1, "a restore into this store was cut off: run it again")
	}
	call(t, "", "restore", "--store=sqlite:"+path, backup).wants(t, 0, "20000 records")
	if got, want := call(t, "", "export", "--store=sqlite:"+path).out, call(t, "", "export", from).out; got != want {
		t.Error("the restored store is another one")
	}
}

func TestACheckTellsWhetherAStoreIsSound(t *testing.T) {
	path, from := filled(t)
	call(t, "", "check", from).wants(t, 0, "2 records, 1 relationships and", "nothing is wrong")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE k_ConfigurationItem SET p_class = 'DRAGON' WHERE p_key = 'db-1'"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	call(t, "", "check", from).wants(t, 1, "ConfigurationItem:db-1", `class is "DRAGON"`, `but the log says "DATABASE"`, "the store is not sound")
	var got struct{ Problems int }
	if o := call(t, "", "check", from, "--json"); json.Unmarshal([]byte(o.out), &got) != nil || got.Problems != 2 || o.code != 1 {
		t.Errorf("%+v", o)
	}
}

func TestOldHistoryIsForgotten(t *testing.T) {
	_, from := filled(t)
	call(t, `{"node":"Site","key":"par","name":"Paris"}`, "import", from, "-").wants(t, 0)
	call(t, "", "compact", from).wants(t, 2, "--before")
	call(t, "", "compact", from, "--keep", "soon").wants(t, 2, "write 720h or P30D")
	call(t, "", "compact", from, "--before", "soon").wants(t, 2, "or a date")
	call(t, "", "compact", from, "--keep", "P1D").wants(t, 0, "0 changes forgotten")
	call(t, "", "compact", from, "--keep", "1ns", "--dry-run").wants(t, 0, "would be forgotten")
	call(t, "", "compact", from, "--keep", "1ns").wants(t, 0, "changes forgotten. The estate can be read as of revision")
	call(t, "", "compact", from, "--keep", "1ns").wants(t, 0, "0 changes forgotten")
}

func TestAFileOfNoBytesIsNoSoundStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"check", "export"} {
		call(t, "", command, "--store=sqlite:"+path).wants(t, 1, path+" is empty, 0 bytes long")
	}
}

func TestABackupThatIsCutShortIsToldAsOne(t *testing.T) {
	_, from := filled(t)
	text := call(t, "", "backup", from, "-").out
	to := "--store=sqlite:" + filepath.Join(t.TempDir(), "new.db")
	for _, left := range []int{5, 20, len(text) / 2, len(text) - 1} {
		call(t, text[:left], "restore", to, "-").wants(t, 1, "the backup is damaged", "nothing was touched")
	}
}

func TestABackupIsForItsOwnerAlone(t *testing.T) {
	_, from := filled(t)
	for _, form := range [][]string{nil, {"--logical"}} {
		path := filepath.Join(t.TempDir(), "backup")
		call(t, "", append([]string{"backup", from, path}, form...)...).wants(t, 0)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v: %v, %v", form, info.Mode(), err)
		}
	}
}
