package server

import (
	"context"
	"crypto/md5"  // the protocol has it: clients know one of three digests
	"crypto/sha1" // as above
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/singleflight"

	"releasegraph/internal/app/device"
	"releasegraph/internal/ddi"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
)

// Devices tell devices of sites what there is to install, and take what they say (D5).
type Devices interface {
	Job(ctx context.Context, site string) (*device.Job, error)
	Offered(ctx context.Context, site string, action int64) (*device.Job, error)
	Named(ctx context.Context, site string, action int64) (*device.Job, error)
	Tell(ctx context.Context, site string, action int64, f ddi.Feedback) error
	TellLeft(ctx context.Context, site string, action int64, f ddi.Feedback) error
	Data(ctx context.Context, site string) (map[string]string, error)
	Describe(ctx context.Context, site string, d ddi.Data) error
}

// DevicesPath is where a device asks that speaks DDI: with a tenant of any name, and its
// site as the controller. All else stands below it.
const DevicesPath = "/{tenant}/controller/v1/{site}"

// devicePrice is what a question of a device costs, mostSaid the longest message of one.
const devicePrice, mostSaid = 1_000, 256 << 10

// deviceRoutes are the routes of DDI, where it is spoken.
func (s *Server) deviceRoutes(r chi.Router) {
	if s.config.DevicePoll == 0 {
		return
	}
	d := &devices{server: s}
	r = r.With(unkept, s.config.ownPages, deviceToken, s.actor, s.rates.middleware)
	r.Get(DevicesPath, d.answer(d.root))
	r.Get(DevicesPath+"/deploymentBase/{action}", d.answer(d.deployment))
	r.Post(DevicesPath+"/deploymentBase/{action}/feedback", d.answer(d.feedback(Devices.Tell)))
	r.Get(DevicesPath+"/cancelAction/{action}", d.answer(d.cancel))
	r.Post(DevicesPath+"/cancelAction/{action}/feedback", d.answer(d.feedback(Devices.TellLeft)))
	r.Get(DevicesPath+"/configData", d.answer(d.data))
	r.Put(DevicesPath+"/configData", d.answer(d.describe))
	r.Get(DevicesPath+"/files/{key}", s.ofMedia((*media).get))
	r.Head(DevicesPath+"/files/{key}", s.ofMedia((*media).get))
}

// deviceToken takes the token of a device as any other: the protocol has names of its own
// for it.
func deviceToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "TargetToken") || strings.EqualFold(scheme, "GatewayToken") {
			r = r.Clone(r.Context())
			r.Header.Set("Authorization", "Bearer "+token)
		}
		next.ServeHTTP(w, r)
	})
}

// devices answers devices.
type devices struct {
	server *Server
	// hashes are those of files that were read, by their SHA-256: what has that is the
	// same file for ever.
	hashes  sync.Map
	reading singleflight.Group
}

// asked is a question of a device.
type asked struct {
	*http.Request
	of     Devices
	media  *media
	site   string
	action int64
	// base is the address of the device's own root.
	base string
	body []byte
}

// answer answers with what a handler returns; nil: there is nothing to say.
func (d *devices) answer(handle func(context.Context, *asked) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		served, why := d.server.state()
		if served == nil || served.core.Devices == nil {
			w.Header().Set("Retry-After", "1")
			refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
			return
		}
		q := &asked{Request: r, of: served.core.Devices, media: served.media}
		if err := q.read(w); err != nil {
			refuse(w, r, http.StatusBadRequest, codeInvalid, err.Error())
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), d.server.config.OperationTimeout)
		defer cancel()
		leave, err := d.server.budget.Enter(ctx, caller(ctx), devicePrice)
		if err != nil {
			refuseBusy(w, r, err)
			return
		}
		defer leave()
		said, err := handle(ctx, q)
		var wrong *badMessageError
		switch {
		case errors.As(err, &wrong):
			refuse(w, r, http.StatusBadRequest, codeInvalid, err.Error())
		case err != nil:
			d.server.refuseNotice(w, r, err)
		case said == nil:
			w.WriteHeader(http.StatusOK)
		default:
			writeJSON(w, http.StatusOK, ddi.Type, said)
		}
	}
}

// badMessageError is a message that is none of the protocol.
type badMessageError struct{ error }

// read reads what a question is about.
func (q *asked) read(w http.ResponseWriter) (err error) {
	key := chi.URLParam(q.Request, "site")
	if q.URL.RawPath != "" { // or it is decoded already
		if key, err = url.PathUnescape(key); err != nil {
			return fmt.Errorf("the controller is no key of a site: %w", err)
		}
	}
	if err := domain.CheckKey(key); err != nil {
		return fmt.Errorf("the controller is no key of a site: %w", err)
	}
	q.site = domain.NormalKey(key)
	if action := chi.URLParam(q.Request, "action"); action != "" {
		if q.action, err = strconv.ParseInt(action, 10, 64); err != nil {
			return fmt.Errorf("the action %q is no number", action)
		}
	}
	scheme := "http"
	if q.TLS != nil || q.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	q.base = scheme + "://" + q.Host + "/" + url.PathEscape(chi.URLParam(q.Request, "tenant")) + "/controller/v1/" + url.PathEscape(q.site)
	q.body, err = io.ReadAll(http.MaxBytesReader(w, q.Body, mostSaid))
	return err
}

// root tells a device whether there is something for it.
func (d *devices) root(ctx context.Context, q *asked) (any, error) {
	j, err := q.of.Job(ctx, q.site)
	if err != nil {
		return nil, err
	}
	root := ddi.NewRoot(d.server.config.DevicePoll)
	switch {
	case j == nil:
	case j.Left:
		root.Links[ddi.CancelAction] = ddi.Link{Href: fmt.Sprintf("%s/cancelAction/%d", q.base, j.Action)}
	default:
		root.Links[ddi.DeploymentBase] = ddi.Link{Href: fmt.Sprintf("%s/deploymentBase/%d", q.base, j.Action)}
	}
	data, err := q.of.Data(ctx, q.site)
	if err == nil && data == nil {
		root.Links[ddi.ConfigData] = ddi.Link{Href: q.base + "/configData"}
	}
	return root, err
}

// deployment tells a device what it is to install.
func (d *devices) deployment(ctx context.Context, q *asked) (any, error) {
	j, err := q.of.Offered(ctx, q.site, q.action)
	if err != nil {
		return nil, err
	}
	a := &ddi.Action{ID: strconv.FormatInt(j.Action, 10), Deployment: ddi.Deployment{Download: ddi.Forced, Update: ddi.Forced, Chunks: []ddi.Chunk{}}}
	for _, m := range j.Kit {
		file, err := d.artifact(ctx, q, m)
		if err != nil {
			return nil, err
		}
		a.Deployment.Chunks = append(a.Deployment.Chunks, ddi.Chunk{Part: "os", Name: m.Key, Version: m.ProductVersion, Files: []ddi.Artifact{*file}})
	}
	return a, nil
}

// artifact is a file of the kit, with where it is fetched.
func (d *devices) artifact(ctx context.Context, q *asked, m *domain.MediaItem) (*ddi.Artifact, error) {
	if q.media == nil {
		return nil, &domain.Error{Code: domain.Conflict, Rule: "L2", Message: "this server keeps no media (serve --media): devices cannot fetch " + m.Key}
	}
	held, err := q.media.Items.Send(ctx, m.Key)
	if err != nil {
		return nil, err
	}
	hashes, err := d.hashesOf(ctx, q.media, held)
	if err != nil {
		return nil, gone(err)
	}
	name := held.Name
	if name == "" {
		name = m.Key
	}
	link := ddi.Link{Href: q.base + "/files/" + url.PathEscape(m.Key)}
	links := map[string]ddi.Link{"download-http": link}
	if strings.HasPrefix(q.base, "https:") {
		links["download"] = link
	}
	return &ddi.Artifact{Filename: name, Hashes: *hashes, Size: held.Size, Links: links}, nil
}

// hashesOf reads a file for the digests that old clients know, once.
func (d *devices) hashesOf(ctx context.Context, m *media, held library.Held) (*ddi.Hashes, error) {
	of := held.Digest.String()
	if known, is := d.hashes.Load(of); is {
		return known.(*ddi.Hashes), nil
	}
	read, err, _ := d.reading.Do(of, func() (any, error) {
		content, _, err := m.Library.Open(context.WithoutCancel(ctx), held.Digest, held.Locations)
		if err != nil {
			return nil, err
		}
		defer content.Close()
		one, five := sha1.New(), md5.New()
		if _, err := io.Copy(io.MultiWriter(one, five), content); err != nil {
			return nil, err
		}
		hashes := &ddi.Hashes{SHA1: hex.EncodeToString(one.Sum(nil)), MD5: hex.EncodeToString(five.Sum(nil)), SHA256: of}
		d.hashes.Store(of, hashes)
		return hashes, nil
	})
	if err != nil {
		return nil, err
	}
	return read.(*ddi.Hashes), nil
}

// cancel tells a device what it is to leave.
func (d *devices) cancel(ctx context.Context, q *asked) (any, error) {
	j, err := q.of.Named(ctx, q.site, q.action)
	if err == nil && !j.Left {
		err = &domain.Error{Code: domain.NotFound, Field: "action", Message: "the action is not to be left"}
	}
	if err != nil {
		return nil, err
	}
	id := strconv.FormatInt(j.Action, 10)
	return &ddi.Cancel{ID: id, CancelAction: ddi.Stop{StopID: id}}, nil
}

// feedback takes what a device tells of an action.
func (d *devices) feedback(tell func(Devices, context.Context, string, int64, ddi.Feedback) error) func(context.Context, *asked) (any, error) {
	return func(ctx context.Context, q *asked) (any, error) {
		f, err := ddi.ReadFeedback(q.body)
		if err != nil {
			return nil, &badMessageError{err}
		}
		return nil, tell(q.of, ctx, q.site, q.action, f)
	}
}

// data tells what the device told of itself.
func (d *devices) data(ctx context.Context, q *asked) (any, error) {
	data, err := q.of.Data(ctx, q.site)
	return map[string]any{"data": data}, err
}

// describe takes what a device tells of itself.
func (d *devices) describe(ctx context.Context, q *asked) (any, error) {
	data, err := ddi.ReadData(q.body)
	if err != nil {
		return nil, &badMessageError{err}
	}
	return nil, q.of.Describe(ctx, q.site, data)
}
