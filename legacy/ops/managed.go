package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// managed is one resource that configuration management keeps on a machine: a package, a file, a job, a whole application.
type managed struct {
	kind     string // file, cron, apache::vhost
	title    string
	attrs    attributes
	names    []string // of the attributes, in their order
	file     string
	line     int
	outer    *managed        // the application's own resource, role or class that it is a part of; nil for none
	lines    []int           // of the template that its text is filled from: the line of each of its lines; nil where they are the same
	maybe    bool            // it stands in a branch that depends on what isn't known
	located  bool            // the title is a place on the machine: what it is a part of says better whom it is about
	here     bool            // the operations code stands in the service's own repository
	asks     map[string]bool // file:line of the data that its text is filled with
	off      bool            // a condition that is known not to hold keeps it away
	lent     []string        // names of the code that the module around it brings
	by       []string        // names of what sets its attributes: notes are about them, too
	beside   []string        // names of what the same machines have, see setUpTogether
	composed bool            // a service of a compose file
	away     bool            // what it names is kept elsewhere: a module of the forge, a role of Galaxy
	among    bool            // a file that counts only where it lies among the code
	role     bool            // a class that is a role of Ansible
	inner    bool            // its parts were looked at, too: what is not understood of it may be understood there
}

// class says whether the resource only gathers others.
func (m *managed) class() bool { return m.kind == "class" }

// attr is the first of the attributes that is there.
func (m *managed) attr(names ...string) managedValue {
	for _, name := range names {
		if v, ok := m.attrs.get(name); ok && v.kind != valueUndef {
			return v
		}
	}
	return managedValue{kind: valueUndef}
}

// place is where a value is written: in the data, or else where the resource is.
func (m *managed) place(v managedValue) (file string, line int) {
	if v.file != "" {
		return v.file, v.line
	}
	return m.file, m.line
}

// layers are words that say which part of the operations code a class is, and not which service it is about.
var layers = map[string]bool{
	"apps": true, "app": true, "application": true, "applications": true, "role": true, "roles": true, "profile": true, "profiles": true, "node": true, "nodes": true,
	"init": true, "config": true, "configuration": true, "install": true, "service": true, "services": true, "params": true, "db": true, "database": true, "server": true,
	"client": true, "worker": true, "workers": true, "base": true, "web": true, "site": true, "sites": true, "common": true, "default": true, "deploy": true, "setup": true,
	"package": true, "packages": true, "nginx": true, "apache": true, "monitoring": true, "monitor": true, "checks": true, "cron": true, "users": true, "recipe": true, "main": true,
	"backend": true, "frontend": true, "system": true, "repo": true, "repos": true, "firewall": true, "logging": true, "logrotate": true, "backup": true, "envvar": true,
}

// about are the names by which the resource, and what it is a part of, speak of a service: the nearest first.
func (m *managed) about() []string {
	names := m.aboutFrom(m)
	for _, name := range m.lent {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = []string{m.kind + " " + titleForNote(m)}
	}
	return names
}

// aboutFrom is about with the titles of one of the outer resources, and of what that is a part of.
func (m *managed) aboutFrom(titles *managed) []string {
	var names []string
	add := func(name string) {
		if name = strings.TrimSpace(name); name != "" && !strings.ContainsAny(name, "${}\n") && !strings.HasSuffix(name, "...") && len(name) < 200 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for o := m; o != nil; o = o.outer {
		for _, attr := range []string{"app", "app_name", "appname", "application", "application_name"} {
			add(o.attrs.of(attr).plain())
		}
	}
	for o := titles; o != nil; o = o.outer {
		switch {
		case o.class() && m.liesWith(o.title) != "":
			add(m.liesWith(o.title))
		case o.class():
			classNames(o.title, add)
		case !o.located || !o.ofSomething():
			add(o.title)
			add(leadingVerb.ReplaceAllString(o.title, ""))
		}
	}
	m.placeNames(add)
	for o := m; o != nil; o = o.outer {
		if o.here {
			add(scan.Here)
		}
	}
	return names
}

// liesWith is the second half of a cookbook's name, of acme-ci, where the resource lies in a directory that is called so: it is
// about that alone, and not about what acme is.
func (m *managed) liesWith(class string) string {
	cookbook, _, _ := strings.Cut(class, "::")
	_, own, ok := strings.Cut(cookbook, "-")
	where := m.attr("path", "target").plain()
	if where == "" {
		where = m.title
	}
	if !ok || layers[own] || !path.IsAbs(where) || !slices.Contains(strings.Split(path.Dir(where), "/"), own) {
		return ""
	}
	return own
}

// classNames are the parts of a class's name that may be a service's: the last first.
func classNames(title string, add func(name string)) {
	segments := strings.Split(title, "::")
	for i := len(segments) - 1; i >= 0; i-- {
		if !layers[segments[i]] {
			add(segments[i])
		}
	}
	if last := len(segments) - 1; last > 1 && segments[last] != segments[0] { // acme::cron::api is about what others call acme-api
		add(segments[0] + "-" + segments[last])
	}
	if _, own, ok := strings.Cut(segments[0], "-"); ok && len(segments) > 1 && !layers[own] { // a cookbook that is called after what packs it: omnibus-shop
		add(own)
	}
}

// placeNames are what the repositories and directories that a resource names are called.
func (m *managed) placeNames(add func(name string)) {
	aside := m.located && m.ofSomething() // where it lies says nothing of whose it is
	for _, attr := range []string{"cwd", "directory", "working_directory", "path", "root", "docroot", "repository", "source", "repo"} {
		v := m.attrs.of(attr).plain()
		switch {
		case aside && attr == "path":
		case strings.Contains(v, "://") || strings.HasPrefix(v, "git@"):
			add(v)
		case strings.HasPrefix(v, "/"):
			for _, place := range placesIn(v) {
				add(place)
			}
		}
	}
	if m.kind != "cron" && !aside && strings.HasPrefix(m.title, "/") && !strings.HasPrefix(m.title, "/etc/") {
		for _, place := range placesIn(m.title) {
			add(place)
		}
	}
}

// leadingVerb is what is done, in titles that name the service behind it: check_shop_queue, push_shop_daily.
var leadingVerb = scan.MustCompile(`^(check|push|pull|sync|back_?up|monitor|run|start|restart|deploy|copy|import|export|update|clean_?up|dump|restore|load|rotate|install|create|setup)[-_](app[-_])?`)

// finding is the start of what the resource tells about a service.
func (m *managed) finding() scan.Finding { return scan.Finding{About: m.about()} }

// ofSomething says whether a class around the resource has a name that is somebody's.
func (m *managed) ofSomething() bool {
	for o := m.outer; o != nil; o = o.outer {
		for _, segment := range strings.Split(o.title, "::") {
			if o.class() && !layers[segment] {
				return true
			}
		}
	}
	return false
}

// titleForNote is a title as far as it can be shown: one that is a whole command may hold anything.
func titleForNote(m *managed) string {
	title := strings.TrimSpace(m.title)
	if scan.HasAccount(title) || sealed(title) || strings.ContainsAny(title, "\n") {
		return "..."
	}
	if words := strings.Fields(title); len(words) > 6 || strings.ContainsAny(title, "=") && len(words) > 1 {
		title, _, _ = strings.Cut(words[0], "=") // what a command is given may be a secret
		title += " ..."
	}
	if len(title) > 120 {
		title = strings.ToValidUTF8(title[:120], "") + "..."
	}
	return title
}
