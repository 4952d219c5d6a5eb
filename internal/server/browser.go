package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/rs/cors"
)

// forPages lets pages of the listed sites use the API, and keeps all others
// from changing anything: what a browser sends for them is refused, whether or
// not it asked beforehand.
func (c Config) forPages() (func(http.Handler) http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range c.Origins {
		if err := checkOrigin(origin); err != nil {
			return nil, err
		}
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, http.StatusForbidden, codeForbidden, "a page of another site may not change anything here")
	}))
	if len(c.Origins) == 0 {
		return protection.Handler, nil
	}
	shared := cors.New(cors.Options{
		AllowedOrigins: c.Origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"Accept", "Authorization", "Content-Type", "X-Request-Id", ActAs, AfterHeader, LastEventHeader, "Range", "Repr-Digest", "Content-Digest", "Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset"},
		ExposedHeaders: []string{"RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id", "Content-Disposition", "Content-Range", "ETag", "Location", "Repr-Digest", "Tus-Resumable", "Upload-Length", "Upload-Offset"},
		MaxAge:         600,
	})
	return func(next http.Handler) http.Handler { return shared.Handler(protection.Handler(next)) }, nil
}

// ownPages refuses what a browser asks for a page of another site, whatever the
// method: such a page could not read the answer, but have it worked out, and
// measure for how long. Pages of listed sites name their origin.
func (c Config) ownPages(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fromElsewhere(r) && !slices.Contains(c.Origins, r.Header.Get("Origin")) {
			refuse(w, r, http.StatusForbidden, codeForbidden, "a page of another site may not ask here; its origin would have to be listed (--origin)")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromElsewhere reports whether a browser says that a request is another site's:
// by Sec-Fetch-Site, or where it does not send that by the origin.
func fromElsewhere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		origin := r.Header.Get("Origin")
		u, err := url.Parse(origin)
		return origin != "" && (err != nil || u.Host != r.Host)
	}
	return true
}

// unshared keeps answers out of other sites' pages, and browsers from taking
// them for something else.
func unshared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// unkept keeps answers out of caches.
func unkept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// checkOrigin refuses what is no origin, and above all the star: pages of any
// site could then read everything.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || origin != u.Scheme+"://"+u.Host {
		return fmt.Errorf("origin %q: write it as browsers do, such as https://portal.example.com; there is no star", origin)
	}
	return nil
}

// strictTransport has browsers come back by TLS only.
func strictTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
