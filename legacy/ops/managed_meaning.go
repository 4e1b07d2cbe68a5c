package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// meaning turns resources into what they tell of the services that they are about. What is seen and has no place in the
// model becomes a note, one for each kind of resource and file.
type meaning struct {
	t            *scan.Tree
	r            *scan.Report
	root         string          // the mount that the resources come from
	environment  string          // "" for production, the configuration that holds everywhere; else the one that is compared to it
	said         map[string]bool // claims, so that none is made twice
	used         map[string]bool // file:line of the data that went into a claim
	understood   map[*managed]bool
	installed    map[string]bool // base names of programs that the operations code brings along
	matches      map[*scan.Pattern]map[string]bool
	calendar     map[string]managedValue // of timers, by the name of what they start
	instances    map[string][]string     // of units, by the name before @
	onMachine    map[string]*managed     // files that operations put there
	copied       map[string]bool         // those of them that others are copied from
	texts        seenTexts
	siteParts    []*managed        // see resourceSites
	seesSystem   map[string]bool   // see environments
	same         map[string]string // texts of files as they are in production, by file and place
	nagios       *nagios           // see monitoring
	scripts      map[string]bool   // files on the machine of which it is known what they start
	jobScripts   scriptNames
	values       map[string]string        // of the variables that were seen
	production   map[string]string        // what they are in production; nil where each value knows its environment
	candidates   []configCandidate        // files that a setting may name
	placed       []placeSetting           // settings that may name a file
	mounted      map[string]bool          // files on the machine that the service takes along
	kept         map[string]bool          // directories that the service keeps
	bound        []bind                   // places of the machine that containers see
	files        map[string]string        // of modules of Puppet, MODULE/NAME
	looked       bool                     // for those
	asked        []managedValue           // by the template that is being filled
	deployed     []deployedCode           // code that is brought to the machine
	into         map[string]string        // by file:line of data, the file that is taken over with it
	objects      map[string]*givenObjects // see manifests
	last         []func()                 // what is looked at when all else was said
	leftOver     int                      // how many single values of data were noted
	fronts       map[string]bool          // templates of sites that were read
	at           map[string]bool          // file:line of what was said
	told         int                      // how much was said so far
	runsAs       map[string][]string      // by account, what the units that run as it are about
	read         map[string]bool          // file:line of the data that tasks and templates ask for; nil where nobody counts
	dependencies map[string]bool          // words of the repository's lists of dependencies
	later        []*managed               // those whose settings are noted at the end, where nothing took them over
}

func newMeaning(t *scan.Tree, r *scan.Report, root, environment string) *meaning {
	return &meaning{t: t, texts: seenTexts{}, same: map[string]string{}, r: r, root: root, environment: environment, said: map[string]bool{}, into: map[string]string{}, fronts: map[string]bool{}, at: map[string]bool{}, used: map[string]bool{}, understood: map[*managed]bool{}, scripts: map[string]bool{}, values: map[string]string{}, mounted: map[string]bool{}, kept: map[string]bool{}, matches: map[*scan.Pattern]map[string]bool{}, runsAs: map[string][]string{}, installed: installedPrograms(t, root)}
}

// installedPrograms are the files that modules and cookbooks put on machines.
func installedPrograms(t *scan.Tree, root string) map[string]bool {
	files := t.Files()
	if root != "" {
		files = t.Below(root)
	}
	programs := map[string]bool{}
	for _, f := range files {
		if strings.Contains(f, "/files/") || strings.Contains(f, "/templates/") {
			base := unitFile(f)
			programs[base] = true
			programs[strings.TrimSuffix(base, ".sh")] = true
		}
	}
	return programs
}

// is matches the type of a resource or the name of an attribute: there are few of them, and many resources.
func (g *meaning) is(pattern *scan.Pattern, name string) bool {
	known := g.matches[pattern]
	if known == nil {
		known = map[string]bool{}
		g.matches[pattern] = known
	}
	is, ok := known[name]
	if !ok {
		is = pattern.MatchString(name)
		known[name] = is
	}
	return is
}

// see takes in one resource.
func (g *meaning) see(m *managed) {
	if g.passedBy(m) {
		return
	}
	told := g.told
	defer func() {
		switch {
		case g.told != told || m.class():
		case m.inner:
			g.last = append(g.last, func() { g.madeOf(m) })
		default:
			g.leave(m)
		}
	}()
	if m.kind == "file" {
		g.installed[path.Base(m.title)] = g.installed[path.Base(m.title)] || path.IsAbs(m.title) && strings.Contains(m.title, "bin/")
	}
	switch {
	case m.class():
		g.later = append(g.later, m)
		g.settings(m)
		g.addresses(m)
	case g.specific(m):
		g.understood[m] = true
	case g.is(beside, m.kind):
		g.understood[m] = true
		g.leave(m)
	default:
		took := g.settings(m)
		if !m.inner && took == 0 {
			g.leave(m)
		} else if m.outer == nil || m.outer.class() {
			g.later = append(g.later, m)
		}
	}
}

// passedBy notes a resource that is not taken in. What an understood resource is made of says nothing new.
func (g *meaning) passedBy(m *managed) bool {
	for o := m.outer; o != nil; o = o.outer {
		if g.understood[o] && !g.holdsSite(m, o) {
			g.aside(m, "parts of "+o.kind+" "+titleForNote(o)+", which stands for them")
			return true
		}
	}
	if g.forDevelopers(m) {
		g.aside(m, "for the machines of developers and tests, not taken over")
		return true
	}
	if ensure := m.attrs.of("ensure").plain(); ensure == "absent" || ensure == "purged" {
		if g.is(jobKind, m.kind) {
			g.note(m, "scheduled jobs that are switched off, not taken over", titleForNote(m), m.file, m.line)
			return true
		}
		g.aside(m, "taken away from the machine, not taken over")
		return true
	}
	switch {
	case m.kind == besideKind:
		g.noteFor(m.beside, "set up on the same machines; what the service calls there is a need, the rest stays with them", m.title, m.file, m.line)
		return true
	case m.off:
		g.aside(m, "switched off by a condition, not taken over")
		return true
	case m.away:
		g.note(m, "classes and roles that are kept elsewhere (the forge, Galaxy, another repository): what they set up is not known here; give that directory with --ops too", titleForNote(m), m.file, m.line)
		return true
	case m.kind == "include":
		g.aside(m, "classes that belong to it, worked out by themselves")
		return true
	}
	return false
}

// jobKind are the resources that run something again and again.
var jobKind = scan.MustCompile(`(^|[:_])crons?([:_]|$)`)

// forDevelopers says whether a resource stands in a class of developers' machines or of those that run tests.
func (g *meaning) forDevelopers(m *managed) bool {
	for o := m; o != nil; o = o.outer {
		if o.class() && g.is(developersClass, o.title) {
			return true
		}
	}
	return false
}

var developersClass = scan.MustCompile(`(^|::|_|-)(ci|vagrant|development|developer|dev|test|testing)(::|$)`)

// beside are resources about what stands beside a service; what they are made of is no part of it.
var beside = scan.MustCompile(`icinga|nagios|nrpe|sensu|monit|munin|check|collectd|statsd|filebeat|logstream|logstash|logrotate|rsyslog|grafana|nginx|apache|haproxy|varnish|sudo|ufw|firewall|backup|concat|ssh|newrelic|datadog|prometheus|sysctl|limits|jenkins`)

// specific handles the resources whose meaning is known from their type; it is false for all others.
func (g *meaning) specific(m *managed) bool {
	if strings.HasSuffix(m.kind, "runit_service") && g.environment == "" && m.attrs.of("content").template != nil {
		for _, name := range []string{"env", "environment"} {
			g.environmentOf(m, m.attrs.of(name), m.finding())
		}
		g.content(m, "/etc/sv/"+m.title+"/run")
		return true
	}
	g.siteTemplate(m)
	switch {
	case g.siteOf(m), g.check(m), g.variable(m), g.job(m), g.store(m), g.container(m), g.virtualHost(m), g.process(m):
		return true
	}
	if m.inner {
		return false
	}
	switch lastSegment(m.kind) {
	case "file", "template", "cookbook_file", "remote_file", "directory", "unit_file", "dropin_file":
		return g.fileResource(m)
	case "package", "apt_package", "multipackage", "packages", "gem_package", "python_package", "npm_package", "nodejs_npm", "nodejs_package", "cpan_module", "pear_package":
		return g.packageResource(m)
	case "exec", "execute", "bash", "script", "bundle_exec":
		return g.execResource(m)
	case "k8s":
		text, file := g.contents(m, m.attr("content"))
		return g.manifests(m, text, file, cmp.Or(file, "task.yml"))
	case "mount", "nfs_mount":
		return g.mount(m)
	}
	return false
}

func lastSegment(kind string) string {
	if i := strings.LastIndex(kind, "::"); i >= 0 {
		return kind[i+2:]
	}
	return kind
}

// claim makes a finding once, and remembers from which data it came.
func (g *meaning) claim(m *managed, f scan.Finding, v managedValue, key string, rank scan.Rank, note string) {
	file, line := m.place(v)
	if line < 1 {
		file, line = m.file, max(m.line, 1)
	}
	g.use(v)
	g.told++
	key = strings.Join(f.About, "\n") + "\x00" + f.Process + "\x00" + f.Environment + "\x00" + key
	if g.said[key] {
		if !g.at[file+":"+strconv.Itoa(line)] {
			g.noteAside(f.About, "says again what is taken over from elsewhere", m.kind+" "+titleForNote(m), file, line)
		}
		return
	}
	g.said[key] = true
	g.at[file+":"+strconv.Itoa(line)] = true
	g.r.Find(f, file, line, rank, note)
}

func (g *meaning) use(v managedValue) { v.places(g.used) }

// useFor remembers which data went into the text of a file that is taken over.
func (g *meaning) useFor(m *managed, v managedValue, where string) {
	places := maps.Clone(m.asks)
	if places == nil {
		places = map[string]bool{}
	}
	v.places(places)
	for place := range places {
		g.used[place] = true
		if where != "" {
			g.into[place] = where
		}
	}
}

// places collects where a value and what it is made of are written.
func (v managedValue) places(all map[string]bool) {
	all[writtenAt(v)] = true
	for _, item := range v.list {
		item.places(all)
	}
	for _, from := range v.from {
		all[from] = true
	}
}

func (g *meaning) note(m *managed, group, item, file string, line int) {
	g.noteFor(append(slices.Clip(m.about()), m.by...), group, item, file, line)
}

func (g *meaning) noteFor(about []string, group, item, file string, line int) {
	g.told++
	g.at[file+":"+strconv.Itoa(line)] = true
	if g.environment == "" {
		g.r.NoteItem(about, file, max(line, 1), group, item)
	}
}

// madeOf notes a resource of which nothing was said but by what it is made of, which may stand elsewhere.
func (g *meaning) madeOf(m *managed) {
	switch {
	case g.at[writtenAt(managedValue{file: m.file, line: m.line})]:
	case jobOf(m.kind) != "":
		g.leave(m)
	default:
		g.aside(m, "resources of a kind that the operations code makes itself: see what is said of their parts")
	}
}

// aside notes a resource about which nobody has to think.
func (g *meaning) aside(m *managed, group string) {
	if !m.class() {
		g.noteAside(m.about(), group, m.kind+" "+titleForNote(m), m.file, m.line)
	}
}

// noteAside notes something for the record: people are only told how many such notes there are.
func (g *meaning) noteAside(about []string, group, item, file string, line int) {
	if g.environment == "" {
		g.r.NoteAside(about, file, max(line, 1), group, item)
	}
}

// leaveSettings notes what is given for a resource and was not taken over.
func (g *meaning) leaveSettings(m *managed) {
	for _, name := range m.names {
		v := m.attrs.of(name)
		file, line := m.place(v)
		if g.used[file+":"+strconv.Itoa(line)] || ordering[name] || v.kind == valueUndef || v.off() {
			continue
		}
		group, item := "settings of "+m.kind+" that are not taken over", name
		job := imagesSetting[name]
		if job != "" {
			group, item = "settings of "+m.kind+" that the image has its own of", m.kind+" "+name
		}
		if file != m.file || line < 1 {
			file, line = m.file, m.line
		}
		g.keep(m, job, group, item, file, line)
	}
}

// imagesSetting are attributes that say whose a thing is on the machine, and which code is brought there.
var imagesSetting = map[string]service.Job{
	"user": service.JobAccounts, "owner": service.JobAccounts, "group": service.JobAccounts, "mode": service.JobAccounts, "home": service.JobAccounts,
	"repository": service.JobCode, "repo": service.JobCode, "revision": service.JobCode, "branch": service.JobCode, "git_source": service.JobCode, "git_revision": service.JobCode,
	"git_enable": service.JobCode, "source_ref": service.JobCode, "deploy_to": service.JobCode, "cwd": service.JobCode, "working_directory": service.JobCode,
	"description": service.JobProcesses, "init_template": service.JobProcesses, "restart": service.JobProcesses, "restart_policy": service.JobProcesses,
}

// ordering are attributes that say when a resource is looked after, and nothing about it.
var ordering = map[string]bool{
	"require": true, "before": true, "notify": true, "subscribe": true, "ensure": true, "tag": true, "alias": true, "noop": true, "loglevel": true, "schedule": true, "stage": true, "action": true, "notifies": true,
}

// finish notes the data for classes that went nowhere.
func (g *meaning) finish() {
	g.places()
	noted := map[string]bool{} // several classes may be given a value
	for _, m := range g.later {
		if !m.class() {
			g.leaveSettings(m)
			continue
		}
		for _, name := range m.names {
			v := m.attrs.of(name)
			place := v.file + ":" + strconv.Itoa(v.line)
			if v.file == "" || g.at[place] || noted[place] {
				continue
			}
			noted[place] = true
			if v.file == m.file && !g.used[place] {
				g.noteAside(m.about(), "settings of class "+m.title+" that have no other value than by default", name, v.file, v.line)
				continue
			}
			g.leaveData(m, "settings of class "+m.title, name, v)
		}
	}
	g.resourceSites()
	for _, look := range g.last {
		look()
	}
}

// leaveData notes data that is given for a class and was not taken over: what is only asked for by something else there,
// and what is switched off, apart from the rest.
func (g *meaning) leaveData(m *managed, what, name string, v managedValue) {
	switch {
	case g.used[writtenAt(v)]:
		if g.at[writtenAt(v)] {
			return
		}
		where := g.into[writtenAt(v)]
		if where == "" {
			where = "what is said elsewhere"
		}
		g.noteAside(m.about(), what+" that go into "+where, name, v.file, v.line)
	case v.off() || v.kind == valueUndef:
		g.noteAside(m.about(), what+" that are empty or switched off", name, v.file, v.line)
	case g.read[writtenAt(v)]:
		g.noteAside(m.about(), what+" that go into what is kept on the machine, and nowhere else", name, v.file, v.line)
	default:
		g.note(m, what+" that are not taken over", name, v.file, v.line)
	}
}
