package ddi_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
)

// swupdate finds the client of that name. Without it the test is skipped, unless
// RELEASEGRAPH_REQUIRE_SWUPDATE=1 makes that a failure.
func swupdate(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"swupdate", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			missing := "no " + program + " in PATH: no real device was tried"
			if os.Getenv("RELEASEGRAPH_REQUIRE_SWUPDATE") == "1" {
				t.Fatal(missing)
			}
			t.Skip(missing)
		}
	}
	path, err := exec.LookPath("swupdate")
	require.NoError(t, err)
	return path
}

// image is an update as SWUpdate takes it: a signed description and a file, in the cpio
// archive with sums that it wants.
func image(t *testing.T, folder, installs, content string) []byte {
	t.Helper()
	openssl := func(args ...string) {
		out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", in("key.pem"), "-out", in("cert.pem"), "-days", "3650", "-subj", "/CN=releases",
		"-addext", "keyUsage=digitalSignature", "-addext", "extendedKeyUsage=emailProtection")
	description := fmt.Sprintf("software =\n{\n\tversion = \"2.0.0\";\n\thardware-compatibility: [ \"1.0\" ];\n\tfiles: ( { filename = \"app\"; path = %q; sha256 = %q; } );\n};\n",
		installs, digest.Of([]byte(content)).String())
	require.NoError(t, os.WriteFile(in("sw-description"), []byte(description), 0o600))
	openssl("cms", "-sign", "-in", in("sw-description"), "-out", in("sig"), "-signer", in("cert.pem"), "-inkey", in("key.pem"), "-outform", "DER", "-nosmimecap", "-binary")
	signature, err := os.ReadFile(in("sig"))
	require.NoError(t, err)
	var b bytes.Buffer
	for _, f := range []struct{ name, content string }{{"sw-description", description}, {"sw-description.sig", string(signature)}, {"app", content}, {"TRAILER!!!", ""}} {
		sum := 0
		for i := range len(f.content) {
			sum += int(f.content[i])
		}
		fmt.Fprintf(&b, "070702%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 1, 0o100644, 0, 0, 1, 0, len(f.content), 0, 0, 0, 0, len(f.name)+1, sum)
		b.WriteString(f.name + "\x00")
		b.Write(make([]byte, -b.Len()&3))
		b.WriteString(f.content)
		b.Write(make([]byte, -b.Len()&3))
	}
	b.Write(make([]byte, -b.Len()&511))
	return b.Bytes()
}

// SWUpdate as Debian has it fetches a release, compares it, verifies its signature, installs
// it, and says so when it is started again, as devices are after an update (D5, D6, L2).
func TestSWUpdateInstallsWhatIsRolledOut_D5_D6_L2(t *testing.T) {
	program, folder := swupdate(t), t.TempDir()
	installed := filepath.Join(folder, "installed")
	w := newWorld(t, "--ddi", "--ddi-poll=1s")
	w.rollout("RUNNING", image(t, folder, installed, "the second version"))
	runs := func(more string, until func() bool) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		defer stop()
		device := "-t default -u " + w.url + " -i par-1 -g token -p 1 -a Releasegraph-Act-As " + strings.ReplaceAll(operator, " ", "") + more
		c := exec.CommandContext(ctx, program, "-l", "3", "-M", "-m", "-H", "board:1.0", "-k", filepath.Join(folder, "cert.pem"), "-u", device)
		c.Env, c.Dir, c.WaitDelay = append(os.Environ(), "TMPDIR="+folder), folder, 5*time.Second
		c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
		log := &buffer{}
		c.Stdout, c.Stderr = log, log
		require.NoError(t, c.Start())
		require.Eventually(t, until, time.Minute, 100*time.Millisecond, log)
		stop()
		_ = c.Wait()
	}
	runs("", func() bool {
		text, err := os.ReadFile(installed)
		return err == nil && string(text) == "the second version" && w.said("All Chunks Installed.")
	})
	require.Equal(t, "DISTRIBUTED 1.0.0", w.stands("par-1"))
	runs(" -c 2", func() bool { return w.stands("par-1") == "VERIFIED 2.0.0" })
}

// said reports whether a report on the site has some words.
func (w *world) said(words string) bool {
	w.t.Helper()
	text := w.ask(`{ siteReports(first: 50) { nodes { detail } } }`, nil)
	return bytes.Contains([]byte(text), []byte(words))
}
