package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// PersistedOperations are the documents of an allow-list, by their SHA-256 in
// hexadecimal. Where there is a list, nothing else is run.
type PersistedOperations struct {
	byHash map[string]string
	names  map[string]bool
}

// manifest is the form that Apollo's tools write; Relay's is an object of
// documents by hash.
type manifest struct {
	Format     string `json:"format"`
	Operations []struct {
		Body string `json:"body"`
	} `json:"operations"`
}

// ReadPersistedOperations reads an allow-list: a JSON object of documents by
// any id, as relay-compiler writes it, or an Apollo persisted query manifest.
func ReadPersistedOperations(path string) (*PersistedOperations, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the persisted operations: %w", err)
	}
	list, err := parsePersisted(text)
	if err != nil {
		return nil, fmt.Errorf("the persisted operations in %s: %w", path, err)
	}
	return list, nil
}

func parsePersisted(text []byte) (*PersistedOperations, error) {
	list := &PersistedOperations{byHash: map[string]string{}, names: map[string]bool{}}
	var m manifest
	if err := json.Unmarshal(text, &m); err == nil && m.Format != "" {
		for i, o := range m.Operations {
			if err := list.add(fmt.Sprintf("operations.%d", i), o.Body); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	var byID map[string]string
	if err := json.Unmarshal(text, &byID); err != nil {
		return nil, fmt.Errorf(`write {"ID": "query …"} or an Apollo manifest: %w`, err)
	}
	for id, document := range byID {
		if err := list.add(id, document); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// add takes a document, and the names of its operations.
func (p *PersistedOperations) add(id, document string) error {
	doc, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	for _, o := range doc.Operations {
		p.names[o.Name] = true
	}
	sum := sha256.Sum256([]byte(document))
	p.byHash[hex.EncodeToString(sum[:])] = document
	return nil
}

// operationNames are the names of a document's operations.
func operationNames(document string) (names []string) {
	doc, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		return nil
	}
	for _, o := range doc.Operations {
		names = append(names, o.Name)
	}
	return names
}

// allowList lets only listed documents through, by their hash or their text.
type allowList struct{ list *PersistedOperations }

var _ graphql.OperationParameterMutator = allowList{}

// ExtensionName names the list to gqlgen.
func (allowList) ExtensionName() string { return "AllowList" }

// Validate has nothing to check.
func (allowList) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters fills in the document that a hash names.
func (a allowList) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	hash := persistedHash(params.Extensions)
	if params.Query != "" {
		sum := sha256.Sum256([]byte(params.Query))
		hash = hex.EncodeToString(sum[:])
	}
	document, ok := a.list.byHash[hash]
	if !ok {
		return &gqlerror.Error{
			Message:    "this server runs listed operations only, and this one is not among them",
			Extensions: map[string]any{"code": codeForbidden},
		}
	}
	params.Query = document
	return nil
}

// persistedHash is the hash that a request names instead of its document.
func persistedHash(extensions map[string]any) string {
	named, _ := extensions["persistedQuery"].(map[string]any)
	hash, _ := named["sha256Hash"].(string)
	return hash
}
