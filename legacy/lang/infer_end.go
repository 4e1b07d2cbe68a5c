package lang

import (
	"path"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// add keeps a need. A host that a file for one environment names belongs to that environment.
func (f *inference) add(n scan.Need, file string, line int, rank scan.Rank, note string) {
	if n.Host != "" {
		n.Environment, _ = environmentOf(file)
	}
	f.needs = append(f.needs, seen{need: n, file: file, line: line, rank: rank, note: note})
}

// report hands the needs over: of each kind the one without a host or name of its own only where no other says more.
func (f *inference) report() {
	f.liteReport()
	f.tellApart()
	f.agree()
	said := map[string]bool{} // kinds of which something with a host, name or variable is known
	for _, s := range f.needs {
		if s.need.Kind != "http" && (s.need.Host != "" || s.need.Name != "" || len(s.need.Env) > 0 || s.need.Database != "") {
			said[s.need.Kind] = true
		}
	}
	f.onThisMachine()
	done := map[string]bool{}
	for _, s := range f.needs {
		bare := s.need.Host == "" && s.need.Name == "" && len(s.need.Env) == 0 && s.need.Database == ""
		key := s.need.Kind + "|" + s.need.Name + "|" + s.need.Host + "|" + s.need.Environment + "|" + s.need.Database + "|" + joined(s.need.Env)
		if bare && said[s.need.Kind] || done[key] {
			continue
		}
		done[key] = true
		f.r.Find(scan.Finding{Dir: f.dir, Need: &s.need}, s.file, s.line, s.rank, s.note)
	}
}

// onThisMachine notes the settings that production, too, takes for a service on this machine: nothing leads from there to the
// need, so that the service would run and not reach it.
func (f *inference) onThisMachine() {
	elsewhere := map[string]bool{}
	for _, s := range f.needs {
		if s.need.Host != "" || len(s.need.Env) > 0 {
			elsewhere[s.need.Kind] = true
		}
	}
	for _, s := range f.needs {
		env, _ := environmentOf(s.file)
		if s.here && !elsewhere[s.need.Kind] && (env == "" || env == "production") && !developersSetting.MatchString(s.label) {
			elsewhere[s.need.Kind] = true // one line is enough
			f.r.Note(s.file, s.line, "the host of %s is this machine and no variable changes it, but a container is alone there: read host, user and password from the environment, and run migrate init again", s.need.Kind)
		}
	}
}

// developersSetting are parts of settings that hold on machines of developers only.
var developersSetting = scan.MustCompile(`(?i)(^|\.)(dev\w*|test\w*|local)(\.|$)`)

// tellApart names the needs of one kind that one environment has at several hosts after their settings: CACHE_REDIS_HOST
// and QUEUE_REDIS_HOST are cache and queue.
func (f *inference) tellApart() {
	first := map[string]string{}
	for i := range f.needs {
		n := &f.needs[i].need
		if n.Kind == "http" || n.Name != "" || n.Host == "" {
			continue
		}
		key := n.Kind + " " + n.Environment
		if have, ok := first[key]; !ok {
			first[key] = n.Host
		} else if have != n.Host {
			var words []string
			for _, w := range strings.Split(needName(f.needs[i].label), "-") {
				if kindWords[w] == "" {
					words = append(words, w)
				}
			}
			if name := strings.Join(words, "-"); dnsLabel.MatchString(name) && name != "db" && name != "database" {
				n.Name = name
			}
		}
	}
}

// agree lets what holds for production speak for the needs of a kind that have no name of their own, where files for
// several environments differ in the account or the database: contradictions would only become questions.
func (f *inference) agree() {
	best := map[string]scan.Need{}
	for pass := range 2 {
		for _, s := range f.needs {
			if s.need.Name != "" || (s.need.Environment == "production") != (pass == 0) {
				continue
			}
			have := best[s.need.Kind]
			if have.Database == "" {
				have.Database = s.need.Database
			}
			if have.User == "" {
				have.User = s.need.User
			}
			if have.Port == 0 || have.Port == scan.DefaultPort(s.need.Kind) {
				have.Port = s.need.Port
			}
			best[s.need.Kind] = have
		}
	}
	for i := range f.needs {
		n := &f.needs[i].need
		if n.Name != "" || n.Kind == "http" {
			continue
		}
		b := best[n.Kind]
		n.Port = b.Port
		if n.Database != b.Database {
			n.Database = ""
		}
		if n.User != b.User {
			n.User = ""
		}
	}
}

func joined(m map[string]string) string {
	list := make([]string, 0, len(m))
	for k, v := range m {
		list = append(list, k+"="+v)
	}
	sort.Strings(list)
	return strings.Join(list, ",")
}

// drivers reports the needs that only a library among the dependencies speaks of. used are the kinds whose library the
// code imports, with the line: that is better than a name in a list, and still no setting.
func (f *inference) drivers(drivers map[string]dependency, used map[string]dependency) {
	have := map[string]bool{}
	for _, s := range f.needs {
		have[s.need.Kind] = true
	}
	kinds := map[string]bool{}
	for k := range drivers {
		kinds[k] = true
	}
	for _, kind := range sortedSet(kinds) {
		if have[kind] || kind == "" {
			continue
		}
		n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
		if u, ok := used[kind]; ok {
			f.add(n, u.file, u.line, scan.Convention, "the code uses "+u.name)
			continue
		}
		d := drivers[kind]
		f.add(n, d.file, d.line, scan.Guess, d.name+" is among the dependencies, no setting for it was found")
	}
}

// bucketless leaves out an object store of which only a library speaks and no variable: the library is there for one of
// many plugins, or for another of the provider's services.
func (f *inference) bucketless(drivers map[string]dependency) {
	for _, v := range f.vars {
		if speaksOfBuckets.MatchString(v.name) {
			return
		}
	}
	delete(drivers, "s3")
}

var speaksOfBuckets = scan.MustCompile(`(?i)(^|_)(BUCKET\w*|S3\w*|FOG\w*)(_|$)`)

// liteFile is a setting that names a SQLite database.
type liteFile struct {
	path  string // "" where it can't be told
	file  string
	line  int
	known bool
}

func (f *inference) sqlite(where value, file string, line int) {
	text, ok := pathOf(where)
	f.lite = append(f.lite, liteFile{text, file, line, ok})
}

// liteReport tells of a database in a file: no need, but state that lives on the local disk. Where a database server is
// configured, too, the file is what developers use.
func (f *inference) liteReport() {
	for _, s := range f.needs {
		if sqlKinds[s.need.Kind] && s.rank >= scan.Declared {
			return
		}
	}
	for _, l := range f.lite {
		if l.path == ":memory:" || strings.HasPrefix(l.path, "file::memory:") {
			f.r.Note(l.file, l.line, "the database lives in memory (SQLite): it is lost with every restart and not shared between replicas")
			continue
		}
		f.r.Note(l.file, l.line, "the database is a file (SQLite): it wants a volume and allows one replica; a database server would allow more")
		if dir := path.Dir(l.path); l.known && l.path != "" && dir != "." {
			f.keeps(dir, l.file, l.line, "SQLite database")
		}
	}
}

// keeps reports a directory in which the service keeps data. Only directories of the code's own tree are known to be right.
func (f *inference) keeps(dir, file string, line int, what string) {
	clean := path.Clean(strings.TrimSuffix(dir, "/"))
	if dir == "" || strings.ContainsAny(clean, "{}$%<>*\n") || clean == "." || clean == "/" || strings.HasPrefix(clean, "..") {
		return
	}
	if path.IsAbs(clean) && (clean == "/tmp" || strings.HasPrefix(clean, "/tmp/") || strings.HasPrefix(clean, "/dev/")) {
		return
	}
	f.r.Find(scan.Finding{Dir: f.dir, Service: service.Service{State: []string{clean}}}, file, line, scan.Declared, what)
}

// pathOf reads a path that is put together: os.path.join(BASE_DIR, 'media'), BASE_DIR / 'media', __dirname + '/uploads'.
// What stands for the directory of the code, or can't be known, is left out.
func pathOf(v value) (string, bool) {
	if v.kind == valCall && (v.text == "join" || strings.HasSuffix(v.text, ".join") || strings.HasSuffix(v.text, ".resolve") || v.text == "root" || strings.HasSuffix(v.text, ".path")) {
		var parts []string
		for _, item := range v.items {
			if text, ok := pathOf(item); ok && item.kind != valName {
				parts = append(parts, text)
			}
		}
		text := path.Join(parts...)
		return text, text != ""
	}
	text, ok := v.literal()
	if v.kind == valString && len(v.items) > 0 {
		text = strings.TrimLeft(strings.ReplaceAll(text, "{}", ""), "/")
	}
	return text, ok
}
