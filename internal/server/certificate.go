package server

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// TLS names the files of a certificate with its chain and of its key, both PEM.
// They are read again when they have changed. Without them there is no TLS.
type TLS struct{ Cert, Key string }

// certificate is the one that the files hold.
type certificate struct {
	files TLS
	log   zerolog.Logger

	mu      sync.Mutex
	held    *tls.Certificate
	written [2]time.Time // when the files were, that were read last
	looked  time.Time
}

// lookEvery is how often it is looked whether the files have changed.
const lookEvery = time.Second

// readCertificate reads the files; later it is enough to warn of what is wrong
// with them, but not at the start.
func readCertificate(files TLS, log zerolog.Logger) (*certificate, error) {
	c := &certificate{files: files, log: log}
	written, err := c.stamps()
	if err == nil {
		c.written = written
		c.held, err = c.read()
	}
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	return c, nil
}

func (c *certificate) read() (*tls.Certificate, error) {
	held, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	return &held, err
}

func (c *certificate) stamps() (written [2]time.Time, err error) {
	for i, file := range []string{c.files.Cert, c.files.Key} {
		info, err := os.Stat(file)
		if err != nil {
			return written, err
		}
		written[i] = info.ModTime()
	}
	return written, nil
}

// get gives the certificate for a connection.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		c.renew()
	}
	return c.held, nil
}

// renew reads the files again when they have changed. Where they do not fit, as
// in the middle of being replaced, the former certificate serves on.
func (c *certificate) renew() {
	written, err := c.stamps()
	if err == nil && written == c.written {
		return
	}
	held, err := c.read()
	if err != nil {
		c.log.Warn().Err(err).Msg("the certificate cannot be read; the former one serves on")
		return
	}
	c.held, c.written = held, written
	c.log.Info().Str("cert", c.files.Cert).Msg("a new certificate serves from now on")
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}
}
