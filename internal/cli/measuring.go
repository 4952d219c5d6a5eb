package cli

import (
	"fmt"
	"strings"

	"releasegraph/internal/prometheus"
)

// measuring reads which Prometheus servers tests may be measured by.
func measuring(flags []string) (*prometheus.Servers, error) {
	addresses := map[string]string{}
	for _, flag := range flags {
		name, address, ok := strings.Cut(flag, "=")
		if !ok {
			return nil, usagef("--prometheus %s: write NAME=URL, such as prod=https://metrics.example.com:9090", shownText("prometheus", flag))
		}
		if addresses[name] != "" {
			return nil, usagef("--prometheus names %s twice", name)
		}
		addresses[name] = address
	}
	s, err := prometheus.New(addresses)
	if err != nil {
		return nil, usagef("--prometheus: %v", err)
	}
	return s, nil
}

// shownNamed is a NAME=URL without its password.
func shownNamed(flag, value string) string {
	name, address, ok := strings.Cut(value, "=")
	if !ok {
		return shownText(flag, value)
	}
	return fmt.Sprintf("%s=%s", name, shownText(flag, address))
}
