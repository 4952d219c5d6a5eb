package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// Server is the API of a server.
type Server struct {
	Endpoint string      // of its /graphql
	Header   http.Header // of each request: who asks
	Metrics  string      // where it tells what it used; empty: nobody knows
}

// connection is one that stays open. It speaks less than net/http's client
// does: the client shares the machine with the server that is measured.
type connection struct {
	net.Conn
	reader *bufio.Reader
	answer bytes.Buffer
}

// connect opens a connection, which ends with the context.
func (s Server) connect(ctx context.Context) (*connection, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	var dial interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	} = &net.Dialer{}
	port := "80"
	if u.Scheme == "https" {
		dial, port = &tls.Dialer{}, "443"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	c, err := dial.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	return &connection{Conn: c, reader: bufio.NewReaderSize(c, 64<<10)}, nil
}

// request is the text of a request.
func (s Server) request(ctx context.Context, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	for name, values := range s.Header {
		r.Header[name] = values
	}
	var text bytes.Buffer
	err = r.Write(&text)
	return text.Bytes(), err
}

// send sends a request and reads the answer, which holds until the next one.
func (c *connection) send(request []byte) ([]byte, error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	c.answer.Reset()
	if _, err := io.Copy(&c.answer, answer.Body); err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s: %.300s", answer.Status, c.answer.Bytes())
	}
	return c.answer.Bytes(), nil
}
