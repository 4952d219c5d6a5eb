package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

type readyCmd struct {
	URL string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"The server to ask. Default: ${default}."`
}

// Help shows what people type.
func (c *readyCmd) Help() string {
	return `For health checks where no HTTP client is at hand:

    releasegraph ready && echo "the server answers from an up-to-date graph"`
}

// Run prints what /readyz tells, and fails when the server is not ready.
func (c *readyCmd) Run(r *running) error {
	client := http.Client{Timeout: 5 * time.Second}
	request, err := http.NewRequestWithContext(r, http.MethodGet, strings.TrimRight(c.URL, "/")+"/readyz", nil)
	if err != nil {
		return usagef("--url %q: write the server's address such as http://127.0.0.1:8080", c.URL)
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the server cannot be reached: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(r.Stdout, io.LimitReader(answer.Body, 64<<10)); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	fmt.Fprintln(r.Stdout)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready (%s)", answer.Status)
	}
	return nil
}
