package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var inProcessURL = scan.MustCompile(`^jdbc:(h2|hsqldb|derby|sqlite):(.*)$`)

// inProcess notes a database that lives inside of the program. key is where Spring Boot takes its URL from, if it does.
func (c *javaConfig) inProcess(key string, v javaValue) bool {
	m := inProcessURL.FindStringSubmatch(v.text)
	if m == nil {
		return false
	}
	c.embedded = true
	scheme, file := "", m[2]
	if rest, ok := strings.CutPrefix(file, "file:"); ok {
		scheme, file = "file:", rest
	}
	file, options := cutBefore(file, ";?")
	if strings.HasPrefix(m[2], "mem:") || m[1] == "derby" && strings.HasPrefix(m[2], "memory:") || file == ":memory:" {
		c.r.Note(v.file, v.line, "%s in memory: the data is gone with the process", m[1])
		return true
	}
	c.r.Note(v.file, v.line, "%s keeps its data in a file of this process: one replica, a volume, and a backup", m[1])
	switch dir := path.Dir(file); {
	case plainDir.MatchString(dir):
		c.r.Find(scan.Finding{Dir: c.m.dir, Service: service.Service{State: []string{dir}}}, v.file, v.line, scan.Declared, "")
	case c.relaxed && key != "" && plainFile.MatchString(file):
		dir := dataDir(c.t, c.m.dir)
		moved := "jdbc:" + m[1] + ":" + scheme + "./" + dir + "/" + path.Base(file) + options
		f := scan.Finding{Dir: c.m.dir, Service: service.Service{State: []string{dir}, Env: map[string]string{relaxedName(key): moved}}}
		c.r.Find(f, v.file, v.line, scan.Convention, notBesideProgram)
	}
	return true
}

// dataDir is where a database in a file goes that would lie beside the program: a directory that the repository has no files in.
func dataDir(t *scan.Tree, dir string) string {
	for _, name := range []string{"data", "database"} {
		if !t.HasDir(path.Join(dir, name)) {
			return name
		}
	}
	return "var/data"
}

// notBesideProgram says why it goes there.
const notBesideProgram = "the program can't write beside itself in an image: the file has a directory of its own"

// plainDir is a directory of its own, and one that no placeholder changes.
var plainDir = scan.MustCompile(`^/?\w[\w.-]*(?:/[\w.-]+)*$`)

// plainFile is the path of a file beside the program, or in a home directory, that no placeholder changes.
var plainFile = scan.MustCompile(`^(?:\./|~/)?[\w.-]+$`)

// cutBefore splits a text before the first of some letters.
func cutBefore(text, letters string) (before, rest string) {
	if at := strings.IndexAny(text, letters); at >= 0 {
		return text[:at], text[at:]
	}
	return text, ""
}

// ofInProcess says whether a key is the account of a database in the process, which nobody else can reach.
func (c *javaConfig) ofInProcess(key string) bool {
	base, ok := strings.CutSuffix(key, ".password")
	if !ok {
		if base, ok = strings.CutSuffix(key, ".username"); !ok {
			return false
		}
	}
	v, ok := c.settings.either(base+".url", base+".jdbc-url")
	plain, _, _ := placeholder(v.text)
	return ok && inProcessURL.MatchString(plain)
}
