// Package web holds the built pages that the server embeds. Their sources
// stand beside; `npm ci && npm run build` writes dist anew, byte for byte.
package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Dist gives the built files, each compressed with gzip under its name and
// ".gz".
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is embedded
	}
	return sub
}
