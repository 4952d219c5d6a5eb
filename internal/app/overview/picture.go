package overview

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/diagram"
	"releasegraph/internal/plan/rollout/picture"
)

// Gantt draws when each wave and its sites have their turn, as a Mermaid gantt.
func (a *Area) Gantt(ctx context.Context, d *domain.Deployment) (string, error) {
	p, err := a.planOf(ctx, d)
	if err != nil {
		return "", err
	}
	return picture.Gantt(&p.kept), nil
}

// Mermaid draws the waves and what they wait for as a Mermaid flowchart.
func (a *Area) Mermaid(ctx context.Context, d *domain.Deployment) (string, error) {
	w, err := a.waves(ctx, d)
	return diagram.Mermaid(w), err
}

// DOT draws the waves and what they wait for for Graphviz.
func (a *Area) DOT(ctx context.Context, d *domain.Deployment) (string, error) {
	w, err := a.waves(ctx, d)
	return diagram.DOT(w), err
}

func (a *Area) waves(ctx context.Context, d *domain.Deployment) (diagram.Diagram, error) {
	p, err := a.planOf(ctx, d)
	if err != nil {
		return diagram.Diagram{}, err
	}
	return picture.Waves(&p.kept, p.links()), nil
}
