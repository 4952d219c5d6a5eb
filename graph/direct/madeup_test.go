package direct_test

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/graph/generated"
	"releasegraph/internal/domain"
)

var counting sync.Mutex

func count(n *int) {
	counting.Lock()
	defer counting.Unlock()
	*n++
}

// madeUp is what a resolver may answer at a place: sometimes an error, and
// sometimes nothing where there must be something.
func madeUp(seed uint64, f *graphql.FieldContext) (any, error) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.Path().String()))
	m := maker{rand.New(rand.NewPCG(seed, h.Sum64()))}
	if m.oneIn(20) {
		return nil, errors.New("made up")
	}
	return m.value(resolved(f), 0).Interface(), nil
}

// resolved is the Go type that gqlgen expects of a resolver.
func resolved(f *graphql.FieldContext) reflect.Type {
	root := reflect.TypeFor[generated.ResolverRoot]()
	object := named(root, f.Object).Type.Out(0)
	return named(object, f.Field.Name).Type.Out(0)
}

func named(t reflect.Type, name string) reflect.Method {
	for i := range t.NumMethod() {
		if strings.EqualFold(t.Method(i).Name, name) {
			return t.Method(i)
		}
	}
	panic("no method " + name)
}

// maker makes values up.
type maker struct{ *rand.Rand }

func (m maker) oneIn(n int) bool { return m.IntN(n) == 0 }

var (
	texts   = []string{"", "plain", `"quoted" \ `, "line\nnext\ttab\r", "\x00\x1f\x7f", "naïve – ☃", "<a href='x'>&", "\xff broken"}
	records = []any{&domain.Site{}, &domain.ConfigurationItem{}, &domain.Party{}, &domain.ChangeRequest{}, &domain.Freeze{}}
)

// value makes a value of a type up. Deep down there is nothing.
func (m maker) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	if depth > 8 {
		return v
	}
	switch t.Kind() {
	case reflect.Pointer:
		if !m.oneIn(12) {
			v.Set(reflect.New(t.Elem()))
			v.Elem().Set(m.value(t.Elem(), depth+1))
		}
	case reflect.Interface:
		if record := records[m.IntN(len(records))]; !m.oneIn(12) && reflect.TypeOf(record).Implements(t) && t.NumMethod() > 0 {
			v.Set(reflect.New(reflect.TypeOf(record).Elem()))
			v.Elem().Elem().Set(m.value(reflect.TypeOf(record).Elem(), depth+1))
		}
	case reflect.Slice:
		if !m.oneIn(12) {
			v.Set(reflect.MakeSlice(t, m.IntN(4), 4))
			for i := range v.Len() {
				v.Index(i).Set(m.value(t.Elem(), depth+1))
			}
		}
	case reflect.Struct:
		m.fill(v, depth)
	default:
		m.leaf(v)
	}
	return v
}

func (m maker) fill(v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		at := time.Unix(m.Int64N(4e9), m.Int64N(2)*m.Int64N(1e9)).In(time.FixedZone("", m.IntN(7200)))
		v.Set(reflect.ValueOf(at))
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			v.Field(i).Set(m.value(v.Type().Field(i).Type, depth+1))
		}
	}
}

func (m maker) leaf(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts[m.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(m.oneIn(2))
	case reflect.Int, reflect.Int64:
		v.SetInt(m.Int64N(1e12) - 1e6)
	case reflect.Map:
		if attributes, ok := v.Addr().Interface().(*map[string]string); ok && !m.oneIn(12) {
			*attributes = map[string]string{"os": texts[m.IntN(len(texts))], "": "x"}
		}
	case reflect.Func:
		if total, ok := v.Addr().Interface().(*func(context.Context) (int, error)); ok {
			*total = func(context.Context) (int, error) { return 7, nil }
		}
	}
}
