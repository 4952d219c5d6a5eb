// Package examples holds operations to learn from. The IDE shows them as tabs;
// a test checks each against the schema and runs it on the demo's estate.
package examples

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed operations
var operations embed.FS

// Operation is one example.
type Operation struct {
	// Name is the file's, without its ordinal and ending.
	Name      string `json:"name"`
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"`
}

// Operations lists the examples in the order of their files. The variables of
// NAME.graphql stand in NAME.json.
func Operations() ([]Operation, error) {
	files, err := fs.Glob(operations, "operations/*.graphql")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(ordinal(a), ordinal(b)) })
	list := make([]Operation, 0, len(files))
	for _, file := range files {
		query, err := fs.ReadFile(operations, file)
		if err != nil {
			return nil, err
		}
		stem := strings.TrimSuffix(file, ".graphql")
		variables, err := fs.ReadFile(operations, stem+".json")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		_, name, ok := strings.Cut(path.Base(stem), "-")
		if !ok {
			return nil, fmt.Errorf("%s: name it ORDINAL-NAME.graphql", file)
		}
		list = append(list, Operation{Name: name, Query: string(query), Variables: string(variables)})
	}
	return list, nil
}

// ordinal is the number that a file's name begins with.
func ordinal(file string) int {
	number, _, _ := strings.Cut(path.Base(file), "-")
	n, _ := strconv.Atoi(number)
	return n
}

// Title is the question that the example answers: the first sentence of the
// comment that it begins with.
func (o Operation) Title() string {
	comment, _, _ := strings.Cut(o.Query, "\n")
	comment = strings.TrimSpace(strings.TrimPrefix(comment, "#"))
	for i := range len(comment) - 1 {
		if strings.ContainsRune("?.", rune(comment[i])) && comment[i+1] == ' ' {
			return comment[:i+1]
		}
	}
	return comment
}
