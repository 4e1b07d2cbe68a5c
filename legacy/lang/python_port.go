package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// portOptions are the ways in which code says the port that it binds where its caller says none: the default of a
// parameter, of an option of the command line (argparse, optparse, click, docopt) and of Tornado's own options.
var portOptions = []*scan.Pattern{
	scan.MustCompile(`\bdef\s+\w*(?:serve|run|start|main|listen|web|http|app)\w*\s*\([^)]{0,300}?\bport\s*(?::\s*[\w\[\], |.]{1,40})?=\s*(\d{2,5})\b`),
	scan.MustCompile(`\b(?:add_argument|add_option|option|Option|define)\(\s*(?:["']-\w["']\s*,\s*)?["'](?:--)?(?:(?:http|https|web|server|listen|bind|api)[-_])?port["'][^)]{0,300}?\bdefault\s*=\s*[^\n]{0,60}?\b(\d{2,5})\b`),
	scan.MustCompile(`\bdefine\(\s*["'](?:(?:http|web|server|listen)[-_])?port["']\s*,\s*(\d{2,5})\b`),
	scan.MustCompile(`--(?:(?:http|web|server|listen)[-_])?port[= ]<?\w+>?[^\n\[]*(?:\n[^\n\[]*)?\[default:\s*(\d{2,5})\]`),
}

// notServing are files whose options are about the port of another.
var notServing = scan.MustCompile(`(?i)client|test|bench|example|debug|util`)

// portOfOption looks for such a default where no call names a port: in what is started first.
func (p *pythonProject) portOfOption(e pythonEntry) {
	if e.django {
		return // its options are of programs beside the server
	}
	for pass := range 2 {
		for _, s := range p.sources {
			if p.port > 0 || (s.file == e.file) != (pass == 0) || !strings.Contains(s.text, "port") || notServing.MatchString(path.Base(s.file)) {
				continue
			}
			if pass == 1 && !servesItself.MatchString(s.text) && !hasAny(s.text, "serve", "listen", "run_web", "start_web", ".run(") {
				continue
			}
			for _, re := range portOptions {
				if m := scan.Find(s.text, re); len(m) > 0 {
					p.setPort(m[0].Groups[1], "code", s.file, m[0].Line)
				}
			}
		}
	}
}
