package ops

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// configCandidate is a file on the machine of which only a setting can tell whether the service reads it.
type configCandidate struct {
	m          *managed
	text, file string
	where      string
}

// placeSetting is a variable that names a place of the old machine.
type placeSetting struct {
	m    *managed
	f    scan.Finding
	name string
	v    managedValue
}

var (
	// programsOwn are directories of configuration that is not a service's own, whatever it is called.
	programsOwn = scan.MustCompile(`^/etc/(nginx|apache2|httpd|logrotate\.d|sudoers\.d|security|cron\.[a-z]+|init|init\.d|systemd|supervisor|supervisord\.d|monit|nagios|icinga2?|nrpe|sensu|rsyslog\.d|logstash|filebeat|ssh|ssl|pki|profile\.d|sysctl\.d|default|sysconfig|conf\.d|apt|yum\.repos\.d|collectd|munin|haproxy|varnish|postgresql|mysql|redis|mongodb|rabbitmq|elasticsearch|php[\w.]*|uwsgi|unicorn|jenkins[\w-]*|prometheus|grafana|telegraf|fluent[\w-]*|td-agent|datadog-agent|dd-agent|newrelic[\w-]*|consul(\.d)?|keepalived|letsencrypt|fail2ban|dnsmasq|postfix|exim4?)(/|$)`)
	notConfig   = scan.MustCompile(`(?i)\.(sh|pl|service|timer|socket|crt|cer|key|pub|gpg|asc|jks|p12|zip|gz|tar|deb|rpm|jar|war|log|pid|sql|service\.d)$|(^|/)(\.bashrc|\.profile|\.bash_profile|authorized_keys|known_hosts|motd|\.gitconfig|\.ssh|\.forward)(/|$)`)
	// deployedIn are directories of machines that hold the code of services.
	deployedIn = scan.MustCompile(`^/(?:srv|opt|var/www|var/apps|var/lib|data/apps|data/vhost|usr/share|usr/local|home)/(?:apps/|www/|sites/)?([\w.-]+)/(?:current/|shared/|releases/[^/]+/|app/|src/|code/)?(.+)$`)
	// releasedIn is the layout of Capistrano, wherever it lies.
	releasedIn = scan.MustCompile(`^/(?:[\w.-]+/)*([\w.-]+)/(?:current|shared|releases/[^/]+)/(.+)$`)
	// templateControl are the parts of a template that choose and repeat.
	templateControl = scan.MustCompile(`<%-?\s*[^=%#\s-]`)
	openPlace       = scan.MustCompile(`\$\{(\w+)\}`)
)

// serviceFile takes over a file that the service reads while it runs: where one of its directories has the service's name
// it is that, in another place only where a setting names it.
func (g *meaning) serviceFile(m *managed, v managedValue, text, file, where string) bool {
	where = path.Clean(where)
	known := where
	if place := g.codePlace(where); place != "" {
		known = place // whichever release it lies in
	}
	if text == "" || len(text) > scan.MaxConfigFile || !utf8.ValidString(text) || strings.ContainsRune(text, 0) || !path.IsAbs(where) || strings.ContainsAny(known, "$*:{}\n") || programsOwn.MatchString(where) || startsSomething(where) || webFile.MatchString(where) || notConfig.MatchString(where) || strings.Contains(where, "/bin/") {
		return false
	}
	if file != "" && v.fill == nil {
		data, err := g.t.Read(file)
		chooses := err == nil && templateControl.MatchString(string(data)) && v.scope != nil
		if err != nil || chooses && !secretOpen(text, v) {
			return false // what it chooses between is not known
		}
	}
	stage, _ := stagePlace(where)
	if stage != "" && g.environment != "" {
		return false // where environments share a machine, each has its own directory there
	}
	if _, bound := g.boundAt(where); bound == "" && stage == "" && !namedIn(where, m.about()) && !namedAfter(where, m) && g.codePlace(where) == "" {
		if g.environment == "" {
			g.told++
			g.candidates = append(g.candidates, configCandidate{m, text, file, where})
			return true
		}
	}
	g.claimFile(m, v, text, file, where)
	return true
}

// stagedIn are directories of machines with the code of one service for several environments: /srv/www/staging/shared.
var stagedIn = scan.MustCompile(`^/(?:srv|opt|var/www|var/apps|home|data)/(?:[\w.-]+/)?([a-z]+)/(?:current|shared|releases/[^/]+)/(.+)$`)

// stagePlace is the environment and the place among the code of a file that lies in the directory of an environment.
func stagePlace(where string) (environment, place string) {
	if at := stagedIn.FindStringSubmatch(where); at != nil {
		if environment = scan.EnvironmentName(at[1]); environment != "" {
			return environment, at[2]
		}
	}
	return "", ""
}

// namedIn says whether one of the directories of a path has one of these names.
func namedIn(where string, names []string) bool {
	for _, dir := range strings.Split(path.Dir(where), "/") {
		for _, name := range names {
			if dir != "" && plainLabel(dir) == plainLabel(name) {
				return true
			}
		}
	}
	return false
}

// namedAfter says of a file of settings that it is called after what the resource is about: /etc/shop.yml.
func namedAfter(where string, m *managed) bool {
	base := path.Base(where)
	name := plainLabel(strings.TrimSuffix(base, path.Ext(base)))
	if !configPath.MatchString(where) || infrastructure.MatchString(name) || beside.MatchString(name) || path.Dir(where) == "/" {
		return false
	}
	return slices.ContainsFunc(m.aboutFrom(m.outer), func(about string) bool { return plainLabel(about) == name })
}

func plainLabel(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(name))
}

// keeps says whether a place lies in a directory that the service keeps.
func (g *meaning) keeps(where string) bool {
	for dir := path.Clean(where); dir != "/" && dir != "."; dir = path.Dir(dir) {
		if g.kept[dir] {
			return true
		}
	}
	return false
}

func (g *meaning) claimFile(m *managed, v managedValue, text, file, where string) {
	f := m.finding()
	f.Environment = g.environment
	if shellBang.MatchString(text) {
		text = g.amongCode(text)
	}
	found := &scan.File{Path: where, Text: text, Secret: v.secret, Among: m.among}
	if b, place := g.boundAt(where); place != "" {
		found.Path, f.About = place, append(slices.Clip(f.About), b.of.about()...)
	} else if stage, place := stagePlace(where); stage != "" {
		if found.Path = place; stage != "production" {
			f.Environment = stage
		}
	} else if place := g.codePlace(where); place != "" {
		found.Path = place
	} else if place := deployedPlace(m, where); place != "" {
		found.Path = place
	}
	found.Sets = g.texts.sets(text)
	found.Present = !path.IsAbs(found.Path) && g.t.Has(found.Path)
	for _, open := range openPlace.FindAllStringSubmatch(text, -1) {
		if name := open[1]; !slices.Contains(found.Open, name) {
			found.Open = append(found.Open, name)
		}
	}
	found.Secret = found.Secret || secretOpen(text, v)
	f.File = found
	at := managedValue{}
	if file != "" {
		at = textValue("", file, 1)
	}
	g.useFor(m, v, found.Path)
	g.claim(m, f, at, "file "+where, scan.Declared, "for "+titleForNote(m))
	if g.environment == "" {
		g.mounted[where] = true
	}
}

// deployedPlace is the place of a file among code that lies in a directory with a name of what the resource is about, "" for none.
func deployedPlace(m *managed, where string) string {
	of, place, ok := deployedAt(where)
	if !ok || keepsData(path.Dir(where)) || !slices.ContainsFunc(m.about(), func(name string) bool { return plainLabel(name) == plainLabel(of) }) {
		return ""
	}
	return place
}

// amongTheCode says of a file that it lies among the code of what the resource is about: the code may load it.
func (g *meaning) amongTheCode(m *managed, where string) bool {
	return g.codePlace(where) != "" || deployedPlace(m, where) != ""
}

// deployedAt is the name of the directory of code that a file lies in, and its place there.
func deployedAt(where string) (name, place string, ok bool) {
	for _, form := range []*scan.Pattern{deployedIn, releasedIn} {
		if d := form.FindStringSubmatch(where); d != nil {
			return d[1], path.Clean(d[2]), true
		}
	}
	return "", "", false
}

// secretOpen says whether one of the places of a text whose values are not known is that of a secret.
func secretOpen(text string, v managedValue) bool {
	return slices.ContainsFunc(openPlace.FindAllStringSubmatch(text, -1), func(open []string) bool {
		return scan.SecretName(open[1]) || v.scope != nil && v.scope(open[1]).secret
	})
}

// settingName is a name that a line of a file of settings gives a value to; what stands before a = without blanks or quotes around it
// may be a part of a key in base64.
var settingName = scan.MustCompile(`(?m)^[ \t]*(?:-[ \t]+)?(?:ENV\[)?["']?([A-Za-z_][\w.-]{0,60})["']?\]?[ \t]*(?::(?:[ \t]|$)|(?:=>|=)[ \t]*["'\[({]|[ \t]+(?:=>|=)[ \t])`)

// maxSettingNames bounds how many names of settings a note repeats.
const maxSettingNames = 300

// settingNames are the names of the settings in a file, each once, in their order; none of a file that holds a key.
func settingNames(text string) []string {
	if sealed(text) || strings.Contains(text, "-----BEGIN") {
		return nil
	}
	var names []string
	for _, m := range scan.Find(text, settingName) {
		if name := m.Groups[1]; !slices.Contains(names, name) && len(names) < maxSettingNames {
			names = append(names, name)
		}
	}
	return names
}

// places settles, when everything is known, which files settings name, and which settings name files that are there.
func (g *meaning) places() {
	for _, c := range g.candidates {
		if slices.ContainsFunc(g.placed, func(p placeSetting) bool { return p.v.text == c.where }) {
			g.claimFile(c.m, managedValue{}, c.text, c.file, c.where)
			continue
		}
		if _, _, ok := deployedAt(c.where); ok && !keepsData(path.Dir(c.where)) {
			c.m.among = true
			g.claimFile(c.m, managedValue{}, c.text, c.file, c.where)
			continue
		}
		g.leaveFile(c.m, c.file, c.where)
	}
	for _, p := range g.placed {
		if g.mounted[p.v.text] || g.keeps(p.v.text) {
			p.f.Service = service.Service{Env: map[string]string{p.name: p.v.text}}
			g.claim(p.m, p.f, p.v, "env "+p.name, scan.Declared, "")
			continue
		}
		g.use(p.v)
		g.noteFor(p.f.About, "variables that name a place of the old machine; set them where the code reads them", p.name, p.m.file, p.m.line)
	}
}
