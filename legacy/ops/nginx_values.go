package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nginxValues are sites of nginx that stand in the data of operations: nginx_sites and nginx_vhosts of Ansible's roles,
// nginx::nginx_servers of Puppet's module, nginx: servers of Salt's formula. Each file of data becomes a text of nginx in
// which everything stands on its own line of the file.
type nginxValues struct {
	fill func(text string) string // of the expressions in a text; nil for none
	// template is the text of the template that a site names; nil where none is looked for.
	template func(name string) string
	texts    map[string]string // of templates that were asked for, by name
	lines    map[string]map[int]string
	last     map[string]int // line of each file that was written
	order    []string
	names    []frontWord // of sites, with the lines on which they begin
	left     int
}

// Names of the data that sites stand in, and of what stands around them there.
var (
	nginxSites   = scan.MustCompile(`(?i)nginx\w*(::?\w+)*?[:_](sites|vhosts?|virtual_?hosts|servers?|server_blocks)$`)
	nginxAround  = scan.MustCompile(`(?i)nginx\w*(::?\w+)*?[:_](upstreams?|configs?|conf|locations|http)$`)
	nginxWrapper = map[string]bool{"managed": true, "config": true, "raw": true, "raw_append": true, "raw_prepend": true, "extra_parameters": true, "extra_config": true, "server_cfg_append": true, "vhost_cfg_append": true, "location_cfg_append": true, "location_custom_cfg": true, "contents": true, "options": true, "custom_options": true}
	nginxOther   = map[string]bool{"ensure": true, "enabled": true, "state": true, "filename": true, "template": true, "name": true, "title": true, "strategy": true, "keepalive": true, "overwrite": true, "priority": true, "format_log": true, "use_default_location": true, "available_dir": true, "enabled_dir": true}
	nginxCalled  = map[string]string{"proxy": "proxy_pass", "www_root": "root", "listen_port": "listen", "ssl_cert": "ssl_certificate", "ssl_key": "ssl_certificate_key", "fastcgi": "fastcgi_pass", "uwsgi": "uwsgi_pass", "location_alias": "alias", "server_names": "server_name", "servername": "server_name"}
)

// maxNginxValues bounds how many values of one root are looked at.
const maxNginxValues = 50_000

// look goes through data for sites.
func (x *nginxValues) look(name string, v managedValue, depth int) {
	if x.left++; x.left > maxNginxValues || depth > 8 {
		return
	}
	sites, around := nginxSites.MatchString(name), nginxAround.MatchString(name)
	switch {
	case (sites || around) && v.kind != valueHash && v.kind != valueList:
	case sites:
		x.sites(v)
	case around:
		x.around(v, strings.Contains(name, "upstream"))
	default:
		for _, pair := range v.pairs() {
			below := name
			if v.kind == valueHash {
				below = strings.TrimPrefix(name+":"+pair.key.text, ":")
			}
			x.look(below, pair.item, depth+1)
		}
	}
}

// siteSetting are settings by which data is known for a site.
var siteSetting = map[string]bool{"listen": true, "listen_port": true, "server_name": true, "server_names": true, "proxy": true, "proxy_pass": true, "root": true, "www_root": true, "location": true, "locations": true, "return": true, "config": true, "server": true, "raw": true, "extra_parameters": true}

// site says whether data is one: statements, or settings of these names.
func site(v managedValue) bool {
	for _, key := range v.keys {
		if siteSetting[key] || strings.HasPrefix(key, "location ") {
			return true
		}
	}
	return v.kind == valueText && strings.ContainsAny(v.text, "; {") || slices.ContainsFunc(v.list, site)
}

// sites are a hash of them by their names, or a list.
func (x *nginxValues) sites(v managedValue) {
	for _, pair := range v.pairs() {
		item := pair.item
		if v.kind == valueHash && nginxWrapper[pair.key.text] && item.kind == valueHash {
			x.sites(item)
			continue
		}
		if item.line = max(item.line, 1); !site(item) {
			continue
		}
		x.called(item, pair.key.text)
		if x.fromTemplate(item) {
			continue
		}
		if x.whole(item) {
			x.body(item, 0)
			continue
		}
		x.write(item, item.line, "server {")
		if host := pair.key.text; v.kind == valueHash && hostName.MatchString(host) && item.hash["server_name"].kind == valueUnknown {
			x.write(item, item.line, "server_name "+host+";")
		}
		x.body(item, 0)
		x.write(item, x.end(item), "}")
	}
}

// fromTemplate writes a site that a role kept elsewhere makes of a template that is here, with what the data says for it.
func (x *nginxValues) fromTemplate(item managedValue) bool {
	name := item.hash["template"].plain()
	if name == "" || x.template == nil || x.left > maxNginxValues {
		return false
	}
	text, known := x.texts[name]
	if !known {
		if x.texts == nil {
			x.texts = map[string]string{}
		}
		text = x.template(name)
		x.texts[name] = text
	}
	if x.left += strings.Count(text, "\n") + 1; x.left > maxNginxValues || asksMore(text, item) {
		return false
	}
	text = ofSite.ReplaceAllStringFunc(text, func(expression string) string {
		if v, known := item.hash[ofSite.FindStringSubmatch(expression)[1]]; known {
			return x.filled(v.plain())
		}
		return expression
	})
	var written []string
	for _, line := range strings.Split(text, "\n") {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) != "" {
			written = append(written, strings.TrimSpace(x.filled(line)))
		}
	}
	if len(written) == 0 {
		return false
	}
	x.write(item, item.line, strings.Join(written, " "))
	return true
}

// asksMore says whether a template does more with a site than to place texts: it goes through its lists, or decides by it.
func asksMore(text string, item managedValue) bool {
	return stepOfSite.MatchString(text) || slices.ContainsFunc(ofSite.FindAllStringSubmatch(text, -1), func(m []string) bool {
		v, known := item.hash[m[1]]
		return known && !v.known()
	})
}

// stepOfSite is a statement of a template about the site that it is filled for.
var stepOfSite = scan.MustCompile(`\{%[^%]*\bitem\b`)

// ofSite is what a template asks of the site that it is filled for.
var ofSite = scan.MustCompile(`\{\{-?\s*item(?:\.value)?\.(\w+)[^{}]*\}\}`)

// called remembers what data calls a site.
func (x *nginxValues) called(v managedValue, name string) {
	if dataName.MatchString(name) && !layers[name] {
		x.names = append(x.names, frontWord{strings.TrimSuffix(name, ".conf"), v.file, v.line})
	}
}

// nameOf is what the data calls the site on a line.
func (x *nginxValues) nameOf(s *frontSite) string {
	name, at := "", 0
	for _, w := range x.names {
		if w.file == s.file && w.line <= s.line && w.line >= at {
			name, at = w.text, w.line
		}
	}
	return name
}

// whole says that a site has its own server { } in its text.
func (x *nginxValues) whole(v managedValue) bool {
	for _, item := range v.items() {
		if item.kind == valueText && wholeServer.MatchString(item.text) {
			return true
		}
	}
	for _, key := range v.keys {
		if key == "server" || nginxWrapper[key] && x.whole(v.hash[key]) {
			return true
		}
	}
	return slices.ContainsFunc(v.list, func(item managedValue) bool { return item.kind == valueHash && x.whole(item) })
}

var wholeServer = scan.MustCompile(`(?m)^\s*server\s*\{`)

// around are statements that stand outside of all sites.
func (x *nginxValues) around(v managedValue, pools bool) {
	for _, pair := range v.pairs() {
		item := pair.item
		name := item.hash["name"].plain()
		if v.kind == valueHash && item.kind == valueHash {
			name = pair.key.text
		}
		members := item.hash["servers"]
		if members.kind != valueList {
			members = item.hash["members"]
		}
		if !pools || name == "" || members.kind != valueList {
			x.body(item, 0)
			continue
		}
		x.write(item, item.line, "upstream "+name+" {")
		for _, member := range members.items() {
			x.write(member, max(member.line, item.line), "server "+member.plain()+";")
		}
		x.write(item, x.end(item), "}")
	}
}

// body writes the statements of a block.
func (x *nginxValues) body(v managedValue, depth int) {
	if x.left++; x.left > maxNginxValues || depth > maxNested {
		return
	}
	switch v.kind {
	case valueText:
		x.text(v)
	case valueList:
		for _, item := range v.list {
			x.body(item, depth+1)
		}
	case valueHash:
		for _, key := range v.keys {
			x.statement(key, v.hash[key], depth)
		}
	}
}

// statement writes one setting of a site.
func (x *nginxValues) statement(key string, v managedValue, depth int) {
	if called := nginxCalled[key]; called != "" {
		key = called
	}
	switch word, _, _ := strings.Cut(key, " "); {
	case nginxOther[key] || v.kind == valueUndef || v.kind == valueText && v.text == "":
	case nginxWrapper[key]:
		x.body(v, depth+1)
	case key == "locations" || key == "location" && v.kind != valueText || key == "nginx_locations":
		x.locations(v, depth)
	case key == "ssl":
		if v.text == "true" {
			x.write(v, v.line, "listen 443 ssl;")
		}
	case key == "ssl_redirect" || key == "https_redirect" || key == "force_https":
		if v.text == "true" {
			x.write(v, v.line, "return 301 https://$host$request_uri;")
		}
	case key == "add_header" && v.kind == valueHash:
		for _, name := range v.keys {
			x.write(v.hash[name], v.hash[name].line, `add_header "`+name+`" "`+v.hash[name].plain()+`";`)
		}
	case key == "listen" && v.kind == valueList && !slices.ContainsFunc(v.texts(), listenWord.MatchString), (key == "add_header" || key == "rewrite" || key == "proxy_set_header" || key == "rewrite_rules") && v.kind == valueList:
		for _, item := range v.items() {
			x.write(item, item.line, x.filled(strings.TrimSuffix(key, "_rules")+" "+item.plain())+";")
		}
	case len(v.texts()) == len(v.list) && v.kind == valueList, v.kind == valueText, v.kind == valueSwitch:
		if nginxName.MatchString(word) {
			x.write(v, v.line, x.filled(key+" "+strings.Join(v.texts(), " "))+";")
		}
	case v.kind == valueHash || v.kind == valueList:
		x.write(v, v.line, key+" {")
		x.body(v, depth+1)
		x.write(v, x.end(v), "}")
	}
}

// listenWord is a word of listen that says how, not where.
var listenWord = scan.MustCompile(`^(ssl|http2|default_server|reuseport|deferred|proxy_protocol)$`)

// locations are a hash by their paths, or a list of such with the path in one of them.
func (x *nginxValues) locations(v managedValue, depth int) {
	for _, pair := range v.pairs() {
		at, item := pair.key.text, pair.item
		for _, name := range []string{"location", "path", "match", "name"} {
			if p := item.hash[name].plain(); p != "" && (v.kind == valueList || name != "name") {
				at = p
				item = item.without(func(key string, _ managedValue) bool { return key == name || key == "server" || key == "vhost" })
				item.line = pair.item.line
				break
			}
		}
		x.write(pair.item, item.line, "location "+at+" {")
		x.body(item, depth+1)
		x.write(pair.item, x.end(pair.item), "}")
	}
}

// text writes what is nginx's language already: a block of YAML begins on the line below its name.
func (x *nginxValues) text(v managedValue) {
	text, line := v.text, v.line
	if strings.Contains(text, "\n") {
		line++
	}
	text = strings.TrimRight(x.filled(text), " \t\n")
	if text != "" && !strings.ContainsAny(text[len(text)-1:], ";}") {
		text += ";"
	}
	for i, part := range strings.Split(text, "\n") {
		x.write(v, line+i, part)
	}
}

var nginxExpression = scan.MustCompile(`\{\{[^{}]*\}\}`)

// filled is a text with its expressions filled in, each on the line where it stood.
func (x *nginxValues) filled(text string) string {
	if x.fill == nil {
		return text
	}
	return nginxExpression.ReplaceAllStringFunc(text, func(expression string) string {
		made := x.fill(expression)
		if strings.ContainsAny(made, "#{}") {
			return expression
		}
		return strings.ReplaceAll(made, "\n", " ") + strings.Repeat("\n", strings.Count(expression, "\n"))
	})
}

func (x *nginxValues) write(v managedValue, line int, text string) {
	if v.file == "" || line < 1 {
		return
	}
	if x.lines[v.file] == nil {
		if x.lines == nil {
			x.lines, x.last = map[string]map[int]string{}, map[string]int{}
		}
		x.lines[v.file] = map[int]string{}
		x.order = append(x.order, v.file)
	}
	x.lines[v.file][line] += " " + text
	x.last[v.file] = max(x.last[v.file], line)
}

// end is the last line that was written of a value's file.
func (x *nginxValues) end(v managedValue) int {
	return max(x.last[v.file], v.line, 1)
}

// report reads what was written as sites of nginx.
func (x *nginxValues) report(g *meaning) {
	n := x.read(g)
	for _, s := range n.sites {
		if name := x.nameOf(s); name != "" && !s.around {
			s.names = append(s.names, name)
		}
	}
	g.tell(n.webFront, n.texts)
}

// read parses what was written.
func (x *nginxValues) read(g *meaning) *nginx {
	n := newNginx(g.t, g.r)
	slices.Sort(x.order)
	for _, file := range x.order {
		var b strings.Builder
		for line, last := 1, x.end(managedValue{file: file}); line <= last; line++ {
			b.WriteString(x.lines[file][line] + "\n")
		}
		n.texts[file] = parseNginx(file, b.String())
	}
	n.findSites(x.order)
	return n
}

// tell reports the sites, and remembers which lines of the data were spoken of.
func (g *meaning) tell(f *webFront, texts map[string][]*directive) {
	findings, notes := len(g.r.Findings), len(g.r.Notes)
	f.report()
	f.rest(texts)
	said := func(file string, line int) {
		at := writtenAt(managedValue{file: file, line: line})
		g.at[at], g.used[at] = true, true
	}
	for _, f := range g.r.Findings[findings:] {
		said(f.Evidence.File, f.Evidence.Line)
	}
	for _, note := range g.r.Notes[notes:] {
		said(note.File, note.Line)
		for _, item := range note.Items {
			said(note.File, item.Line)
		}
	}
}

// filledText is a value as it stands in a text of nginx: what is not known of it is said to be filled in.
func (v managedValue) filledText() string {
	if v.kind == valueText || v.kind == valueSwitch {
		return openPart.ReplaceAllString(v.text, filledIn)
	}
	return filledIn
}

var openPart = scan.MustCompile(`\$\{\w+\}`)
