package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help has the examples.
func (completionCmd) Help() string {
	return `Examples:

    source <(releasegraph completion bash)
    releasegraph completion zsh > "${fpath[1]}/_releasegraph"
    releasegraph completion fish > ~/.config/fish/completions/releasegraph.fish`
}

// Run prints the script, made from the commands themselves.
func (c *completionCmd) Run(r *running, model *kong.Application) error {
	switch c.Shell {
	case "bash":
		bash(r.Stdout, model)
	case "zsh":
		zsh(r.Stdout, model)
	case "fish":
		fish(r.Stdout, model)
	}
	return nil
}

// words are the flags of a command, and those of the program.
func words(model *kong.Application, command *kong.Node) []*kong.Flag {
	return append(append([]*kong.Flag{}, command.Flags...), model.Flags...)
}

func bash(w io.Writer, model *kong.Application) {
	var names []string
	for _, command := range model.Children {
		names = append(names, command.Name)
	}
	fmt.Fprintf(w, "_releasegraph() {\n  local word=${COMP_WORDS[COMP_CWORD]} options=\"\"\n  case ${COMP_WORDS[1]} in\n")
	for _, command := range model.Children {
		var options []string
		for _, f := range words(model, command) {
			options = append(options, "--"+f.Name)
		}
		fmt.Fprintf(w, "    %s) options=%q ;;\n", command.Name, strings.Join(options, " "))
	}
	fmt.Fprintf(w, "  esac\n  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W %q -- \"$word\"))\n", strings.Join(names, " "))
	fmt.Fprintf(w, "  elif [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  else\n    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n")
	fmt.Fprintf(w, "complete -o filenames -F _releasegraph releasegraph\n")
}

func zsh(w io.Writer, model *kong.Application) {
	fmt.Fprintf(w, "#compdef releasegraph\n_releasegraph() {\n  if (( CURRENT == 2 )); then\n    local -a commands=(\n")
	for _, command := range model.Children {
		fmt.Fprintf(w, "      %s\n", quoted(command.Name+":"+command.Help))
	}
	fmt.Fprintf(w, "    )\n    _describe command commands\n    return\n  fi\n  case ${words[2]} in\n")
	for _, command := range model.Children {
		fmt.Fprintf(w, "    %s) _arguments", command.Name)
		for _, f := range words(model, command) {
			fmt.Fprintf(w, " %s", quoted(zshFlag(f)))
		}
		fmt.Fprintf(w, " '*:file:_files' ;;\n")
	}
	fmt.Fprintf(w, "  esac\n}\ncompdef _releasegraph releasegraph\n")
}

func zshFlag(f *kong.Flag) string {
	help := strings.NewReplacer("[", "(", "]", ")", ":", `\:`).Replace(f.Help)
	option := fmt.Sprintf("--%s[%s]", f.Name, help)
	switch {
	case f.IsBool():
		return option
	case f.Enum != "":
		return option + ":value:(" + strings.ReplaceAll(f.Enum, ",", " ") + ")"
	}
	return option + ":value:_files"
}

func fish(w io.Writer, model *kong.Application) {
	for _, command := range model.Children {
		fmt.Fprintf(w, "complete -c releasegraph -n __fish_use_subcommand -f -a %s -d %s\n", command.Name, quoted(command.Help))
		for _, f := range words(model, command) {
			fmt.Fprintf(w, "complete -c releasegraph -n '__fish_seen_subcommand_from %s' -l %s -d %s%s\n",
				command.Name, f.Name, quoted(f.Help), fishValue(f))
		}
	}
}

func fishValue(f *kong.Flag) string {
	switch {
	case f.IsBool():
		return ""
	case f.Enum != "":
		return " -x -a " + quoted(strings.ReplaceAll(f.Enum, ",", " "))
	}
	return " -r"
}

// quoted is a word for a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
