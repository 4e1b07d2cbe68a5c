package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// HAProxy reads the frontends and backends of HAProxy.
func HAProxy() scan.Reader {
	return scan.Reader{
		Name: "haproxy",
		Wants: func(p string) bool {
			return strings.HasSuffix(unitFile(p), ".cfg") || strings.Contains(strings.ToLower(p), "haproxy") && webServerFile(p, "haproxy")
		},
		Ops: true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				text := t.Text(p, r)
				if !haproxyLooks.MatchString(text) {
					continue
				}
				h := &haproxy{webFront: &webFront{t: t, r: r, program: "haproxy"}, file: p}
				if h.forDevelopers(p) {
					continue
				}
				sections := haproxySections(p, text)
				h.read(sections)
				h.report()
				h.rest(map[string][]*directive{p: sections})
			}
		},
	}
}

// haproxyLooks recognises the configuration of HAProxy: a section, and something that only stands in one.
var haproxyLooks = scan.MustCompile(`(?m)^\s*(frontend|backend|listen)\s+\S+[^{;=]*\n(?:.*\n)*?\s*(bind|server|mode|balance|default_backend|use_backend|acl|option)\s`)

// haproxySections parts a text into sections: each a directive with its lines as its block.
func haproxySections(file, text string) []*directive {
	var sections []*directive
	for i, line := range strings.Split(withoutTemplate(text), "\n") {
		words := haproxyWords(line)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "global", "defaults", "frontend", "backend", "listen", "userlist", "peers", "resolvers", "mailers", "program", "cache", "ring", "http-errors":
			sections = append(sections, &directive{words: words, file: file, line: i + 1, opens: true})
		default:
			if len(sections) > 0 {
				last := sections[len(sections)-1]
				last.block = append(last.block, &directive{words: words, file: file, line: i + 1})
			}
		}
	}
	return sections
}

// haproxyWords parts a line at blanks; a backslash takes the next character as it is, # begins a comment.
func haproxyWords(line string) []string {
	var words []string
	var b strings.Builder
	quote, begun := byte(0), false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, begun = c, true
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
			begun = true
		case quote == 0 && c == '#':
			i = len(line)
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r'):
			if begun {
				words = append(words, b.String())
				b.Reset()
				begun = false
			}
		default:
			b.WriteByte(c)
			begun = true
		}
	}
	if begun {
		words = append(words, b.String())
	}
	return words
}

type haproxy struct {
	*webFront
	file     string
	backends map[string]*directive
}

// haproxyACL is what a condition of a frontend asks for: the names or the paths of requests.
type haproxyACL struct {
	hosts []frontWord
	paths []string
}

func (h *haproxy) read(sections []*directive) {
	h.backends = map[string]*directive{}
	var defaults *directive
	for _, s := range sections {
		switch s.name() {
		case "backend":
			h.backends[s.value()] = s
		case "defaults":
			defaults = s
		}
	}
	used := map[string]bool{}
	for _, s := range sections {
		switch s.name() {
		case "frontend":
			h.frontend(s, used, defaults)
		case "listen":
			site := h.site(s)
			h.remarksOf(defaults, site)
			h.rules(s, site, map[string]haproxyACL{})
			h.leadTo(s, site, "/")
		}
	}
	for _, s := range sections { // of frontends that stand in another file
		if s.name() == "backend" && !used[s.value()] {
			h.leadTo(s, h.site(s), "/")
		}
	}
}

func (h *haproxy) site(s *directive) *frontSite {
	site := &frontSite{file: s.file, line: s.line, names: []string{s.value()}}
	h.sites = append(h.sites, site)
	return site
}

// frontend makes a site of each backend that it leads to, with the names that its conditions ask for.
func (h *haproxy) frontend(s *directive, used map[string]bool, defaults *directive) {
	acls := haproxyACLs(s)
	first := h.site(s)
	h.remarksOf(defaults, first)
	h.rules(s, first, acls)
	for _, d := range s.block {
		name := d.value()
		if d.name() != "use_backend" && d.name() != "default_backend" || name == "" {
			continue
		}
		site := &frontSite{file: d.file, line: d.line, names: []string{name}}
		h.sites = append(h.sites, site)
		at := "/"
		for _, word := range d.words[2:] {
			if name, host := dynamicHost(word); host {
				site.hosts = append(site.hosts, frontWord{name, d.file, d.line})
			}
			asked := acls[word]
			site.hosts = append(site.hosts, asked.hosts...)
			if len(asked.paths) > 0 {
				at = asked.paths[0]
			}
		}
		backend := h.backends[name]
		if backend == nil {
			site.say(d.file, d.line, "requests go to the backend %s, which stands in another file", shortened(name))
			continue
		}
		h.leadTo(backend, site, at)
		if used[name] {
			continue
		}
		used[name] = true
	}
}

var (
	haproxyHost = scan.MustCompile(`^(req\.)?(hdr|hdr_dom|hdr_beg|hdr_end|ssl_fc_sni|req_ssl_sni|req\.ssl_sni)(_end|_beg|_dom)?(\(host(,-?\d+)?\)(,\S+)?)?$`)
)

func dynamicHost(word string) (string, bool) {
	return word, siteForm.MatchString(word) && strings.Contains(word, ".")
}

// haproxyACLs are the conditions of a section by their names.
func haproxyACLs(s *directive) map[string]haproxyACL {
	acls := map[string]haproxyACL{}
	for _, d := range s.block {
		if d.name() != "acl" || len(d.words) < 4 {
			continue
		}
		name, what := d.words[1], strings.ToLower(d.words[2])
		acl := acls[name]
		for i := 3; i < len(d.words); i++ {
			word := d.words[i]
			if word == "-m" || word == "-f" {
				i++
				continue
			}
			if strings.HasPrefix(word, "-") {
				continue
			}
			switch {
			case haproxyHost.MatchString(what) && !strings.HasPrefix(what, "hdr_beg"):
				acl.hosts = append(acl.hosts, frontWord{word, d.file, d.line})
			case what == "path_beg" || what == "path" || what == "url_beg" || what == "path_dir":
				acl.paths = append(acl.paths, word)
			}
		}
		acls[name] = acl
	}
	return acls
}

// leadTo takes over the servers of a backend, and what it says besides.
func (h *haproxy) leadTo(backend *directive, site *frontSite, at string) {
	p := &frontPlace{path: at, file: backend.file, line: backend.line}
	for _, d := range backend.block {
		if d.name() != "server" || len(d.words) < 3 || len(p.targets) > 50 {
			continue
		}
		t := newFrontTarget(strings.TrimPrefix(strings.TrimPrefix(d.words[2], "ipv4@"), "unix@"), d.file, d.line)
		t.pool = backend.value()
		if strings.HasPrefix(d.words[2], "/") || strings.HasPrefix(d.words[2], "unix@") {
			t.socket, t.host = strings.TrimPrefix(d.words[2], "unix@"), ""
		}
		p.targets = append(p.targets, t)
	}
	tcp := false
	for _, d := range backend.block {
		tcp = tcp || d.name() == "mode" && d.value() == "tcp"
	}
	if tcp {
		site.say(backend.file, backend.line, "%s is led on as TCP (mode tcp): that is no gateway's work; let the service call where it leads, %d servers", shortened(backend.value()), len(p.targets))
		return
	}
	if len(p.targets) > 0 {
		site.places = append(site.places, p)
	}
	h.remarksOf(backend, site)
	h.check(backend, site)
}
