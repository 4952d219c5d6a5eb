package server

import (
	_ "embed"
	"html/template"
	"net/http"

	"releasegraph/examples"
)

//go:embed front.html
var frontPage string

var frontTemplate = template.Must(template.New("front").Parse(frontPage))

// front is what the first page shows.
type front struct {
	Schema   bool // whether the schema may be read
	Examples []examples.Operation
	Address  string // of this server, as the reader knows it
}

func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Address = "http://" + r.Host
	if r.TLS != nil {
		f.Address = "https://" + r.Host
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// A failure is the client's going away.
	_ = frontTemplate.Execute(w, f)
}
