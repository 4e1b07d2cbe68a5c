package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// apacheResource is a virtual host that Puppet's module for Apache is given as settings (apache::vhost), in the words of Apache: each
// directive stands on the line of the setting.
type apacheResource struct {
	m    *managed
	list []*directive
	left []valuePair // settings that Apache has no directive for, or nothing reads, by their names
}

// apacheSettings are settings of apache::vhost and of its directories that are a directive each, by its name; a list is one for each
// of its items.
var apacheSettings = map[string]string{
	"servername": "ServerName", "docroot": "DocumentRoot", "headers": "Header", "request_headers": "RequestHeader", "setenv": "SetEnv", "setenvif": "SetEnvIf",
	"rewrite_cond": "RewriteCond", "rewrite_rule": "RewriteRule", "serveraliases": "ServerAlias", "fallbackresource": "FallbackResource", "sethandler": "SetHandler", "limitreqbody": "LimitRequestBody",
	"passenger_app_root": "PassengerAppRoot", "passenger_app_env": "PassengerAppEnv", "passenger_min_instances": "PassengerMinInstances", "passenger_max_requests": "PassengerMaxRequests",
	"proxy_timeout": "ProxyTimeout", "wsgi_daemon_process": "WSGIDaemonProcess", "deny": "Deny", "allow": "Allow", "auth_type": "AuthType", "auth_user_file": "AuthUserFile", "auth_require": "Require", "expires_default": "ExpiresDefault", "expires_by_type": "ExpiresByType",
}

// apacheVhost puts a virtual host together of its settings.
func (g *meaning) apacheVhost(m *managed) (list []*directive, left []valuePair) {
	x := &apacheResource{m: m}
	host := &directive{words: []string{"virtualhost", "*:" + m.attr("port").plain()}, file: m.file, line: m.line, opens: true}
	if m.attrs.of("servername").kind == valueUnknown && hostName.MatchString(m.title) {
		x.write(m.line, "ServerName "+m.title)
	}
	for _, name := range m.names {
		switch {
		case name == "require": // another resource, and not who may ask
		case name == "custom_fragment":
			x.setting(name, g.fragment(m, m.attrs.of(name)))
		default:
			x.setting(name, m.placed(m.attrs.of(name), 0))
		}
	}
	host.block = x.list
	return []*directive{host}, x.left
}

// fragment is what is given in Apache's own words, where only some of it is not known with the rest of it.
func (g *meaning) fragment(m *managed, v managedValue) managedValue {
	at := m.placed(v, 0)
	text := v.text
	if len(v.template) > 0 {
		text, _ = g.contents(m, v)
	}
	if at.text != filledIn || text == "" || keptElsewhere[text] || v.secret || scan.SecretText(text) || secretOpen(text, v) {
		return at
	}
	at.text = openPlace.ReplaceAllString(text, filledIn)
	return at
}

// leave notes a setting that nothing takes over.
func (x *apacheResource) leave(name string, v managedValue) {
	x.left = append(x.left, valuePair{textValue(name, v.file, v.line), v})
}

// placed is a value without what is not known of it; what stands in another file is on the line of the resource.
func (m *managed) placed(v managedValue, depth int) managedValue {
	if v.file != m.file || v.line < 1 {
		v.file, v.line = m.file, m.line
	}
	if v.secret || v.open {
		return managedValue{kind: valueText, text: filledIn, file: v.file, line: v.line}
	}
	if depth > maxNested {
		return v
	}
	return v.each(func(_ string, item managedValue) managedValue { return m.placed(item, depth+1) })
}

// write adds directives that stand on one line of the manifest, or from there on.
func (x *apacheResource) write(line int, text string) {
	list := apacheLines(x.m.file, text)
	onLine(list, line, 0)
	x.list = append(x.list, list...)
}

func onLine(list []*directive, line, depth int) {
	for _, d := range list {
		if d.line = line; depth < maxNested {
			onLine(d.block, line, depth+1)
		}
	}
}

// setting writes what one setting of a virtual host says.
func (x *apacheResource) setting(name string, v managedValue) {
	switch name {
	case "ssl":
		if v.text == "true" {
			x.write(v.line, "SSLEngine on")
		}
	case "proxy_dest":
		x.write(v.line, "ProxyPass / "+oneLine(v))
	case "proxy_pass", "proxy_pass_match":
		for _, at := range v.hashes() {
			x.proxied(name == "proxy_pass_match", at)
		}
	case "redirect_dest", "redirectmatch_dest":
		x.redirected(strings.TrimSuffix(name, "_dest"), v)
	case "rewrites", "aliases", "error_documents":
		for _, one := range v.hashes() {
			x.item(one)
		}
	case "directories":
		for _, dir := range v.hashes() {
			x.directory(dir)
		}
	case "require":
		for _, who := range append(v.items(), v.hash["requires"].items()...) {
			if who.kind == valueText {
				x.write(v.line, "Require "+oneLine(who))
			}
		}
	case "wsgi_script_aliases":
		for _, pair := range v.pairs() {
			x.write(v.line, "WSGIScriptAlias "+pair.key.text+" "+oneLine(pair.item))
		}
	case "custom_fragment":
		if v.text == filledIn {
			x.leave(name, v)
			return
		}
		x.write(v.line, v.text)
	case "port", "redirect_source", "redirect_status", "redirectmatch_regexp", "redirectmatch_status":
	default:
		says := apacheSettings[name]
		if says == "" {
			x.leave(name, v)
		}
		for _, item := range v.items() {
			if says != "" && item.kind == valueText && item.text != "" {
				x.write(item.line, says+" "+oneLine(item))
			}
		}
	}
}

// hashes are the hashes of a list, or the one hash.
func (v managedValue) hashes() []managedValue {
	return slices.DeleteFunc(v.items(), func(item managedValue) bool { return item.kind != valueHash })
}

// oneLine is a value as the rest of a directive.
func oneLine(v managedValue) string { return strings.ReplaceAll(v.text, "\n", " ") }

// proxied writes where a path leads, behind those below it that lead nowhere.
func (x *apacheResource) proxied(regular bool, at managedValue) {
	says := "ProxyPass "
	if regular {
		says = "ProxyPassMatch "
	}
	for _, uri := range at.hash["no_proxy_uris"].items() {
		x.write(uri.line, "ProxyPass "+oneLine(uri)+" !")
	}
	x.write(at.line, says+oneLine(at.hash["path"])+" "+oneLine(at.hash["url"]))
	if seconds := at.hash["params"].hash["timeout"].plain(); seconds != "" {
		x.write(at.line, "ProxyTimeout "+seconds)
	}
}

// redirected writes redirects, whose sources and codes are lists beside that of their targets; without a source all is redirected.
func (x *apacheResource) redirected(of string, to managedValue) {
	from, says, missing := x.m.attrs.of(of+"_source"), "Redirect ", "/"
	if of == "redirectmatch" {
		from, says, missing = x.m.attrs.of(of+"_regexp"), "RedirectMatch ", ""
	}
	nth := func(v managedValue, i int, otherwise string) string {
		if texts := v.texts(); i < len(texts) {
			return texts[i]
		}
		return otherwise
	}
	for i, target := range to.items() {
		if source := nth(from, i, missing); source != "" {
			code := nth(x.m.attrs.of(of+"_status"), i, nth(x.m.attrs.of(of+"_status"), 0, "temp"))
			x.write(target.line, says+code+" "+source+" "+oneLine(target))
		}
	}
}

// redirectsAll says of a virtual host that it only sends people to another host.
func (m *managed) redirectsAll() bool {
	to, from := m.attrs.of("redirect_dest"), m.attrs.of("redirect_source").plain()
	name := m.attrs.of("servername").plain()
	if name == "" {
		name = m.title
	}
	return to.kind == valueText && (from == "" || from == "/") && !strings.Contains(to.text+"/", "://"+name+"/")
}

// item writes one of the rewrites, the aliases or the pages for errors.
func (x *apacheResource) item(one managedValue) {
	for _, name := range []string{"rewrite_cond", "rewrite_rule"} {
		x.setting(name, one.hash[name])
	}
	for _, says := range []string{"Alias", "AliasMatch", "ScriptAlias", "ScriptAliasMatch"} {
		if at := one.hash[strings.ToLower(says)]; at.kind == valueText {
			x.write(one.line, says+" "+oneLine(at)+" "+oneLine(one.hash["path"]))
		}
	}
	if code := one.hash["error_code"].plain(); code != "" {
		x.write(one.line, "ErrorDocument "+code+" "+oneLine(one.hash["document"]))
	}
}

// directory writes a block about a directory of the machine or, by its provider, about a path or files.
func (x *apacheResource) directory(dir managedValue) {
	name := map[string]string{"location": "location", "locationmatch": "locationmatch", "files": "files", "filesmatch": "filesmatch"}[dir.hash["provider"].plain()]
	if name == "" {
		name = "directory"
	}
	block := &directive{words: append([]string{name}, dir.hash["path"].texts()...), file: x.m.file, line: dir.line, opens: true}
	inner := &apacheResource{m: x.m}
	for _, key := range dir.keys {
		if key == "rewrites" || key == "require" || apacheSettings[key] != "" || key == "custom_fragment" {
			inner.setting(key, dir.hash[key])
		} else if key != "path" && key != "provider" {
			inner.leave(key, dir.hash[key])
		}
	}
	block.block = inner.list
	for _, left := range inner.left {
		x.leave("directories "+left.key.text, left.item)
	}
	x.list = append(x.list, block)
}

// apacheMeant reports a virtual host as a site of what its resource is about.
func (g *meaning) apacheMeant(m *managed) {
	a := newApache(g.t, g.r)
	list, left := g.apacheVhost(m)
	lists := map[string][]*directive{m.file: list}
	a.findSites([]string{m.file}, lists)
	for _, s := range a.sites {
		s.names = append(s.names, m.about()...)
	}
	g.tell(a.webFront, lists)
	rest := *m
	rest.names = nil
	for _, pair := range left {
		name := pair.key.text
		if _, own := m.attrs.get(name); own {
			rest.names = append(rest.names, name)
			continue
		}
		g.note(m, "settings of "+m.kind+" that are not taken over", name, m.file, pair.item.line)
	}
	g.leaveSettings(&rest)
}
