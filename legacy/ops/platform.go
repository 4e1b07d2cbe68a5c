package ops

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// A platform's files say how a service runs there: what starts it, its settings, what is bound to it. platform holds what
// the readers of those files share.
type platform struct {
	t      *scan.Tree
	r      *scan.Report
	said   map[string]bool
	places *platformPlaces
	port   int // what the platform sets $PORT to
}

func newPlatform(t *scan.Tree, r *scan.Report, port int) *platform {
	return &platform{t: t, r: r, said: map[string]bool{}, places: newPlatformPlaces(), port: port}
}

// find reports a claim unless another file has made one for the same field: of several files for several environments the
// first one counts.
func (p *platform) find(f scan.Finding, field, file string, line int, rank scan.Rank, note string) {
	key := saidOf(f) + "\x00" + field
	if p.said[key] {
		return
	}
	p.said[key] = true
	p.r.Find(f, file, line, rank, note)
}

// saidOf is the process that a finding is about, as a key.
func saidOf(f scan.Finding) string { return f.Dir + strings.Join(f.About, "\n") + "\x00" + f.Process }

// below finds scripts by their path below a directory of code.
func (p *platform) below(dir string) func(string) string {
	return func(word string) string {
		if strings.HasPrefix(word, "/") || strings.ContainsAny(word, "$*") {
			return ""
		}
		if at, ok := within(dir, word); ok && p.t.Has(at) {
			return at
		}
		return ""
	}
}

// placeholder are values that something fills in later: ((secret)), {{ template }}, ${VARIABLE}, <your-key>.
var placeholder = scan.MustCompile(`\(\([^)]*\)\)|\{\{.*\}\}|\$\{?\w+\}?|<[\w -]+>|(?i)your[-_]?\w|changeme|__\w+__`)

// templated is what another tool fills in before the platform reads it.
var templated = scan.MustCompile(`\(\([^)]*\)\)|\{\{`)

// need reports a backing service that the platform binds.
func (p *platform) need(dir, kind, version, file string, at int, rank scan.Rank, note string) {
	need := scan.Need{}
	need.Kind, need.Version = kind, version
	p.find(scan.Finding{Dir: dir, Need: &need}, "need."+kind, file, at, rank, note)
}

// builtAt is codeAbove for platforms that build a Dockerfile, too.
func (p *platform) builtAt(file string) string {
	if dir := p.codeAbove(file); dir != "" {
		return dir
	}
	if dir := path.Dir(file); p.t.Has(path.Join(dir, "Dockerfile")) {
		return dir
	}
	return ""
}

// codeAbove is the directory of the code that a platform's file is about: its own where that holds code or anything but
// settings, else the nearest above with code. It is "" where there is none.
func (p *platform) codeAbove(file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if p.hasCode(dir) {
			return dir
		}
		if dir == "." || !p.settingsOnly(dir) {
			return ""
		}
	}
}

func (p *platform) hasCode(dir string) bool {
	for _, m := range manifests {
		if p.t.Has(path.Join(dir, m)) {
			return true
		}
	}
	if dir != "." && p.t.Has(path.Join(dir, "Dockerfile")) {
		return true
	}
	for _, f := range p.t.Below(dir) {
		if path.Dir(f) == dir && (scan.DotnetProject.MatchString(f) || strings.HasSuffix(f, ".gemspec") || strings.HasSuffix(f, ".sln")) {
			return true
		}
	}
	return false
}

var settingsFile = scan.MustCompile(`(?i)\.(ya?ml|json|toml|env|md|sh|txt|tmpl|tpl|erb|j2|cfg|ini|properties)$|(^|/)(\.[^/]+|README[^/]*|Makefile)$`)

// settingsOnly says whether a directory holds nothing but settings and scripts.
func (p *platform) settingsOnly(dir string) bool {
	for _, f := range p.t.Below(dir) {
		if path.Dir(f) == dir && !settingsFile.MatchString(f) {
			return false
		}
	}
	return true
}

// documents are the YAML documents of a file, JSON's included, or the one of a file of TOML. What can't be read becomes a
// note.
func documents(p, text string, r *scan.Report) []*yaml.Node {
	if strings.HasSuffix(p, ".toml") {
		doc, err := tomlDocument(text)
		if err != nil {
			r.Note(p, 0, "not understood as TOML: %v", err)
			return nil
		}
		return []*yaml.Node{doc}
	}
	if strings.HasSuffix(p, ".json") || strings.HasPrefix(text, "{") {
		text = strings.ReplaceAll(text, "\t", " ")
	}
	var all []*yaml.Node
	for dec := yaml.NewDecoder(bytes.NewReader([]byte(text))); len(all) < maxDocuments; {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			noteYAML(p, err, r)
			break
		}
		if len(doc.Content) > 0 {
			all = append(all, doc.Content[0])
		}
	}
	return all
}

// maxDocuments bounds the documents of one file.
const maxDocuments = 500

// scalar is the text of a value, "" for a mapping or list.
func scalar(n *yaml.Node) string {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// at is the value below a path of keys, nil for none.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n = child(n, key); n == nil {
			return nil
		}
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// items are the elements of a list, the one of a single value.
func items(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.AliasNode:
		return items(n.Alias)
	case n.Kind == yaml.SequenceNode:
		return n.Content
	}
	return []*yaml.Node{n}
}

// pair is one key of a mapping with its value.
type pair struct{ key, value *yaml.Node }

// pairs are the keys of a mapping with their values in their order, what it takes over with << included.
func pairs(n *yaml.Node) []pair { return pairsWithin(n, 0) }

func pairsWithin(n *yaml.Node, depth int) []pair {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || n.Kind != yaml.MappingNode || depth > 5 {
		return nil
	}
	var list []pair
	have := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "<<" {
			list = append(list, pair{n.Content[i], n.Content[i+1]})
			have[n.Content[i].Value] = true
		}
	}
	for i := 0; i+1 < len(n.Content) && len(list) < 10_000; i += 2 {
		if n.Content[i].Value != "<<" {
			continue
		}
		for _, base := range items(n.Content[i+1]) {
			for _, inherited := range pairsWithin(base, depth+1) {
				if !have[inherited.key.Value] {
					have[inherited.key.Value] = true
					list = append(list, inherited)
				}
			}
		}
	}
	return list
}

// words are a command that stands as a list or as one line.
func commandLine(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	list := items(n)
	if len(list) == 1 {
		return scalar(list[0])
	}
	var line []string
	for _, item := range list {
		line = append(line, scalar(item))
	}
	return strings.Join(line, " && ")
}

// productionFirst orders the files of several environments: production's, those of none, the others.
func productionFirst(paths []string) []string {
	sorted := slices.Clone(paths)
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(placeRank(a), placeRank(b)) })
	return sorted
}

// placeRank is 0 for the name or path of what is production's, 1 where it speaks of no place, more for the others.
func placeRank(name string) int {
	words := joinedPlaces.Replace(strings.ToLower(strings.TrimSuffix(name, path.Ext(name))))
	switch {
	case testWord.MatchString(path.Base(words)):
		return 3
	case productionWord.MatchString(path.Base(words)) || productionWord.MatchString(path.Base(path.Dir(words))):
		return 0
	case otherEnvironment.MatchString(words):
		return 2
	case productionDir.MatchString(words):
		return 0
	}
	return 1
}

// productionDir is a directory further up that is production's: prod/uwsgi/uwsgi.ini beside beta/uwsgi/uwsgi.ini.
var productionDir = scan.MustCompile(`(^|/)prod(uction)?/`)

var otherEnvironment = scan.MustCompile(`(?i)(^|[/._-])(dev|devel|development|local|stage|staging|pre-?prod|pre-?production|non-?prod|sandbox|demo|preview|qa|uat|aat|ithc|perftest|test|review)($|[/._-])`)

// bindings lead from a word in the name of an add-on or a bound service to the kind of need.
var bindings = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "psql": "postgres", "elephantsql": "postgres", "timescale": "postgres", "mysql": "mysql", "cleardb": "mysql", "jawsdb": "mysql",
	"mariadb": "mariadb", "maria": "mariadb", "redis": "redis", "rediscloud": "redis", "redistogo": "redis", "redisgreen": "redis", "openredis": "redis", "valkey": "redis",
	"mongo": "mongodb", "mongodb": "mongodb", "mongolab": "mongodb", "mlab": "mongodb", "mongohq": "mongodb", "ormongo": "mongodb", "rabbitmq": "rabbitmq", "rabbit": "rabbitmq", "cloudamqp": "rabbitmq", "bigwig": "rabbitmq",
	"memcachier": "memcached", "memcachedcloud": "memcached", "memcached": "memcached", "memcache": "memcached", "elasticsearch": "elasticsearch", "opensearch": "elasticsearch", "bonsai": "elasticsearch", "searchbox": "elasticsearch",
	"foundelasticsearch": "elasticsearch", "websolr": "solr", "solr": "solr", "kafka": "kafka", "cloudkarafka": "kafka", "sendgrid": "smtp", "mailgun": "smtp", "postmark": "smtp", "mandrill": "smtp", "smtp": "smtp",
	"bucketeer": "s3", "cloudcube": "s3", "s3": "s3", "minio": "s3", "graphenedb": "neo4j", "neo4j": "neo4j", "influxdb": "influxdb", "cassandra": "cassandra", "sqlserver": "mssql", "mssql": "mssql",
}

// bindingKind is the kind of need that the name of an add-on or of a bound service speaks of, "" for none.
func bindingKind(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), ":")
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && !(r >= '0' && r <= '9') }) {
		if kind := bindings[w]; kind != "" {
			return kind
		}
		if kind := bindings[strings.TrimRight(w, "0123456789")]; kind != "" {
			return kind
		}
	}
	return ""
}

// versionText is a version as it stands in a value: 16, "14.1"; "" for latest and names.
func versionText(v string) string {
	if m := leadingVersion.FindStringSubmatch(strings.TrimSpace(v)); m != nil {
		return m[1]
	}
	return ""
}

func portText(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || !validPort(n) {
		return 0
	}
	return n
}

// readDocuments reads the files that a platform's reader wants, production's first, and hands each document with a mapping
// at its top to see.
func (p *platform) readDocuments(paths []string, see func(file string, doc *yaml.Node)) {
	for _, file := range productionFirst(paths) {
		text, err := p.t.Read(file)
		if err != nil {
			p.r.Note(file, 0, "%v", err)
			continue
		}
		for _, doc := range documents(file, string(text), p.r) {
			if doc.Kind == yaml.MappingNode {
				see(file, doc)
			}
		}
	}
}
