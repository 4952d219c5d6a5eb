//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user as whom commands run that must not be able to write: the
// bits of files bind no administrator.
const nobody = 65534

// unprivileged runs a command as a user whom the bits of files bind, in a
// directory with this test's program.
func unprivileged(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	c := exec.CommandContext(t.Context(), filepath.Join(dir, "program"), "-test.run=^TestProcess$")
	c.Dir = dir
	c.Env = append(os.Environ(), processArgs+"="+strings.Join(args, "\n"), "TMPDIR="+filepath.Join(dir, "tmp"))
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); c.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// openToAll is a directory that every user may read, with this test's program
// and room for temporary files.
func openToAll(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "releasegraph-test-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "program"), program, 0o700); err != nil {
		t.Fatal(err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "tmp"), 0o700), os.Mkdir(filepath.Join(dir, "store"), 0o700))
	must(t, os.Chmod(filepath.Join(dir, "program"), 0o755), os.Chmod(filepath.Join(dir, "tmp"), 0o777), os.Chmod(dir, 0o755))
	return dir
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoMayOnlyReadAStoreExportsAndChecksIt(t *testing.T) {
	dir := openToAll(t)
	store := filepath.Join(dir, "store")
	path := filepath.Join(store, "estate.db")
	flag := "--store=sqlite:" + path
	call(t, shop, "import", flag, "-").wants(t, 0)
	want := call(t, "", "export", flag).out
	for name, bits := range map[string]struct{ file, dir os.FileMode }{
		"a file that cannot be written":       {0o444, 0o777},
		"a directory that cannot be written":  {0o666, 0o555},
		"neither of them can be written":      {0o444, 0o555},
		"all may be written, as a comparison": {0o666, 0o777},
	} {
		t.Run(name, func(t *testing.T) {
			must(t, os.Chmod(path, bits.file), os.Chmod(store, bits.dir))
			t.Cleanup(func() { must(t, os.Chmod(store, 0o700), os.Chmod(path, 0o600)) })
			if bits.file == 0o444 || bits.dir == 0o555 {
				unprivileged(t, dir, "import", flag, "-").wants(t, 1, "the right to write")
			}
			unprivileged(t, dir, "check", flag).wants(t, 0, "nothing is wrong")
			unprivileged(t, dir, "search", flag, "db").wants(t, 0, "1 found")
			o := unprivileged(t, dir, "export", flag)
			o.wants(t, 0, "as of revision")
			if o.out != want {
				t.Errorf("got\n%s\nwant\n%s", o.out, want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}
