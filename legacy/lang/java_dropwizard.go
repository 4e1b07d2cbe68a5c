package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var dropwizardConfig = scan.MustCompile(`(?m)^server:`)

// arguments are what a Dropwizard program wants to be started with: server and its file.
func (m *javaModule) arguments(t *scan.Tree, r *scan.Report) []string {
	if m.server() != "dropwizard" {
		return nil
	}
	if p := m.configured(t, r); strings.HasPrefix(p, "../") {
		return []string{"server", path.Base(p)} // it lies in the image's own directory
	} else if p != "" {
		return []string{"server", p}
	}
	return []string{"server"}
}

// dropwizardBundle is a bundle that gives a Dropwizard program the command db migrate.
var dropwizardBundle = scan.MustCompile(`\bnew\s+(?:MigrationsBundle|FlywayBundle)\b`)

// migrates reports the step before each rollout of a Dropwizard program that keeps its database up to date by such a bundle.
func (m *javaModule) migrates(t *scan.Tree, r *scan.Report, command []string) {
	server := slices.Index(command, "server")
	if m.server() != "dropwizard" || server < 0 {
		return
	}
	for _, p := range m.sources {
		line := scan.LineOf(t.Text(p, r), dropwizardBundle)
		if line == 0 {
			continue
		}
		words := append(slices.Clone(command[:server]), "db", "migrate")
		r.Find(scan.Finding{Dir: m.dir, Process: "migrate", Service: service.Service{Command: append(words, command[server+1:]...), Release: true}}, p, line, scan.Convention, "its bundle keeps the database up to date")
		return
	}
}

// forDevelopersOnly are directories with configuration for a developer's machine.
var forDevelopersOnly = scan.MustCompile(`(?i)(^|/)(local|dev|test|sample|example)[\w-]*/`)

// dropwizardFile is the configuration that production gets, the one named for it first, then the nearest to the module's
// root. A module without one has it where the build begins, under its own name.
func (m *javaModule) dropwizardFile(t *scan.Tree, r *scan.Report) string {
	best, top := m.bestConfig(t, m.configs, "", r), m
	if top, _ = m.root(); best == "" && top != m {
		best = m.bestConfig(t, top.configs, path.Base(m.dir), r)
	}
	return best
}

func (m *javaModule) bestConfig(t *scan.Tree, configs []string, name string, r *scan.Report) string {
	best, nearest, started := "", 0, m.startedWith(t, r)
	for _, p := range configs {
		ext := path.Ext(p)
		if ext != ".yml" && ext != ".yaml" || name != "" && strings.TrimSuffix(path.Base(p), ext) != name || forDevelopersOnly.MatchString(relative(m.dir, p)) || !dropwizardConfig.MatchString(t.Text(p, r)) {
			continue
		}
		if path.Base(p) == started {
			return p
		}
		environment, skip := environmentOf(p)
		depth := strings.Count(p, "/") + 1
		if environment == "production" {
			depth = 0
		}
		if !skip && (best == "" || depth < nearest) {
			best, nearest = p, depth
		}
	}
	return best
}

var exampleConfig = scan.MustCompile(`(?i)(^|[._-])(example|sample|template|dist)([._-]|$)`)

// dropwizardExample is a file that shows what the configuration looks like, where the repository holds no real one: those
// who run the service have that.
func (m *javaModule) dropwizardExample(t *scan.Tree, r *scan.Report) string {
	for _, p := range m.configs {
		if exampleConfig.MatchString(path.Base(p)) && dropwizardConfig.MatchString(t.Text(p, r)) {
			return p
		}
	}
	return ""
}

var dropwizardStart = scan.MustCompile(`\bserver["',\s]+["']?([\w./-]+\.ya?ml)\b`)

// startedWith is the name of the file that the module's Dockerfile or Procfile starts the server with, "" for none.
func (m *javaModule) startedWith(t *scan.Tree, r *scan.Report) string {
	for _, name := range []string{"Dockerfile", "Procfile"} {
		if p := path.Join(m.dir, name); t.Has(p) {
			if found := dropwizardStart.FindStringSubmatch(t.Text(p, r)); found != nil {
				return path.Base(found[1])
			}
		}
	}
	return ""
}

// assets are the files that the program is started with, as seen from the module.
func (m *javaModule) assets(t *scan.Tree, r *scan.Report) []string {
	if p := m.configured(t, r); p != "" {
		return []string{p}
	}
	return nil
}

// configured is the path of Dropwizard's configuration as seen from the module, "" for none.
func (m *javaModule) configured(t *scan.Tree, r *scan.Report) string {
	if m.server() != "dropwizard" {
		return ""
	}
	p := m.dropwizardFile(t, r)
	if p == "" || m.dir == "." || strings.HasPrefix(p, m.dir+"/") {
		return relative(m.dir, p)
	}
	return strings.Repeat("../", strings.Count(m.dir, "/")+1) + p
}
