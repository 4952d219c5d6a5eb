//go:build unix

package neo4jtest

import (
	"os/exec"
	"syscall"
)

// detach keeps what is meant for this process and its group, such as an
// interrupt, from a process that is to outlive it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
