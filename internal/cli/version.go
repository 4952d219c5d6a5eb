package cli

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
)

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints what was built.
func (c *versionCmd) Run(r *running) error {
	v := builtVersion()
	if c.JSON {
		return json.NewEncoder(r.Stdout).Encode(v)
	}
	fmt.Fprintf(r.Stdout, "releasegraph %s (%s)\n", v.Version, v.Go)
	return nil
}

type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

// builtVersion asks the binary itself.
func builtVersion() version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version{Version: "unknown"}
	}
	v := version{Version: info.Main.Version, Go: info.GoVersion}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	if v.Version == "" || v.Version == "(devel)" {
		v.Version = "devel"
		if len(v.Revision) >= 12 {
			v.Version += "-" + v.Revision[:12]
		}
	}
	return v
}
