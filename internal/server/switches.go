package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"releasegraph/internal/app/progress"
	"releasegraph/internal/domain"
)

// Switches tell software whether what a release installed is to run (P8).
type Switches interface {
	Switch(ctx context.Context, release string) (*progress.Switch, error)
	Switches(ctx context.Context) ([]*progress.Switch, error)
}

// SwitchesPath is where OpenFeature's remote evaluation protocol (OFREP) asks for flags:
// the switches of releases, by the keys of these.
const SwitchesPath = "/ofrep/v1/evaluate/flags"

// switchPrice is what asking for a switch costs, switchesPrice what all of them do.
const (
	switchPrice   = 100
	switchesPrice = 5_000
)

// flag is a switch as OFREP has it.
type flag struct {
	Key      string         `json:"key"`
	Value    bool           `json:"value"`
	Reason   string         `json:"reason"`
	Variant  string         `json:"variant"`
	Metadata map[string]any `json:"metadata"`
}

func flagOf(s *progress.Switch) flag {
	f := flag{Key: s.Release, Value: s.On, Reason: "STATIC", Variant: "off", Metadata: map[string]any{"revision": s.Revision}}
	if s.On {
		f.Variant = "on"
	}
	if s.ActivateAt != nil {
		f.Metadata["activateAt"] = s.ActivateAt.UTC().Format(time.RFC3339)
	}
	return f
}

// oneSwitch answers with one flag.
func (s *Server) oneSwitch(w http.ResponseWriter, r *http.Request) {
	key, err := keyOf(r)
	if err != nil {
		s.refuseRead(w, r, "the flag", err)
		return
	}
	s.flags(w, r, switchPrice, func(ctx context.Context, of Switches) (any, error) {
		found, err := of.Switch(ctx, key)
		if err != nil {
			return nil, err
		}
		return flagOf(found), nil
	})
}

// allSwitches answers with all flags.
func (s *Server) allSwitches(w http.ResponseWriter, r *http.Request) {
	s.flags(w, r, switchesPrice, func(ctx context.Context, of Switches) (any, error) {
		found, err := of.Switches(ctx)
		if err != nil {
			return nil, err
		}
		list := make([]flag, len(found))
		for i, one := range found {
			list[i] = flagOf(one)
		}
		return map[string]any{"flags": list}, nil
	})
}

const flagsType = "application/json; charset=utf-8"

// flags answers a question for flags. What is not there is told as OFREP has it.
func (s *Server) flags(w http.ResponseWriter, r *http.Request, price int, ask func(context.Context, Switches) (any, error)) {
	served, why := s.state()
	if served == nil || served.core.Switches == nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.OperationTimeout)
	defer cancel()
	leave, err := s.budget.Enter(ctx, caller(ctx), price)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer leave()
	answer, err := ask(ctx, served.core.Switches)
	var wrong *domain.Error
	switch {
	case errors.As(err, &wrong) && wrong.Code == domain.NotFound:
		writeJSON(w, http.StatusNotFound, flagsType, map[string]any{"key": chi.URLParam(r, "key"), "errorCode": "FLAG_NOT_FOUND", "errorDetails": wrong.Message})
	case err != nil:
		s.refuseRead(w, r, "the flags", err)
	default:
		writeJSON(w, http.StatusOK, flagsType, answer)
	}
}
