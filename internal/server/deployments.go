package server

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"releasegraph/internal/app/acting"
	told "releasegraph/internal/app/pipeline"
	rollouts "releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/pipeline"
)

// Pipelines registers what others tell of their roll-outs (D9).
type Pipelines interface {
	Tell(ctx context.Context, n told.Notice) (*rollouts.Rolled, error)
}

// DeploymentsPath is where others tell of their roll-outs: with a token there, and with the
// secret of a source below it.
const DeploymentsPath = "/deployments"

// tellPrice is what a notice costs.
const tellPrice = 2_000

// mostTold is the longest notice: GitHub's carry whole pull requests along.
const mostTold = 1 << 20

// deploymentRoutes are the routes of notices.
func (s *Server) deploymentRoutes(r chi.Router) {
	r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware).Post(DeploymentsPath, s.tell)
	r.With(unkept, s.source, s.rates.middleware).Post(DeploymentsPath+"/{source}", s.hear)
}

// tell takes a notice in our own words.
func (s *Server) tell(w http.ResponseWriter, r *http.Request) {
	body, ok := s.told(w, r)
	if !ok {
		return
	}
	notice, err := pipeline.Read(body)
	s.register(w, r, nil, notice, err)
}

// heard is what a source has sent.
type heard struct {
	source *pipeline.Source
	body   []byte
}

type heardKey struct{}

// source lets in whoever knows the secret of a source, as the source.
func (s *Server) source(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := s.told(w, r)
		if !ok {
			return
		}
		source := s.config.Pipelines.Named(chi.URLParam(r, "source"))
		if source == nil || !source.Believed(r.Header, body) {
			refuse(w, r, http.StatusUnauthorized, string(domain.Unauthenticated), "no source of this name, with this secret, is configured (serve --deployments)")
			return
		}
		name := "source:" + source.Name
		noteActor(r.Context(), name)
		ctx := acting.WithIdentity(r.Context(), acting.Identity{
			Actor: domain.Actor{Name: name, Roles: []domain.Role{domain.DeploymentManager}}, Method: domain.ByDefault, Identities: []string{name},
		})
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, heardKey{}, heard{source, body})))
	})
}

// hear takes what a source tells in its own words.
func (s *Server) hear(w http.ResponseWriter, r *http.Request) {
	h := r.Context().Value(heardKey{}).(heard)
	notice, err := h.source.Read(r.Header, h.body)
	s.register(w, r, h.source.Environments, notice, err)
}

// told reads a notice as it was sent.
func (s *Server) told(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostTold))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		refuse(w, r, http.StatusRequestEntityTooLarge, codeLimit, "a notice has 1 MB at most")
		return nil, false
	}
	if err != nil {
		refuse(w, r, http.StatusBadRequest, codeInvalid, "the notice could not be read: "+err.Error())
		return nil, false
	}
	return body, true
}

// registered is what is answered to who has told of a roll-out.
type registered struct {
	Deployment string  `json:"deployment,omitempty"`
	Status     string  `json:"status,omitempty"`
	Finding    *string `json:"finding,omitempty"`
	Ignored    string  `json:"ignored,omitempty"`
}

// register registers a notice, and answers with what came of it.
func (s *Server) register(w http.ResponseWriter, r *http.Request, own map[string][]string, notice pipeline.Told, err error) {
	if errors.Is(err, pipeline.ErrNothing) {
		writeJSON(w, http.StatusOK, jsonType, registered{Ignored: err.Error()})
		return
	}
	if err == nil && len(notice.Sites) == 0 {
		notice.Sites, err = s.config.Pipelines.Sites(own, notice.Environment)
	}
	if err != nil {
		refuse(w, r, http.StatusBadRequest, codeInvalid, err.Error())
		return
	}
	served, why := s.state()
	if served == nil || served.core.Pipelines == nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.OperationTimeout)
	defer cancel()
	leave, err := s.budget.Enter(ctx, caller(ctx), tellPrice)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer leave()
	done, err := served.core.Pipelines.Tell(ctx, notice.Notice)
	if err != nil {
		s.refuseNotice(w, r, err)
		return
	}
	d := done.Deployment
	writeJSON(w, http.StatusOK, jsonType, registered{Deployment: d.Key, Status: string(d.Status), Finding: d.Finding})
}

const jsonType = "application/json; charset=utf-8"

// refuseNotice says why a notice is not registered.
func (s *Server) refuseNotice(w http.ResponseWriter, r *http.Request, err error) {
	var one *domain.Error
	var many domain.Errors
	switch {
	case errors.As(err, &many) && len(many) > 0:
		one = many[0]
	case errors.As(err, &one):
	default:
		s.config.Log.Error().Err(err).Msg("a notice of a roll-out could not be registered")
		refuse(w, r, http.StatusInternalServerError, codeInternal, "the notice could not be registered; the server's log says why")
		return
	}
	status := statuses[one.Code]
	if status == 0 {
		status = http.StatusUnprocessableEntity
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	refuse(w, r, status, string(one.Code), err.Error())
}
