package server

import (
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

const front = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Releasegraph</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}dt{font-weight:600;margin-top:1rem}dd{margin:0}</style>
<h1>Releasegraph</h1>
<p>Release and deployment management as a graph.
<dl>
<dt><a href="/graphiql">GraphiQL</a><dd>Ask and change, with example operations in tabs.
<dt><code>/graphql</code><dd>The API.
<dt><a href="/schema.graphqls">Schema</a><dd>All that the API knows, with its documentation.
<dt><a href="/readyz">Readiness</a><dd>Whether all is well, and if not, what is missing.
</dl>
`

func (s *Server) pages(r chi.Router) error {
	ide, err := readAssets(web.Dist())
	if err != nil {
		return err
	}
	list, err := examples.JSON()
	if err != nil {
		return err
	}
	r.Use(hardened)
	r.Get("/", text("text/html; charset=utf-8", front))
	if !s.config.HideSchema {
		r.Get("/schema.graphqls", text("text/plain; charset=utf-8", s.sdl))
	}
	r.Get("/graphiql", func(w http.ResponseWriter, r *http.Request) { ide.serve(w, r, "index.html") })
	r.Get("/graphiql/examples.json", text("application/json", string(list)))
	r.Get("/graphiql/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		ide.serve(w, r, "assets/"+chi.URLParam(r, "name"))
	})
	return nil
}

func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
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
