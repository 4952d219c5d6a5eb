package cli

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"releasegraph/internal/strictyaml"
)

// configFile gives flags their values from a YAML file: a map by the flags'
// names. The command line and the environment win over it.
type configFile struct{ values map[string]any }

// configPath is the flag that names such a file.
type configPath string

// BeforeResolve reads the file, and tells all that is wrong with it.
func (configPath) BeforeResolve(app *kong.Kong, ctx *kong.Context, trace *kong.Path) error {
	path, _ := ctx.FlagValue(trace.Flag).(configPath)
	file := kong.ExpandPath(string(path))
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c configFile
	if err := strictyaml.Read(text, &c.values); err != nil {
		return fmt.Errorf("the configuration file %s is no map of flags: %w", file, err)
	}
	if wrong := c.mistakes(app.Model); len(wrong) > 0 {
		return fmt.Errorf("the configuration file %s:\n  %s\nreleasegraph serve --help lists the flags", file, strings.Join(wrong, "\n  "))
	}
	ctx.AddResolver(&c)
	return nil
}

// mistakes tells of all keys of the file that are no flags, and of all values
// that their flags cannot have.
func (c *configFile) mistakes(app *kong.Application) []string {
	known := map[string]*kong.Flag{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			known[f.Name] = f
		}
		return next(nil)
	})
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		f := known[name]
		if f == nil {
			wrong = append(wrong, name+": is no flag")
			continue
		}
		if err := tried(f, c.values[name]); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", name, err))
		}
	}
	return wrong
}

// tried says why a flag cannot have a value of the file.
func tried(f *kong.Flag, value any) error {
	text, ok := flagText(value)
	if !ok {
		return nil
	}
	into := reflect.New(f.Target.Type()).Elem()
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
	}
	if err := f.Mapper.Decode(&kong.DecodeContext{Value: f.Value, Scan: kong.Scan().PushTyped(text, kong.FlagValueToken)}, into); err != nil {
		return err
	}
	if choices := f.EnumSlice(); f.Enum != "" && !slices.Contains(choices, text) {
		return fmt.Errorf("must be one of %s, not %q", strings.Join(choices, ", "), text)
	}
	return nil
}

// Validate has nothing left to check.
func (c *configFile) Validate(*kong.Application) error { return nil }

// Resolve gives the value of a flag that was not given on the command line.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	for _, name := range f.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	if text, ok := flagText(c.values[f.Name]); ok {
		return text, nil
	}
	return nil, nil
}

// flagText is a value of the file as the command line would hold it. What is
// empty is as if it were not there.
func flagText(value any) (string, bool) {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value), value != nil && value != ""
	}
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = fmt.Sprint(one)
	}
	return strings.Join(texts, ","), len(list) > 0
}

// printConfig prints the flags of a command with their values, as a file that
// --config reads.
func printConfig(w io.Writer, app *kong.Application, command string) error {
	values := yaml.MapSlice{}
	for _, node := range []*kong.Node{app.Node, commandOf(app, command)} {
		for _, f := range node.Flags {
			switch f.Name {
			case "help", "config", "print-config":
			default:
				values = append(values, yaml.MapItem{Key: f.Name, Value: shownValue(f)})
			}
		}
	}
	text, err := yaml.Marshal(values)
	if err != nil {
		return err
	}
	password := "not set"
	if os.Getenv("RELEASEGRAPH_STORE_PASSWORD") != "" {
		password = "set (" + masked + ")"
	}
	_, err = fmt.Fprintf(w, "%s# The store's password in $RELEASEGRAPH_STORE_PASSWORD: %s\n", text, password)
	return err
}

func commandOf(app *kong.Application, name string) *kong.Node {
	for _, node := range app.Children {
		if node.Name == name {
			return node
		}
	}
	return app.Node
}

const masked = "********"

// shownValue is a flag's value, without secrets: passwords in addresses, and
// what is a secret by its name.
func shownValue(f *kong.Flag) any {
	v := f.Target
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return value.String()
	case span:
		if value == 0 {
			return ""
		}
		return time.Duration(value).String()
	case string:
		return shownText(f.Name, value)
	case []string:
		shown := make([]string, len(value))
		for i := range value {
			shown[i] = shownNamed(f.Name, value[i])
		}
		return shown
	default:
		return value
	}
}

func shownText(flag, value string) string {
	secret := !strings.HasSuffix(flag, "-file") && (strings.Contains(flag, "password") || strings.Contains(flag, "secret"))
	if secret && value != "" {
		return masked
	}
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return value
	}
	if _, ok := u.User.Password(); !ok {
		return value
	}
	return strings.Replace(value, u.User.String()+"@", u.User.Username()+":"+masked+"@", 1)
}
