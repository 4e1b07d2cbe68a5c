package ops

import (
	"fmt"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// rest names what a file says and nothing took over or remarked on: places that lead nowhere new, and settings that the
// program has for itself. Values are left out, but for the places, names and files that directives of these names are about.
func (f *webFront) rest(texts map[string][]*directive) {
	told := map[string]bool{}
	at := func(file string, line int) string { return fmt.Sprintf("%s:%d", file, line) }
	for _, m := range f.remarks {
		told[at(m.file, m.line)] = true
	}
	for _, found := range f.r.Findings {
		told[at(found.Evidence.File, found.Evidence.Line)] = true
	}
	abouts := map[string][]string{}
	for _, s := range f.sites {
		for _, name := range f.about(s) {
			if !slices.Contains(abouts[s.file], name) {
				abouts[s.file] = append(abouts[s.file], name)
			}
		}
	}
	var walk func(list []*directive, depth int)
	walk = func(list []*directive, depth int) {
		for _, d := range list {
			if depth > maxNested {
				return
			}
			if name := d.name(); name != "" && !told[at(d.file, d.line)] {
				told[at(d.file, d.line)] = true
				if namedDirective.MatchString(name) {
					name = shortened(name + " " + d.rest())
				}
				about := abouts[d.file]
				if !f.foreign(d.file) {
					about = nil
				} else if about == nil {
					about = []string{frontFileName(d.file)}
				}
				job := service.Job("")
				if gatewaysOwn.MatchString(d.name()) && f.program != "haproxy" && f.foreign(d.file) {
					job, name = service.JobGateway, f.program+" "+name
				}
				f.r.NoteAside(about, d.file, d.line, f.program+": settings that are its own business, or go with what is said of others", name)
				f.r.Notes[len(f.r.Notes)-1].Job = job
			}
			walk(d.block, depth+1)
		}
	}
	for _, list := range texts {
		walk(list, 0)
	}
}

// gatewaysOwn are settings of nginx and Apache for their ports, certificates, logs and connections.
var gatewaysOwn = scan.MustCompile(`^(listen|ssl_(certificate(_key)?|protocols|ciphers|prefer_server_ciphers|session_\w+|dhparam|stapling\w*|trusted_certificate|ecdh_curve)|http2|access_log|error_log|log_format|server_tokens|keepalive(_timeout)?|tcp_no(push|delay)|sendfile|proxy_http_version|resolver(_timeout)?|` +
	`ssl(engine|certificate\w*|protocol|ciphersuite|honorcipherorder|usestapling|options|sessiontickets|openssl\w*)|customlog|errorlog|loglevel|logformat|serveradmin|serversignature|servertokens|proxypreservehost|proxyrequests|listenbacklog)$`)

// namedDirective are directives whose words say where they hold or what they bring in.
var namedDirective = scan.MustCompile(`^(server|upstream|location|include|server_name|virtualhost|directory|servername|serveralias|alias)$`)
