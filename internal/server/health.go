package server

import (
	"context"
	"net/http"
	"time"
)

// patience is how long a readiness check may take.
const patience = 2 * time.Second

type readiness struct {
	Ready bool `json:"ready"`
	// Reasons say what is missing, by what it is missing from.
	Reasons map[string]string `json:"reasons,omitempty"`
}

// alive answers as long as the process can answer at all.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", map[string]bool{"alive": true})
}

// ready tells whether requests can be answered, and if not, why.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	answer := s.readiness(r.Context())
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, "application/json", answer)
}

func (s *Server) readiness(ctx context.Context) readiness {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reasons := map[string]string{}
	served, why := s.state()
	if why != "" {
		reasons["server"] = why
	}
	if served != nil {
		for name, check := range served.core.Checks {
			if err := check(ctx); err != nil {
				reasons[name] = err.Error()
			}
		}
	}
	return readiness{Ready: len(reasons) == 0, Reasons: reasons}
}
