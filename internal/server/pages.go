package server

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"releasegraph/examples"
	"releasegraph/web"
)

// policy lets the IDE load from this server only. The editor sets styles from
// scripts, and carries its fonts and icons inside the style sheet.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self'; connect-src 'self'; " +
	"font-src 'self' data:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *Server) pages(r chi.Router) error {
	ide, err := readAssets(web.Dist())
	if err != nil {
		return err
	}
	list, err := examples.Operations()
	if err != nil {
		return err
	}
	tabs, err := json.Marshal(list)
	if err != nil {
		return err
	}
	r.Use(hardened)
	r.Get("/", front{Schema: !s.config.HideSchema, Examples: list}.ServeHTTP)
	if !s.config.HideSchema {
		r.Get("/schema.graphqls", text("text/plain; charset=utf-8", s.sdl))
	}
	r.Get("/graphiql", func(w http.ResponseWriter, r *http.Request) { ide.serve(w, r, "index.html") })
	r.Get("/graphiql/examples.json", text("application/json", string(tabs)))
	r.Get("/graphiql/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		ide.serve(w, r, "assets/"+chi.URLParam(r, "name"))
	})
	return nil
}

func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func text(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		// A failure is the client's going away.
		_, _ = io.WriteString(w, body)
	}
}
