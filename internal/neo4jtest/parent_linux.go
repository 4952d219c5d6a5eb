package neo4jtest

import (
	"os/exec"
	"syscall"
)

// diesWithParent has the kernel end the server with a test process that is
// killed, so that none is left behind.
func diesWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
