// Package cli is the command line: it puts the parts together, and prints data
// to stdout and all else to stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

	"releasegraph/internal/importer"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Streams are where a command reads and writes.
type Streams struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       bool // Stderr is one
	Color          bool // Stdout is one, and colours are wanted
}

// System gives the streams of the process.
func System() Streams {
	return Streams{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: isatty.IsTerminal(os.Stderr.Fd()),
		Color: isatty.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == "",
	}
}

type commands struct {
	LogFormat string `enum:"auto,json,console" default:"auto" help:"How to log: json, console, or auto (console on a terminal)."`
	LogLevel  string `enum:"debug,info,warn,error" default:"info" help:"What to log: debug, info, warn or error."`

	Serve      serveCmd      `cmd:"" default:"withargs" help:"Serve the API and the IDE (the default command)."`
	Demo       demoCmd       `cmd:"" help:"Serve a small, believable estate from memory."`
	Import     importCmd     `cmd:"" help:"Import NDJSON or CSV files."`
	Export     exportCmd     `cmd:"" help:"Write the graph as NDJSON."`
	Backup     backupCmd     `cmd:"" help:"Write a backup of the whole store."`
	Restore    restoreCmd    `cmd:"" help:"Fill an empty store from a backup."`
	Check      checkCmd      `cmd:"" help:"Look through the whole store for what is wrong."`
	Compact    compactCmd    `cmd:"" help:"Forget old history."`
	Migrate    migrateCmd    `cmd:"" help:"Bring a store of an older version forward."`
	Impact     impactCmd     `cmd:"" help:"Tell what is hurt when items fail, or what they need."`
	Plan       planCmd       `cmd:"" help:"Work out the waves in which a release goes to its sites."`
	Figures    figuresCmd    `cmd:"" help:"Count what became of releases and roll-outs in a period."`
	Search     searchCmd     `cmd:"" help:"Find records of any kind by words."`
	Quality    qualityCmd    `cmd:"" help:"Tell what is doubtful in the estate."`
	Ready      readyCmd      `cmd:"" help:"Tell whether a server is ready."`
	Policies   policiesCmd   `cmd:"" help:"Print or check the policies that say who may do what."`
	Media      mediaCmd      `cmd:"" help:"Put contents into the media library, get and verify them."`
	Agent      agentCmd      `cmd:"" help:"Install at a site what is rolled out to it, and report."`
	Bench      benchCmd      `cmd:"" help:"Measure how fast a server answers."`
	Token      tokenCmd      `cmd:"" help:"Create, list and revoke API tokens."`
	Schema     schemaCmd     `cmd:"" help:"Print the GraphQL schema."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Completion completionCmd `cmd:"" help:"Print a completion script for a shell."`
}

// running is what every command gets.
type running struct {
	context.Context
	Streams
	log zerolog.Logger
}

// runningKey finds the command that a context is of: opening a store may take
// long, and tells it.
type runningKey struct{}

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

const description = `Release and deployment management as a graph.

    releasegraph demo                    look around in a believable estate
    releasegraph import estate.ndjson    bring your own
    releasegraph impact db-orders-1      what is hurt when this fails?
    releasegraph                         serve the API and the IDE

Every flag can also be given as an environment variable. The exit code is 0 when the command did its work, 1 when it
failed, and 2 when it was called wrongly.`

// exit is a panic's value with which kong ends after printing help.
type exit int

// Run runs the command of the arguments and returns the exit code.
func Run(ctx context.Context, args []string, streams Streams) (code int) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case exit:
			code = int(p)
		default:
			panic(p)
		}
	}()
	var c commands
	parser, err := newParser(&c, streams)
	if err != nil {
		fmt.Fprintf(legible(streams.Stderr), "releasegraph: %v\n", err)
		return exitFailed
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(legible(streams.Stderr), "releasegraph: %v%s\nTry releasegraph --help\n", err, meant(parser.Model, args))
		return exitUsage
	}
	r := &running{Context: ctx, Streams: streams, log: c.logger(streams)}
	r.Context = context.WithValue(ctx, runningKey{}, r)
	return report(streams, chosen.Run(r, parser.Model))
}

// meant suggests the command that was misspelt, if one was.
func meant(app *kong.Application, args []string) string {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return ""
	}
	best, least := "", 3 // letters that may be wrong, and one more
	for _, command := range app.Children {
		if distance := levenshtein.ComputeDistance(args[0], command.Name); distance < min(least, len(command.Name)) {
			best, least = command.Name, distance
		}
	}
	if best == "" || least == 0 {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

func newParser(c *commands, streams Streams) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("releasegraph"),
		kong.Description(description),
		kong.DefaultEnvars("RELEASEGRAPH"),
		kong.Writers(streams.Stdout, streams.Stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)
}

func report(streams Streams, err error) int {
	if err == nil {
		return exitDone
	}
	var problems *importer.Problems
	if errors.As(err, &problems) {
		// Each line is FILE:LINE: …, so that an editor can jump there.
		fmt.Fprintf(legible(streams.Stderr), "%v\nreleasegraph: nothing was written, because of what is wrong with the files\n", err)
		return exitFailed
	}
	fmt.Fprintf(legible(streams.Stderr), "releasegraph: %v\n", err)
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}

func (c *commands) logger(streams Streams) zerolog.Logger {
	level, err := zerolog.ParseLevel(c.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // the enum allows known ones only
	}
	out := streams.Stderr
	if c.LogFormat == "console" || (c.LogFormat == "auto" && streams.Terminal) {
		out = zerolog.ConsoleWriter{Out: streams.Stderr, TimeFormat: "15:04:05"}
	}
	return zerolog.New(legible(out)).Level(level).With().Timestamp().Logger()
}
