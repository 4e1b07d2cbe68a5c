package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What the queues other than Celery and RQ start their workers from.
var (
	dramatiqActor = scan.MustCompile(`(?m)^@(?:dramatiq\.)?actor\b`)
	dramatiqSetup = scan.MustCompile(`\bset_broker\(`)
	arqSettings   = scan.MustCompile(`(?m)^class (\w*WorkerSettings)\b`)
	hueyObject    = scan.MustCompile(`(?m)^(\w+)\s*=\s*(?:huey\.)?\w*Huey\(`)
)

// brokerWorkers reports the workers of Dramatiq, arq and Huey outside of Django: each is started with a module of the code.
func (p *pythonProject) brokerWorkers(e pythonEntry) {
	for _, q := range []struct {
		dep     string
		django  string // what takes its place in Django
		marks   []*scan.Pattern
		command func(module, name string) []string
	}{
		{"dramatiq", "django-dramatiq", []*scan.Pattern{dramatiqSetup, dramatiqActor}, func(module, _ string) []string { return []string{"dramatiq", module} }},
		{"arq", "", []*scan.Pattern{arqSettings}, func(module, name string) []string { return []string{"arq", module + "." + name} }},
		{"huey", "", []*scan.Pattern{hueyObject}, func(module, name string) []string { return []string{"huey_consumer", module + "." + name} }},
	} {
		_, ok := p.deps.find(q.dep)
		if _, django := p.deps.find(q.django); !ok || django || e.django && q.dep == "huey" {
			continue
		}
		for _, mark := range q.marks {
			if s, m := p.firstWith(mark); s != nil {
				root, module := p.locate(s.file)
				svc := service.Service{Command: q.command(module, strings.Join(m.Groups[min(1, len(m.Groups)-1):], ""))}
				if root != "." {
					svc.Env = map[string]string{"PYTHONPATH": root}
				}
				p.r.Find(scan.Finding{Dir: p.dir, Process: "worker", Service: svc}, s.file, m.Line, scan.Convention, q.dep+" works off its queue from here")
				break
			}
		}
	}
}

// firstWith is the first of the sources that the expression is found in.
func (p *pythonProject) firstWith(mark *scan.Pattern) (*source, scan.Match) {
	for _, s := range p.sources {
		if m := scan.Find(s.text, mark); len(m) > 0 && s.module() {
			return s, m[0]
		}
	}
	return nil, scan.Match{}
}
