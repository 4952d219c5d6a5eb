// Package mail hands letters to a mail server, each to one recipient, and says what came
// of each.
package mail

import (
	"crypto/tls"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is a mail server that takes letters for others.
type Server struct {
	Host string
	Port int
	// Security says how the connection is kept from others' eyes.
	Security       Security
	User, Password string
	// From is who sends.
	From mail.Address
	// Timeout bounds the connection, and each letter.
	Timeout time.Duration
	// TLS may be nil.
	TLS *tls.Config
}

// Security is how a connection is kept from others' eyes.
type Security uint8

// The ways: TLS begun by STARTTLS, without which nothing is sent; TLS from the first byte;
// or none, for a server on this machine.
const (
	StartTLS Security = iota
	ImplicitTLS
	Plain
)

// schemes say which way an address means, and the port where it names none.
var schemes = map[string]struct {
	security Security
	port     int
}{"smtp": {StartTLS, 587}, "smtps": {ImplicitTLS, 465}, "smtp+plain": {Plain, 25}}

// timeout is that of a server that is given none.
const timeout = 30 * time.Second

// ParseServer reads the address of a mail server: smtp://user@host:587 (STARTTLS),
// smtps://user@host (TLS), or smtp+plain://127.0.0.1:25. A password does not belong there.
func ParseServer(address, from string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("is no address of a mail server: %w", err)
	}
	scheme, known := schemes[u.Scheme]
	if _, secret := u.User.Password(); secret {
		return nil, fmt.Errorf("has a password, which everybody would see who sees the command")
	}
	if !known || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("is no address of a mail server: write smtp://USER@HOST:587, smtps://USER@HOST, or smtp+plain://HOST")
	}
	s := &Server{Host: u.Hostname(), Port: scheme.port, Security: scheme.security, User: u.User.Username(), Timeout: timeout}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return nil, fmt.Errorf("has the port %s, which is none", port)
		}
	}
	sender, err := mail.ParseAddress(from)
	if err != nil || strings.ContainsAny(from, "\r\n") {
		return nil, fmt.Errorf("needs a sender such as \"Releases <releases@example.org>\", not %q", from)
	}
	s.From = *sender
	return s, nil
}

// client connects to the server as it is configured.
func (s *Server) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(s.Timeout), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	switch s.Security {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.TLS != nil {
		with := s.TLS.Clone()
		with.ServerName = s.Host
		options = append(options, gomail.WithTLSConfig(with))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}
