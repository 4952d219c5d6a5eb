package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/mail"
)

// post is a mail server that keeps what it takes.
type post struct {
	mu       sync.Mutex
	taken    []received
	sessions int
	// anybody may send without saying who they are.
	anybody bool
	// breaksAfter ends the connection when a letter to this address was received.
	breaksAfter string
}

type received struct {
	to   []string
	text string
}

type session struct {
	post *post
	conn *smtp.Conn
	to   []string
	user string
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions++
	return &session{post: p, conn: c}, nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ann" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.user == "" && !s.post.anybody {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "nobody@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	case strings.HasPrefix(to, "later@"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "try again later"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.taken = append(s.post.taken, received{s.to, string(text)})
	if s.post.breaksAfter != "" && s.to[0] == s.post.breaksAfter {
		_ = s.conn.Conn().Close()
		return errors.New("gone")
	}
	return nil
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }

// open starts a mail server with a certificate of its own, and returns how it is reached.
func open(t *testing.T, implicit bool) (*post, *mail.Server) {
	t.Helper()
	certificate, roots := certified(t)
	p := &post{}
	s := smtp.NewServer(p)
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	scheme := "smtp"
	if implicit {
		l, scheme = tls.NewListener(l, s.TLSConfig), "smtps"
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	server, err := mail.ParseServer(scheme+"://ann@127.0.0.1", "Releases <releases@example.org>")
	require.NoError(t, err)
	server.Port, server.Password, server.Timeout, server.TLS = port, "secret", 5*time.Second, &tls.Config{RootCAs: roots}
	return p, server
}

func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func letter(to string) mail.Letter {
	return mail.Letter{ID: "a1." + to[:1], To: to, Language: "fr", Subject: "Déployé\r\nBcc: eve@example.org", Text: "Bonjour\n", At: time.Date(2026, 3, 6, 8, 0, 0, 0, time.UTC)}
}

// Each recipient gets a letter of their own by one connection; what the server refuses
// is kept with its words (R14).
func TestEachRecipientIsSentALetterOfTheirOwn_R14(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		p, server := open(t, implicit)
		got, err := server.Deliver(t.Context(), []mail.Letter{letter("lyon@example.org"), letter("nobody@example.org"), letter("later@example.org"), letter("par@example.org"), letter("no address")})
		require.NoError(t, err)
		results := make([]mail.Result, len(got))
		for i, o := range got {
			results[i] = o.Result
		}
		require.Equal(t, []mail.Result{mail.Taken, mail.Refused, mail.NotSent, mail.Taken, mail.Refused}, results)
		require.Equal(t, `sending SMTP RCPT TO command: 550 "5.1.1 no such user here"`, got[1].Words)
		require.Contains(t, got[2].Words, `451 "4.7.1 try again later"`)
		sessions := map[bool]int{false: 2, true: 1} // STARTTLS begins a session anew
		require.Equal(t, sessions[implicit], p.sessions, "one connection serves all")
		require.Len(t, p.taken, 2)
		require.Equal(t, []string{"lyon@example.org"}, p.taken[0].to)
		m, err := netmail.ReadMessage(strings.NewReader(p.taken[0].text))
		require.NoError(t, err)
		require.Equal(t, "<lyon@example.org>", m.Header.Get("To"))
		require.Empty(t, m.Header.Get("Bcc"), "a subject brings no header of its own")
		require.Equal(t, []string{"<a1.l@example.org>", "fr", "auto-generated"}, []string{m.Header.Get("Message-ID"), m.Header.Get("Content-Language"), m.Header.Get("Auto-Submitted")})
		require.NotContains(t, p.taken[0].text, "par@example.org")
	}
}

func TestAServerThatIsAwayTakesNothing_R14(t *testing.T) {
	_, server := open(t, false)
	away := *server
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	away.Port = l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	for _, s := range []func() *mail.Server{
		func() *mail.Server { return &away },
		func() *mail.Server { wrong := *server; wrong.Password = "wrong"; return &wrong },
		func() *mail.Server { unknown := *server; unknown.TLS = &tls.Config{}; return &unknown },
	} {
		got, err := s().Deliver(t.Context(), []mail.Letter{letter("lyon@example.org")})
		require.Error(t, err)
		require.Equal(t, mail.NotSent, got[0].Result)
	}
}

// A connection that breaks before the server answers leaves open whether the letter was
// taken.
func TestALetterWhoseAnswerIsLostMayHaveArrived_R14(t *testing.T) {
	p, server := open(t, false)
	p.breaksAfter = "lyon@example.org"
	got, err := server.Deliver(t.Context(), []mail.Letter{letter("lyon@example.org"), letter("par@example.org")})
	require.Error(t, err)
	require.Equal(t, []mail.Result{mail.Unknown, mail.NotSent}, []mail.Result{got[0].Result, got[1].Result})
}

func TestAServerWithoutTLSIsSentNothingUnlessThatIsAsked_R14(t *testing.T) {
	s := smtp.NewServer(&post{anybody: true})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	for scheme, taken := range map[string]mail.Result{"smtp": mail.NotSent, "smtp+plain": mail.Taken} {
		server, err := mail.ParseServer(scheme+"://"+l.Addr().String(), "releases@example.org")
		require.NoError(t, err)
		got, err := server.Deliver(t.Context(), []mail.Letter{letter("lyon@example.org")})
		require.Equal(t, taken, got[0].Result, "%s: %v", scheme, err)
	}
}

func TestTheAddressOfAServerIsRead(t *testing.T) {
	s, err := mail.ParseServer("smtps://ann@mail.example.org", "Releases <releases@example.org>")
	require.NoError(t, err)
	require.Equal(t, []any{"mail.example.org", 465, "ann", "releases@example.org"}, []any{s.Host, s.Port, s.User, s.From.Address})
	for _, wrong := range [][2]string{
		{"mail.example.org", "a@b.example"}, {"http://mail.example.org", "a@b.example"}, {"smtp://ann:secret@mail.example.org", "a@b.example"},
		{"smtp://mail.example.org:0", "a@b.example"}, {"smtp://mail.example.org", ""}, {"smtp://mail.example.org", "a@b.example\r\nBcc: c@d.example"},
	} {
		_, err := mail.ParseServer(wrong[0], wrong[1])
		require.Error(t, err, wrong)
		require.NotContains(t, err.Error(), "secret")
	}
}
