package server

import (
	"net"
	"net/http"
	"strings"
)

// hosts is loopbackHost, while whoever reaches the server is believed. With
// identities a request brings a token, which no page can make a browser send.
func (s *Server) hosts() func(http.Handler) http.Handler {
	if s.config.Identities == nil {
		return loopbackHost
	}
	return func(next http.Handler) http.Handler { return next }
}

// loopbackHost refuses requests that were sent to another name than a
// loopback one. Without it a page on the web could point a name of its own at
// 127.0.0.1 and read answers as if they were its own (DNS rebinding).
func loopbackHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopbackName(r.Host) {
			refuse(w, r, http.StatusMisdirectedRequest, codeForbidden,
				"this server answers to localhost, 127.0.0.1 and [::1] only; a reverse proxy must send one of them as Host")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopbackName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
