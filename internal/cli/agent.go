package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"releasegraph/internal/agent"
)

type agentCmd struct {
	Site        string        `required:"" placeholder:"KEY" help:"The key of the site."`
	Server      string        `required:"" placeholder:"URL" help:"The server's address."`
	Script      string        `name:"run" required:"" placeholder:"SCRIPT" help:"The program that installs."`
	Verify      string        `placeholder:"SCRIPT" help:"The program that finds out whether it works. Default: people report that."`
	Audit       string        `placeholder:"SCRIPT" help:"The program that says what is at the site, before and after, where the policy asks for it. Default: people audit it."`
	BackOut     string        `placeholder:"SCRIPT" help:"The program that takes a release back. Default: people do, and report it."`
	State       string        `default:"releasegraph-agent" type:"path" placeholder:"FOLDER" help:"Where it keeps what it does, kits and logs; each site has its own. Default: ${default}."`
	Timeout     time.Duration `default:"1h" placeholder:"DURATION" help:"End a script that takes longer, with all that it has started. Default: ${default}."`
	Grace       time.Duration `default:"10s" placeholder:"DURATION" help:"How long that has to end by itself. Default: ${default}."`
	Poll        time.Duration `default:"1m" placeholder:"DURATION" help:"Ask the server as often, beside listening to it. Default: ${default}."`
	Interrupted string        `enum:"fail,again" default:"fail" help:"What becomes of a script that was interrupted together with the machine: fail reports FAILED, again runs it once more. Default: ${default}."`
	TokenFile   string        `type:"path" placeholder:"FILE" help:"A file with the API token, read anew for each request. Default: $$RELEASEGRAPH_TOKEN."`
	Once        bool          `help:"Do what there is to do, and end."`
}

// Help has the examples.
func (agentCmd) Help() string {
	return `The kit of the release is fetched and compared with its digests before anything runs. A program gets the steps as arguments,
install=ITEM@VERSION and remove=ITEM@VERSION, and the rest in $$ROLLOUT_KIT (the folder of the kit), $$ROLLOUT_PLAN (the action
plan, a JSON file), $$ROLLOUT_RELEASE, $$ROLLOUT_DEPLOYMENT, $$ROLLOUT_SITE and $$ROLLOUT_ATTEMPT. Its exit code tells how it went;
the end of what it prints is reported.

Examples:

    releasegraph agent --site par-1 --server https://releases.example.com --run ./install.sh
    releasegraph agent --site par-1 --server https://releases.example.com --run ./install.sh --verify ./verify.sh --back-out ./remove.sh
    releasegraph agent --site par-1 --server https://releases.example.com --run ./install.sh --token-file /etc/releasegraph/token`
}

// Run works for the site until it is told to stop.
func (c *agentCmd) Run(r *running) error {
	a, err := c.agent(r)
	if err != nil {
		return err
	}
	if c.Once {
		return a.Once(r)
	}
	return a.Run(r)
}

func (c *agentCmd) agent(r *running) (*agent.Agent, error) {
	to, err := endpoint(c.Server)
	if err != nil {
		return nil, fmt.Errorf("--server: %w", err)
	}
	if c.Timeout <= 0 || c.Poll <= 0 || c.Grace < 0 {
		return nil, usagef("--timeout, --poll and --grace are lengths of time, such as 30m")
	}
	scripts := agent.Scripts{Install: c.Script, Verify: c.Verify, BackOut: c.BackOut, Audit: c.Audit}
	for _, one := range []struct {
		flag string
		path *string
	}{{"--run", &scripts.Install}, {"--verify", &scripts.Verify}, {"--back-out", &scripts.BackOut}, {"--audit", &scripts.Audit}} {
		if *one.path == "" {
			continue
		}
		if *one.path, err = program(*one.path); err != nil {
			return nil, usagef("%s: %w", one.flag, err)
		}
	}
	if _, err := c.header(); err != nil {
		return nil, err
	}
	remote := &agent.Remote{Endpoint: to, Header: c.header, Client: &http.Client{}}
	remote.Content = func(ctx context.Context, key, file string) error { return c.content(ctx, r, key, file) }
	return &agent.Agent{Config: agent.Config{
		Site: c.Site, Folder: c.State, Scripts: scripts, Server: remote, Timeout: c.Timeout, Grace: c.Grace, Poll: c.Poll,
		Interrupted: agent.Interrupted(c.Interrupted), Log: r.log.With().Str("site", c.Site).Logger(),
	}}, nil
}

// program is the whole path of a program that can be run.
func program(name string) (string, error) {
	found, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(found)
}

// header says who asks: by the token of the file, or that of the environment.
func (c *agentCmd) header() (http.Header, error) {
	if c.TokenFile == "" {
		return ownToken(), nil
	}
	text, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("--token-file: %w", err)
	}
	return http.Header{"Authorization": {"Bearer " + strings.TrimSpace(string(text))}}, nil
}

// content gets the content of a media item as media get does.
func (c *agentCmd) content(ctx context.Context, r *running, key, file string) error {
	client, err := newMediaClient(r, c.Server)
	if err != nil {
		return err
	}
	header, err := c.header()
	if err != nil {
		return err
	}
	client.known = func() http.Header { return header }
	during := *r
	during.Context = ctx
	d := &mediaDownload{mediaClient: client, key: key, what: "fetching " + key, sum: sha256.New()}
	return d.toFile(&during, file)
}
