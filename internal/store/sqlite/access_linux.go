package sqlite

import "syscall"

// may reports whether this process may do something with a file.
func may(name string, mode uint32) bool { return syscall.Access(name, mode) == nil }
