package cli

import (
	"fmt"
	"io"
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

// readConfig reads such a file.
func readConfig(r io.Reader) (kong.Resolver, error) {
	var c configFile
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := strictyaml.Read(text, &c.values); err != nil {
		return nil, fmt.Errorf("the configuration file is no map of flags: %w", err)
	}
	return &c, nil
}

// Validate names all keys of the file that are no flags.
func (c *configFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			known[f.Name] = true
		}
		return next(nil)
	})
	var unknown []string
	for name := range c.values {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("the configuration file sets what is no flag: %s; releasegraph serve --help lists them", strings.Join(unknown, ", "))
}

// Resolve gives the value of a flag that was not given on the command line.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	for _, name := range f.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	v, ok := c.values[f.Name]
	if !ok || v == nil {
		return nil, nil
	}
	if list, ok := v.([]any); ok && len(list) == 0 || v == "" {
		return nil, nil // as if it were not there
	} else if ok {
		texts := make([]string, len(list))
		for i, one := range list {
			texts[i] = fmt.Sprint(one)
		}
		return strings.Join(texts, ","), nil
	}
	return fmt.Sprint(v), nil
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
			shown[i] = shownText(f.Name, value[i])
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
