package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Rust reads Cargo packages: the programs that serve, the port that they bind and what they call.
func Rust() scan.Reader {
	return scan.Reader{Name: "rust", Wants: rustFile.MatchString, Read: readRust}
}

var rustFile = scan.MustCompile(`(^|/)(Cargo\.toml|Cargo\.lock|rust-toolchain(\.toml)?|Rocket\.toml)$|\.rs$`)

// rustPackage is one Cargo.toml with a package.
type rustPackage struct {
	t         *scan.Tree
	r         *scan.Report
	dir, file string
	home      string // its own directory; dir may become that of the workspace
	name      string
	run       string // default-run
	alone     bool   // not known to serve
	worker    bool   // runs on without serving
	version   javaValue
	deps      []dependency          // version holds the whole entry: the features matter
	shared    map[string]dependency // of the workspace whose root this is
	bins      []string
	binSource map[string]string // their sources, where Cargo.toml names them
	binary    string            // the one that serves
	sources   []string
	inf       *inference
}

func readRust(t *scan.Tree, paths []string, r *scan.Report) {
	byDir, dirs := map[string]*rustPackage{}, map[string]bool{}
	workspaces, versions, shared := map[string]bool{}, map[string]javaValue{}, map[string]map[string]dependency{}
	for _, p := range paths {
		if path.Base(p) == "Cargo.toml" {
			text := t.Text(p, r)
			pkg := readCargo(p, text)
			pkg.t, pkg.r = t, r
			if strings.Contains(text, "[workspace]") {
				workspaces[pkg.dir], versions[pkg.dir], shared[pkg.dir] = true, pkg.version, pkg.shared
			}
			if pkg.name != "" {
				byDir[pkg.dir], dirs[pkg.dir] = pkg, true
			}
		}
	}
	for _, pkg := range byDir {
		root := owner(workspaces, path.Join(pkg.dir, "x"))
		pkg.inherit(root, shared[root])
	}
	for _, p := range paths {
		if pkg := byDir[owner(dirs, p)]; pkg != nil && path.Ext(p) == ".rs" && !strings.HasPrefix(relative(pkg.dir, p), "examples/") {
			pkg.sources = append(pkg.sources, p)
		}
	}
	services := rustServices(t, r, dirs, byDir)
	inWorkspace := map[string]int{}
	for _, pkg := range services {
		inWorkspace[owner(workspaces, path.Join(pkg.dir, "x"))]++
	}
	for _, pkg := range services {
		pkg.join(byDir)
		root := owner(workspaces, path.Join(pkg.dir, "x"))
		if pkg.version.text == "" {
			pkg.version = versions[root]
		}
		if root != "" && root != pkg.dir && inWorkspace[root] == 1 {
			r.Find(scan.Finding{Dir: pkg.dir, Library: true}, pkg.file, 1, scan.Declared, "built from the directory of the workspace")
			pkg.dir = root
		} else if root != "" && root != pkg.dir {
			r.Note(pkg.file, 1, "a package of the workspace in %s: an image of it has to be built from there (cargo build --release --package %s)", root, pkg.name)
		}
		before := len(r.Findings)
		pkg.report()
		if pkg.alone {
			standAlone(r, before)
		}
	}
}

// program is the binary that serves: the one that cargo runs by default, or the only one.
func (p *rustPackage) program() string {
	if p.run != "" {
		return p.run
	}
	if len(p.bins) > 0 {
		if server := p.server(); server != "" { // src/main.rs is a program beside those that Cargo.toml names
			return server
		}
		return p.bins[0]
	}
	if p.t.Has(path.Join(p.dir, "src/main.rs")) {
		return p.name
	}
	if server := p.server(); server != "" {
		return server
	}
	for _, f := range p.sources {
		if rel := relative(p.dir, f); strings.HasPrefix(rel, "src/bin/") {
			return strings.TrimSuffix(strings.Split(rel, "/")[2], ".rs")
		}
	}
	return ""
}

// rustServers are crates that make a program a server, with the port that they have by themselves.
var rustServers = []struct {
	dep  string
	port int
}{{"rocket", 8000}, {"actix-web", 0}, {"axum", 0}, {"warp", 0}, {"poem", 0}, {"salvo", 0}, {"tide", 0}, {"gotham", 0}, {"iron", 0}, {"nickel", 0}, {"tonic", 0}, {"ntex", 0}, {"hyper", 0}, {"tiny_http", 0}}

func (p *rustPackage) framework() dependency {
	for _, s := range rustServers {
		for _, d := range p.deps {
			if d.name == s.dep {
				return d
			}
		}
	}
	return dependency{}
}

var rustListens = scan.MustCompile(`\b(TcpListener|UdpSocket|UnixListener)::bind\(`)

// serves says whether the program answers requests: by a crate that is made for it, or with sockets of its own.
func (p *rustPackage) serves() bool {
	if p.framework().name != "" {
		return true
	}
	for _, f := range p.sources {
		if data, err := p.t.Read(f); err == nil && rustListens.MatchString(string(data)) && !strings.Contains("/"+f, "/tests/") {
			return true
		}
	}
	return false
}

func (p *rustPackage) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, max(line, 1), rank, why)
}

var rustRelease = scan.MustCompile(`^\d+\.\d+(?:\.\d+)?`)

var rustChannel = scan.MustCompile(`(?m)^\s*(?:channel\s*=\s*)?"?(\d+\.\d+(?:\.\d+)?)"?\s*$`)

func (p *rustPackage) report() {
	p.find(service.Service{Language: "rust"}, p.file, 1, scan.Declared, "")
	for _, name := range []string{"rust-toolchain.toml", "rust-toolchain"} {
		if f := path.Join(p.dir, name); p.t.Has(f) {
			for _, m := range scan.Find(p.t.Text(f, p.r), rustChannel) {
				p.version = javaValue{m.Groups[1], f, m.Line}
			}
		}
	}
	switch {
	case p.version.text == "":
	case path.Base(p.version.file) == "Cargo.toml":
		p.find(service.Service{Version: p.version.text}, p.version.file, p.version.line, scan.Guess, "the oldest that it builds with")
	default:
		p.find(service.Service{Version: p.version.text}, p.version.file, p.version.line, scan.Declared, "")
	}
	framework := p.framework()
	if framework.name == "" {
		framework.file, framework.line = p.file, 1
	}
	p.find(service.Service{Framework: framework.name}, framework.file, framework.line, scan.Declared, "")
	if p.dir == "." {
		p.r.Find(scan.Finding{Dir: ".", App: &service.App{Name: p.name}}, p.file, 1, scan.Convention, "")
	}
	p.reportBuild()
	rank, note := scan.Convention, "the binary that cargo build makes"
	if p.alone {
		rank, note = scan.Guess, "the program of the package; nothing says that it serves"
	}
	p.find(service.Service{Command: []string{"/app/" + p.binary}}, p.file, 1, rank, note)
	p.beside()
	p.reportSettings(framework)
}

// rustNative are crates that want libraries of the system.
var rustNative = map[string][2]string{"openssl": {"libssl-dev", "libssl3"}, "native-tls": {"libssl-dev", "libssl3"}, "pq-sys": {"libpq-dev", "libpq5"}, "mysqlclient-sys": {"default-libmysqlclient-dev", "libmariadb3"}}

func (p *rustPackage) reportBuild() {
	b := &service.Build{Tool: "cargo", Artifact: p.binary}
	for _, name := range []string{"Cargo.toml", "Cargo.lock", "Rocket.toml"} {
		if p.t.Has(path.Join(p.dir, name)) {
			b.Files = append(b.Files, name)
		}
	}
	for _, name := range []string{"templates", "static", "public", "migrations"} { // what such programs read at run time
		if len(p.t.Below(path.Join(p.dir, name))) > 0 {
			b.Files = append(b.Files, name)
		}
	}
	add := func(n [2]string) {
		if !listed(b.Packages, n[0]) {
			b.Packages, b.Runtime = append(b.Packages, n[0]), append(b.Runtime, n[1])
		}
	}
	for _, d := range p.deps {
		if n, ok := rustNative[d.name]; ok {
			add(n)
		}
		if d.name == "diesel" && strings.Contains(d.version, "postgres") {
			add(rustNative["pq-sys"])
		}
		if d.name == "diesel" && strings.Contains(d.version, "mysql") {
			add(rustNative["mysqlclient-sys"])
		}
	}
	p.find(service.Service{Build: b}, p.file, 1, scan.Declared, "")
}

var rustDrivers = map[string]string{"tokio-postgres": "postgres", "postgres": "postgres", "diesel-async": "", "deadpool-postgres": "postgres", "mysql": "mysql", "mysql_async": "mysql", "tiberius": "mssql", "mongodb": "mongodb", "redis": "redis", "fred": "redis", "deadpool-redis": "redis", "bb8-redis": "redis",
	"lapin": "rabbitmq", "rdkafka": "kafka", "async-nats": "nats", "rumqttc": "mqtt", "paho-mqtt": "mqtt", "nats": "nats", "elasticsearch": "elasticsearch", "memcache": "memcached", "lettre": "smtp", "aws-sdk-s3": "s3", "rusoto_s3": "s3", "rust-s3": "s3", "ldap3": "ldap", "scylla": "cassandra", "neo4rs": "neo4j", "cadence": "statsd"}

var (
	rustEnv   = scan.MustCompile(`\b(?:env::var(?:_os)?|(?:\w+::)?var(?:_parsed)?|\w+_var(?:_\w+)?|(?:\w+_)?env(?:_\w+)?)(?:::<[\w:<>]+>)?\(\s*"([A-Z][A-Z0-9_]+)"\s*[,)](?:\s*\.unwrap_or(?:_else)?\(\s*(?:\|_\w*\|\s*)?"([^"\n]*)")?|\benv\s*=\s*"([A-Z][A-Z0-9_]+)"(?:\s*,\s*default_value(?:_t)?\s*=\s*"?([^"\n,)]*))?`)
	rustBind  = scan.MustCompile(`\bbind\(\s*&?\(?\s*"([\w.:\[\]]*?)"?(?:"\s*,\s*|:)(\d{2,5})|SocketAddr(?:V4)?::from\(\(\[([\d, ]+)\],\s*(\d{2,5})|\.run\(\(\[([\d, ]+)\],\s*(\d{2,5})|default_value\s*=\s*"([\d.:\[\]]+):(\d{2,5})"|Ipv[46]Addr::new\(([\d, ]+)\)\),\s*(\d{2,5})\)`)
	rustRoute = scan.MustCompile(`\.(?:route|at|service|nest|path)\(\s*(?:web::resource\(\s*)?"(/[\w/.-]+)"|#\[get\("(/[\w/.-]+)"|warp::path!?\(\s*"([\w-]+)"|\bpath(?:\(\))?\s*==\s*"(/[\w/.-]+)"|\bconst\s+\w*PATH\s*:\s*&(?:'static\s+)?str\s*=\s*"(/[\w/.-]+)"`)
	rocketTab = scan.MustCompile(`(?m)^\s*port\s*=\s*(\d{2,5})`)
)

// reportSettings reports the port, the needs and the variables.
func (p *rustPackage) reportSettings(framework dependency) {
	p.inf = &inference{r: p.r, dir: p.dir, claimed: map[string]bool{}}
	drivers := p.drivers()
	port := false
	var routes []route
	for _, f := range p.sources {
		text := p.t.Text(f, p.r)
		for _, m := range scan.Find(text, rustEnv) {
			p.variable(m.Groups[1]+m.Groups[3], m.Groups[2]+m.Groups[4], f, m.Line)
		}
		port = p.layered(f, text) || port
		if !port && hasAny(text, "bind(", "SocketAddr", ".run((", "default_value") {
			port = p.binds(f, text)
		}
		if !port && !p.worker && strings.Contains(text, "default") {
			port = p.byDefault(f, text)
		}
		for _, m := range scan.Find(text, rustRoute) {
			routes = append(routes, route{path: "/" + strings.TrimPrefix(strings.Join(m.Groups[1:], ""), "/"), file: f, line: m.Line})
		}
	}
	port = port || p.fromFile()
	switch {
	case framework.name == "rocket":
		p.reportRocket(framework, port)
	case !port && !p.alone && !p.worker:
		p.find(service.Service{Port: 8080}, framework.file, framework.line, scan.Guess, "nothing says which port it binds")
	}
	findHealth(p.r, p.dir, routes)
	p.inf.drivers(drivers, nil)
	p.inf.report()
	p.inf.reportVariables()
}

// drivers are the crates that talk to something, by its kind.
func (p *rustPackage) drivers() map[string]dependency {
	drivers := map[string]dependency{}
	for _, d := range p.deps {
		kind := rustDrivers[d.name]
		if d.name == "sqlx" || d.name == "diesel" || d.name == "sea-orm" {
			kind = kindOfEngine(d.version)
		}
		if kind == "sqlite" {
			p.r.Note(d.file, d.line, "the database is a file (SQLite): it wants a volume and allows one replica")
			kind = ""
		}
		if _, known := drivers[kind]; kind != "" && !known {
			drivers[kind] = d
		}
		if sqlKinds[kind] {
			p.inf.sql = kind
		}
	}
	return drivers
}

// binds reports the first port that a file binds.
func (p *rustPackage) binds(file, text string) bool {
	for _, m := range scan.Find(text, rustBind) {
		n := (value{kind: valString, text: m.Groups[2] + m.Groups[4] + m.Groups[6] + m.Groups[8] + m.Groups[10]}).number()
		if n == 0 {
			continue
		}
		p.find(service.Service{Port: n}, file, m.Line, scan.Declared, "")
		host := strings.ReplaceAll(strings.ReplaceAll(m.Groups[1]+m.Groups[3]+m.Groups[5]+m.Groups[7]+m.Groups[9], " ", ""), ",", ".")
		if host != "" && host != "0.0.0.0" && scan.LocalHost(host) {
			p.r.Note(file, m.Line, "listens on %s only: in a container nobody reaches it; bind 0.0.0.0", host)
		}
		return true
	}
	return false
}

// reportRocket reports what Rocket does by itself, or by its own file.
func (p *rustPackage) reportRocket(framework dependency, port bool) {
	p.find(service.Service{Env: map[string]string{"ROCKET_ADDRESS": "0.0.0.0"}}, framework.file, framework.line, scan.Convention, "Rocket listens on 127.0.0.1 unless it is told")
	f := path.Join(p.dir, "Rocket.toml")
	if found := scan.Find(p.rocketFile(f), rocketTab); len(found) > 0 && !port {
		if n := (value{kind: valString, text: found[0].Groups[1]}).number(); n > 0 {
			p.find(service.Service{Port: n}, f, found[0].Line, scan.Declared, "")
		}
	}
	p.find(service.Service{Port: 8000}, framework.file, framework.line, scan.Convention, "Rocket's port")
}

func (p *rustPackage) rocketFile(f string) string {
	if !p.t.Has(f) {
		return ""
	}
	return p.t.Text(f, p.r)
}

func (p *rustPackage) variable(name, fallback, file string, line int) {
	if n, ok := scan.NeedOfURL(fallback); ok && n.Kind != "http" {
		p.inf.url(name, value{kind: valEither, line: line, items: []value{{kind: valName, text: "process.env." + name, line: line}, {kind: valString, text: fallback, line: line}}}, file, "")
	}
	if !strings.HasPrefix(name, "CARGO_") && !strings.HasPrefix(name, "RUST_") && name != "OUT_DIR" {
		p.inf.vars = append(p.inf.vars, readVariable{name, fallback, file, line})
	}
}
