package cli

import (
	"fmt"
	"os"

	"releasegraph/internal/pipeline"
)

// pipelinesOf reads who may tell of roll-outs without a token, nil where no file is named.
func pipelinesOf(file string) (*pipeline.Config, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("deployments: %w", err)
	}
	c, err := pipeline.ReadConfig(text)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", file, err)
	}
	return c, nil
}
