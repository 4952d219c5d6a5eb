//go:build !linux

package neo4jtest

import "os/exec"

// diesWithParent has no equivalent here: a killed test process leaves its
// server behind.
func diesWithParent(*exec.Cmd) {}
