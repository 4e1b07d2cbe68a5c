package generators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxPictured is how many boxes a picture holds that can still be read.
const maxPictured = 30

// readmePicture draws an environment while the migration goes on: by which names it is called, what runs in the cluster, and
// what stays where it is. It is nothing where nothing stays: the tables say it all then.
func readmePicture(app *service.App) string {
	env := picturedEnvironment(app)
	p := picture{app: app, env: env}
	for _, name := range app.NeedNames() {
		switch answer := app.Environments[env].Needs[name]; {
		case isOwn(app, name):
		case answer.Inside:
			p.inside = append(p.inside, name)
		default:
			p.outside = append(p.outside, name)
		}
	}
	if env == "" || len(p.outside) == 0 || len(app.Bases())+len(p.inside)+len(p.outside) > maxPictured {
		return ""
	}
	return p.String()
}

// picturedEnvironment is the first that is no rehearsal, else the first.
func picturedEnvironment(app *service.App) string {
	names := app.EnvironmentNames()
	if i := slices.IndexFunc(names, func(env string) bool { return !isRehearsal(env) }); i >= 0 {
		return names[i]
	}
	return strings.Join(names[:min(1, len(names))], "")
}

// picture is a flowchart in the words of Mermaid, which GitHub and GitLab draw.
type picture struct {
	app             *service.App
	env             string
	inside, outside []string // needs
}

func (p picture) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "```mermaid\nflowchart LR\n  subgraph cluster[\"Kubernetes, %s\"]\n", pictureText(p.env))
	for _, base := range p.app.Bases() {
		fmt.Fprintf(&b, "    %s[\"%s\"]\n", pictureID("service", base), p.processes(base))
	}
	for _, name := range p.inside {
		fmt.Fprintf(&b, "    %s[(\"%s\")]\n", pictureID("need", name), p.need(name))
	}
	b.WriteString("  end\n  subgraph behind[\"stays where it is\"]\n")
	for _, name := range p.outside {
		fmt.Fprintf(&b, "    %s[(\"%s\")]\n", pictureID("need", name), p.need(name))
	}
	b.WriteString("  end\n")
	p.entrances(&b)
	for _, base := range p.app.Bases() {
		p.calls(&b, base)
	}
	b.WriteString("```\n")
	return b.String()
}

// processes are the service and those that share its image.
func (p picture) processes(base string) string {
	names := []string{pictureText(base)}
	for _, name := range p.app.ServiceNames() {
		if name != base && p.app.Base(name) == base {
			names = append(names, pictureText(name))
		}
	}
	return strings.Join(names, "<br>")
}

// need is its name, its kind and where it answers.
func (p picture) need(name string) string {
	n, answer := p.app.Needs[name], p.app.Environments[p.env].Needs[name]
	lines := []string{pictureText(name)}
	if what := strings.TrimSpace(n.Kind + " " + n.Version); what != name {
		lines = append(lines, pictureText(what))
	}
	switch {
	case answer.Inside:
	case answer.Open():
		lines = append(lines, "where is not said yet")
	case answer.Host != "":
		lines = append(lines, pictureText(answer.Host))
	default:
		lines = append(lines, pictureText(strings.Join(answer.Addresses, ", ")))
	}
	return strings.Join(lines, "<br>")
}

// entrances are the host names of the routes, and the places at which systems outside call.
func (p picture) entrances(b *strings.Builder) {
	for _, name := range p.app.ServiceNames() {
		var hosts []string
		for _, r := range p.app.Services[name].Routes {
			if text := pictureText(hostHere(p.app, p.env, r.Host)); text != "" && !slices.Contains(hosts, text) {
				hosts = append(hosts, text)
			}
		}
		if len(hosts) > 0 {
			fmt.Fprintf(b, "  %s([\"%s\"]) --> %s\n", pictureID("route", name), strings.Join(hosts, "<br>"), pictureID("service", p.app.Base(name)))
		}
		if exposure, ok := p.app.Environments[p.env].Expose[name]; ok {
			at := "the load balancer's address"
			if exposure.NodePort != 0 {
				at = fmt.Sprintf("port %d of every node", exposure.NodePort)
			}
			fmt.Fprintf(b, "  %s([\"%s\"]) --> %s\n", pictureID("exposed", name), at, pictureID("service", p.app.Base(name)))
		}
	}
}

// calls are the arrows from a service and those that share its image, each once.
func (p picture) calls(b *strings.Builder, base string) {
	called := map[string]bool{}
	for _, name := range p.app.ServiceNames() {
		if p.app.Base(name) != base {
			continue
		}
		for _, need := range p.app.Effective(name).Needs {
			called[need] = true
		}
	}
	for _, need := range p.app.NeedNames() {
		switch to := p.app.Base(need); {
		case !called[need]:
		case !isOwn(p.app, need):
			fmt.Fprintf(b, "  %s --> %s\n", pictureID("service", base), pictureID("need", need))
		case to != base:
			fmt.Fprintf(b, "  %s --> %s\n", pictureID("service", base), pictureID("service", to))
		}
	}
}

// pictureID names a box: names of services and needs are DNS labels.
func pictureID(kind, name string) string { return kind + "_" + strings.ReplaceAll(name, "-", "_") }

// pictureText is text on one line of a box, in which nothing is markup.
func pictureText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "`", "#96;", "&", "#amp;").Replace(markdownLine.Replace(s))
}
