//go:build !linux

package upload

import "os"

// beginFlush does nothing: the sync at the end does it all.
func beginFlush(*os.File) {}
