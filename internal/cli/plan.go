package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

type planCmd struct {
	Release string `arg:"" help:"The release, which is ACCEPTED."`

	Approach           string     `enum:",big-bang,phased,continuous,pull" default:"" help:"How it goes to its sites: big-bang, phased, continuous or pull; as the release says when absent."`
	Site               []string   `placeholder:"KEY" help:"Only these sites."`
	NotBefore          *time.Time `placeholder:"TIME" help:"Begin nothing before."`
	FinishBy           *time.Time `placeholder:"TIME" help:"End by then."`
	Soak               string     `placeholder:"DURATION" help:"How long a wave is watched before the next one begins, such as PT24H."`
	WorkDuration       string     `placeholder:"DURATION" help:"How long the work at a site takes; as long as in the past when absent."`
	SitesPerWave       int        `placeholder:"N" help:"At most so many sites in a wave."`
	UsersPerWave       int        `placeholder:"N" help:"At most so many users in a wave."`
	CriticalityPerWave int        `placeholder:"N" help:"At most so much criticality in a wave, added up over its sites."`
	GroupByRegion      bool       `help:"Keep each wave to a region."`
	ActivateAt         *time.Time `placeholder:"TIME" help:"Let it begin to run everywhere at this instant."`
	Keep               bool       `help:"Keep the plan as a proposal; otherwise it is only tried."`

	Explain string `placeholder:"SITE" help:"Tell why this site is in its wave and hour, and no more."`
	Compare string `placeholder:"DEPLOYMENT" help:"Tell how the plan differs from that of this deployment, and no more."`
	First   int    `default:"100" help:"List so many sites; 0 lists all. Default: ${default}."`

	JSON    bool   `xor:"form" help:"Print JSON."`
	Mermaid bool   `xor:"form" help:"Print the waves, and what they wait for, as a Mermaid flowchart."`
	DOT     bool   `xor:"form" name:"dot" help:"Print the waves, and what they wait for, as a graph for Graphviz."`
	Gantt   bool   `xor:"form" help:"Print the waves over time as a Mermaid gantt."`
	URL     string `name:"url" placeholder:"URL" help:"Ask this server instead of --store."`
	storeFlags
}

// Help has the examples.
func (planCmd) Help() string {
	return `Examples:

    releasegraph plan SHOP-5.15.0 --soak PT24H --sites-per-wave 20
    releasegraph plan SHOP-5.15.0 --explain par-1
    releasegraph plan SHOP-5.15.0 --sites-per-wave 10 --compare SHOP-5.15.0/deployment-1
    releasegraph plan SHOP-5.15.0 --dot | dot -Tsvg > plan.svg
    releasegraph plan SHOP-5.15.0 --url http://127.0.0.1:8080 --keep`
}

// planDocument asks for a plan, and of its deployment: how it differs from another one, its
// picture, or its waves.
const (
	planDocument = `mutation Plan($input: PlanDeploymentInput!, $options: WriteOptions%s) {
  planDeployment(input: $input, options: $options) {
    deployment { key %s }
    violations { rule text records waivable }
    contradiction { rule records text relaxed }
  }
}`
	planCompared = `compare(with: $with) {
      from { ...figures } to { ...figures } movedSites
      moves(first: 1000) { site { key timeZone } release { key } from { ...place } to { ...place } }
    }`
	planFragments = `
fragment figures on PlanFigures { deployment { key } waves sites window { from to } exposure { wave at before after } waived { rule reason } }
fragment place on SitePlace { wave window { from to } }`
	planWaves = `name approach lowerBound proved waived { rule reason } path { environment shows }
      waves {
        ordinal window { from to } risk { hurtSites hurtUsers users reachedBefore reachedAfter allowed exceeds }
        sites {
          site { key name timeZone users } release { key } window { from to } install { key } remove { key } pastMedian pastP90 pastRollouts
          reasons { rule code text parameters chain { from { key } to { key } relationship } }
        }
      }
      upToDate { site { key } item { key } version }`
)

func (c *planCmd) document() string {
	switch {
	case c.Compare != "":
		return fmt.Sprintf(planDocument, ", $with: RecordRef!", planCompared) + planFragments
	case c.picture() != "":
		return fmt.Sprintf(planDocument, "", c.picture())
	}
	return fmt.Sprintf(planDocument, "", planWaves)
}

// picture is the field that has the picture that is asked for, empty for none.
func (c *planCmd) picture() string {
	switch {
	case c.Mermaid:
		return "mermaid"
	case c.DOT:
		return "dot"
	case c.Gantt:
		return "gantt"
	}
	return ""
}

// Run asks, and prints the answer in the form asked for.
func (c *planCmd) Run(r *running) error {
	switch {
	case c.Explain != "" && c.Compare != "":
		return usagef("--explain and --compare do not go together")
	case c.picture() != "" && c.Explain+c.Compare != "":
		return usagef("--explain and --compare are told in words or as JSON, not as a picture")
	}
	var got planned
	raw, err := c.ask(r, question{url: c.URL, topology: true, document: c.document(), variables: c.variables(), field: "planDeployment"}, &got)
	if err != nil {
		return err
	}
	for _, v := range got.Violations {
		r.say("%s: %s\n", v.Rule, v.Text)
	}
	whole := c.JSON && c.Explain == ""
	if whole {
		err = printJSON(r.Stdout, raw)
	}
	switch d := got.Deployment; {
	case err != nil:
		return err
	case d == nil:
		got.refused(r.Stderr)
		return errors.New("no plan holds")
	case whole:
		return nil
	}
	return c.print(r.Stdout, got.Deployment)
}

func (c *planCmd) variables() map[string]any {
	input := map[string]any{"release": map[string]any{"key": c.Release}}
	put := func(name string, value any, given bool) {
		if given {
			input[name] = value
		}
	}
	put("approach", strings.ReplaceAll(upper(c.Approach), "-", "_"), c.Approach != "")
	put("sites", refs(c.Site), len(c.Site) > 0)
	for name, t := range map[string]*time.Time{"notBefore": c.NotBefore, "finishBy": c.FinishBy, "activateAt": c.ActivateAt} {
		if t != nil {
			input[name] = t.Format(time.RFC3339Nano)
		}
	}
	put("soak", c.Soak, c.Soak != "")
	put("workDuration", c.WorkDuration, c.WorkDuration != "")
	put("groupByRegion", true, c.GroupByRegion)
	put("activation", "SCHEDULED", c.ActivateAt != nil)
	limits := map[string]any{}
	for name, n := range map[string]int{"sitesPerWave": c.SitesPerWave, "usersPerWave": c.UsersPerWave, "criticalityPerWave": c.CriticalityPerWave} {
		if n != 0 {
			limits[name] = n
		}
	}
	put("limits", limits, len(limits) > 0)
	v := map[string]any{"input": input, "options": map[string]any{"dryRun": !c.Keep}}
	if c.Compare != "" {
		v["with"] = map[string]any{"key": c.Compare}
	}
	return v
}

func (c *planCmd) print(w io.Writer, d *plannedDeployment) error {
	switch {
	case c.Compare != "":
		if d.Compare == nil {
			return fmt.Errorf("there is no Deployment with the key %q", c.Compare)
		}
		d.Compare.table(legible(w))
	case c.Explain != "":
		return c.explain(w, d)
	case c.picture() != "":
		fmt.Fprintln(w, d.Gantt+d.Mermaid+d.Dot)
	default:
		d.table(legible(w), c.First)
	}
	return nil
}

// explain tells why a site is where it is.
func (c *planCmd) explain(w io.Writer, d *plannedDeployment) error {
	steps := d.at(c.Explain)
	if len(steps) == 0 {
		return fmt.Errorf("%s has no step in the plan", c.Explain)
	}
	if c.JSON {
		raw, err := json.Marshal(steps)
		if err != nil {
			return err
		}
		return printJSON(w, raw)
	}
	w = legible(w)
	for _, s := range steps {
		s.explain(w)
	}
	return nil
}
