package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Cpp reads daemons in C and C++ that CMake, Meson, autotools, SCons or make build. Only a program whose sources listen counts.
func Cpp() scan.Reader {
	return scan.Reader{Name: "cpp", Wants: func(p string) bool { return cppFile.MatchString(p) || cppSettings.MatchString(p) }, Read: readCpp}
}

var (
	cppFile      = scan.MustCompile(`(^|/)(CMakeLists\.txt|configure(\.(ac|in))?|Makefile(\.in)?|[\w-]+\.am|meson\.build|SConstruct|SConscript)$|\.(c|cc|cpp|cxx|h|hpp)$`)
	cppSettings  = scan.MustCompile(`\.(conf|cfg|ini)([.-]\w+)?$|\bconf\w*\.xml$|\w[.-]\w+\.(example|sample|default|dist)$|(^|/)(conf|config|etc)/[^/]+\.ya?ml$`)
	cppListen    = scan.MustCompile(`\b(?:listen|evhttp_bind_socket|evconnlistener_new_bind|uv_listen|mg_http_listen|MHD_start_daemon|http_server_run|crow::SimpleApp|grpc::ServerBuilder|ServerSocket)\s*[(;]|tcp::acceptor|httplib::Server|http_listener|drogon::app\(\)|Pistache::`)
	cppPort      = scan.MustCompile(`htons\(\s*(\d{2,5})\s*\)|\bhttp_port\s*=\s*(\d{2,5})\s*;|#\s*define\s+(?:\w*PORT\w*|[Pp]ort\w*|\w*Port)\s+\(?"?(\d{2,5})\b|\.port\(\s*(\d{2,5})\s*\)|addListener\(\s*"[\d.]+"\s*,\s*(\d{2,5})|\b[Dd](?:EFAULT|efault)_?\w*P(?:ORTS?|orts?)(?:\[\])?\s*=\s*\{?"?(\d{2,5})\b|settings\.port\s*=\s*(\d{2,5})|\b(?:listen|server|daemon|bind|own|my)_port\s*=\s*(\d{2,5})\s*;|\.listen\(\s*"[\d.]+"\s*,\s*(\d{2,5})|"(?:(?:http|server|listen|bind)[._-])?port(?:,\w)?"\s*,\s*(?:\w+::)*value<[^>]{1,40}>\([^)]{0,60}\)\s*->\s*default_value\(\s*(\d{2,5})`)
	cmakeExe     = scan.MustCompile(`(?i)\b\w*add_executable\s*\(\s*([\w.-]+|\$\{(?:CMAKE_)?PROJECT_NAME\})`)
	cmakeName    = scan.MustCompile(`(?i)\bproject\s*\(\s*([\w.-]+)`)
	cmakeProject = scan.MustCompile(`\$\{(?:CMAKE_)?PROJECT_NAME\}`)
	automake     = scan.MustCompile(`(?m)^\s*(?:s?bin|libexec)_PROGRAMS[ \t]*\+?=[ \t]*(?:[\w-]+/)*([\w-]+)`)
	sconsExe     = scan.MustCompile(`\bProgram\s*\(\s*(?:target\s*=\s*)?["'](?:[\w-]+/)*([\w-]+)["']`)
	mesonExe     = scan.MustCompile(`\bexecutable\s*\(\s*['"]([\w.-]+)`)
	cppTests     = scan.MustCompile(`(?i)(test|bench|example|fuzz|sample|tool|client|util)`)
	cppAside     = scan.MustCompile(`(?i)(^|/)(tests?|bench\w*|examples?|fuzz\w*|samples?|tools?|util\w*)/`)
	cppVendored  = scan.MustCompile(`(?i)(^|/)(deps|vendor|third[_-]?party|3rd[_-]?party|extern(al)?s?)/`)
	cppGetenv    = scan.MustCompile(`\bgetenv\(\s*"(\w+)"\s*\)`)
)

// cppListenWords are words without which cppListen finds nothing.
var cppListenWords = []string{"listen", "evhttp_", "MHD_start_daemon", "http_server_run", "crow::", "grpc::ServerBuilder", "ServerSocket", "tcp::acceptor", "httplib::", "drogon::", "Pistache::"}

// cppPages are words of code that answers HTTP, or leaves that to a library.
var cppPages = []string{"HTTP/1.", "evhttp_", "mg_http", "MHD_", "http_server_run", "httplib::", "http_listener", "http_parser", "llhttp", "nghttp2", "beast::http", "crow::", "drogon::", "Pistache::", "lws_", "FCGX_", "onion_", "soup_server", "uwsc", "restbed", "oatpp", "Wt::", "QHttp", "HTTPServer", "Poco/Net/HTTP", "uWS::"}

// cppNumber is a port with the line of code that it stands in.
type cppNumber struct {
	javaValue
	code string
}

// ownPort is the port of several that is the program's own by its name: GEARMAN_DEFAULT_PORT before DEFAULT_PORT before any.
func ownPort(ports []cppNumber, program string) javaValue {
	stem := strings.TrimSuffix(strings.ToLower(program), "d")
	var best javaValue
	most := -1
	for _, p := range ports {
		score, code := 0, strings.ToLower(p.code)
		if strings.Contains(code, "default") {
			score++
		}
		if stem != "" && strings.Contains(code, stem) {
			score++
		}
		if score > most {
			best, most = p.javaValue, score
		}
	}
	return best
}

// firstPort is the first port in a source. The lines that can hold one are few, and the expression is slow on whole files.
func firstPort(file, text string) cppNumber {
	for at, line := 0, 1; at < len(text); line++ {
		end := at + strings.IndexByte(text[at:], '\n')
		if end < at {
			end = len(text)
		}
		if said := text[at:end]; len(said) < 1000 && hasAny(said, "htons(", "PORT", "Port", "port", "addListener(", ".listen(") && strings.ContainsAny(said, "0123456789") {
			if m := cppPort.FindStringSubmatch(said); m != nil {
				return cppNumber{javaValue{strings.Join(m[1:], ""), file, line}, said}
			}
		}
		at = end + 1
	}
	return cppNumber{}
}

// cppLibraries lead from what a build asks for to Debian's packages, and to what they talk to.
var cppLibraries = []struct {
	asks     *scan.Pattern
	kind     string
	dev, lib string
}{
	{scan.MustCompile(`(?i)\blibpq\b|find_package\(\s*PostgreSQL|\[pq\]`), "postgres", "libpq-dev", "libpq5"},
	{scan.MustCompile(`(?i)mysqlclient|libmariadb|find_package\(\s*MySQL`), "mysql", "default-libmysqlclient-dev", "libmariadb3"},
	{scan.MustCompile(`(?i)\bhiredis\b`), "redis", "libhiredis-dev", "libhiredis0.14"},
	{scan.MustCompile(`(?i)\blibmemcached\b`), "memcached", "libmemcached-dev", "libmemcached11"},
	{scan.MustCompile(`(?i)\brdkafka\b`), "kafka", "librdkafka-dev", "librdkafka1"},
	{scan.MustCompile(`(?i)\brabbitmq\b|librabbitmq`), "rabbitmq", "librabbitmq-dev", "librabbitmq4"},
	{scan.MustCompile(`(?i)\blibevent\b|\[event\]|-levent\b`), "", "libevent-dev", "libevent-2.1-7"},
	{scan.MustCompile(`(?i)find_package\(\s*OpenSSL|openssl/ssl|\[ssl\]`), "", "libssl-dev", "libssl3"},
	{scan.MustCompile(`(?i)find_package\(\s*CURL|\blibcurl\b`), "", "libcurl4-openssl-dev", "libcurl4"},
	{scan.MustCompile(`(?i)find_package\(\s*ZLIB|\[z\]`), "", "zlib1g-dev", "zlib1g"},
	{scan.MustCompile(`(?i)\blibarchive\b|\[archive\]`), "", "libarchive-dev", "libarchive13"},
	{scan.MustCompile(`(?i)\blibzstd\b|\[zstd\]`), "", "libzstd-dev", "libzstd1"},
	{scan.MustCompile(`(?i)\blzo2\b`), "", "liblzo2-dev", "liblzo2-2"},
	{scan.MustCompile(`(?i)\blibcap-ng\b|\[cap-ng\]`), "", "libcap-ng-dev", "libcap-ng0"},
	{scan.MustCompile(`(?i)find_package\(\s*Boost`), "", "libboost-all-dev", ""},
}

func readCpp(t *scan.Tree, paths []string, r *scan.Report) {
	tops := map[string]string{}
	for _, base := range []string{"CMakeLists.txt", "configure.ac", "configure.in", "meson.build", "configure", "SConstruct", "Makefile"} {
		if base == "Makefile" && len(tops) > 0 {
			break // every project has one, for whatever
		}
		for _, p := range paths {
			if path.Base(p) == base && (base != "configure" || t.Has(path.Join(path.Dir(p), "Makefile.in"))) {
				if dir := path.Dir(p); tops[dir] == "" {
					tops[dir] = p
				}
			}
		}
	}
	if _, known := tops["."]; !known && t.Has("Makefile") && len(linkedBy(t.Text("Makefile", r))) > 0 {
		tops["."] = "Makefile" // of code whose other build file stands aside, in build/
	}
	dirs := make([]string, 0, len(tops))
	for dir := range tops {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	for _, dir := range dirs {
		nested := false
		for up := path.Dir(dir); dir != "." && !nested; up = path.Dir(up) {
			nested = tops[up] != ""
			if up == "." {
				break
			}
		}
		if !nested {
			c := &cppProject{t: t, r: r, dir: dir, file: tops[dir]}
			c.read(paths)
		}
	}
}

// cppExt leads from the ending of a source to its language.
var cppExt = map[string]string{".c": "c", ".h": "c", ".hpp": "cpp", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp"}

// buildFile says whether a file of this name tells what the project's tool builds.
func (c *cppProject) buildFile(base string) bool {
	switch top := path.Base(c.file); top {
	case "CMakeLists.txt", "meson.build":
		return base == top
	case "configure.ac", "configure.in":
		return path.Ext(base) == ".am" || base == "Makefile.in" || base == "Makefile" // one .am includes others
	case "SConstruct":
		return base == top || base == "SConscript"
	case "configure":
		return base == "Makefile.in"
	}
	return base == "Makefile"
}

// cppProject is what one build makes.
type cppProject struct {
	t         *scan.Tree
	r         *scan.Report
	dir, file string
	inf       *inference
}

func (c *cppProject) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	c.r.Find(scan.Finding{Dir: c.dir, Service: s}, file, max(line, 1), rank, why)
}

func (c *cppProject) read(paths []string) {
	var listens, program javaValue
	foreground := map[string]javaValue{}
	var daemons []javaValue
	var ports []cppNumber
	var vars []readVariable
	language, pages := "c", false
	for _, p := range paths {
		if c.dir != "." && !strings.HasPrefix(p, c.dir+"/") {
			continue
		}
		text := c.t.Text(p, c.r)
		pages = pages || cppExt[path.Ext(p)] != "" && hasAny(text, cppPages...) // whatever the file is called: src/utils/http.cpp
		switch base := path.Base(p); {
		case c.buildFile(base) && cppAside.MatchString(relative(c.dir, p)):
		case c.buildFile(base):
			program = c.program(program, p, text)
			daemons = append(daemons, installedDaemons(p, text)...)
		case cppExt[path.Ext(p)] == "": // of another build tool
		case !cppTests.MatchString(relative(c.dir, p)) && !cppVendored.MatchString(relative(c.dir, p)):
			if cppExt[path.Ext(p)] == "cpp" {
				language = "cpp"
			}
			if listens.file == "" && path.Ext(p) != ".h" && hasAny(text, cppListenWords...) {
				if line := scan.LineOf(text, cppListen); line > 0 {
					listens = javaValue{"it listens", p, line}
				}
			}
			for _, m := range scan.Foreground(text) {
				foreground[m.Groups[1]] = javaValue{m.Groups[1], p, m.Line}
			}
			if n := firstPort(p, text); n.file != "" {
				ports = append(ports, n)
			}
			if hasAny(text, "getenv(") {
				for _, m := range scan.Find(text, cppGetenv) {
					vars = append(vars, readVariable{m.Groups[1], "", p, m.Line})
				}
			}
		}
	}
	if program.text == "" {
		return // a library, or a part of code in another language
	}
	before := len(c.r.Findings)
	if listens.file == "" {
		listens = javaValue{"", c.file, 1}
		defer func() { standAlone(c.r, before) }()
	}
	c.find(service.Service{Language: language}, listens.file, listens.line, scan.Declared, listens.text)
	if listens.text != "" && !pages {
		c.find(service.Service{Protocol: service.SpeaksTCP}, listens.file, listens.line, scan.Convention, "it listens, and nothing in its code speaks HTTP")
	}
	place := "/usr/local/bin/"
	if slices.ContainsFunc(daemons, func(d javaValue) bool { return d.text == program.text }) {
		place = "/usr/local/sbin/"
	}
	c.starts(place+program.text, program, foreground)
	for _, d := range daemons {
		if d.text != program.text {
			c.r.Find(scan.Finding{Dir: c.dir, Process: strings.ToLower(d.text), Service: service.Service{Command: []string{"/usr/local/sbin/" + d.text}}}, d.file, d.line, scan.Convention, "another daemon that the build installs; its own options for the foreground are not known")
		}
	}
	port := ownPort(ports, program.text)
	// The code names the ports of protocols and of others, too: an example of the configuration says more.
	if n := (value{kind: valString, text: port.text}).number(); !c.configured(program.text, paths) && n > 0 {
		c.find(service.Service{Port: n}, port.file, port.line, scan.Convention, "a port in the code")
	}
	c.inf = &inference{r: c.r, dir: c.dir, claimed: map[string]bool{}, vars: vars}
	c.reportBuild(program.text)
	c.inf.report()
	c.inf.reportVariables()
	fileSecrets(c.t, c.r, c.dir, func(base string) bool { return calledLike(base, program.text) }, "getenv(%q)")
}

// program is the first that is installed and not a test, preferring one that is called like the project or a daemon.
func (c *cppProject) program(have javaValue, p, text string) javaValue {
	project := ""
	for _, said := range []string{c.t.Text(c.file, c.r), text} { // the nearest project's name, the whole's where that has none
		if m := cmakeName.FindStringSubmatch(said); m != nil {
			project = m[1]
		}
	}
	var found []scan.Match
	switch path.Base(p) {
	case "CMakeLists.txt":
		found = scan.Find(text, cmakeExe)
	case "meson.build":
		found = scan.Find(text, mesonExe)
	case "SConstruct", "SConscript":
		found = scan.Find(text, sconsExe)
	default:
		if found = linkedBy(text); path.Ext(p) == ".am" || path.Base(p) == "Makefile" && automake.MatchString(text) {
			found = scan.Find(text, automake)
		}
	}
	for _, m := range found {
		name := cmakeProject.ReplaceAllString(m.Groups[1], project)
		if name == "" || cppTests.MatchString(name) || have.text != "" && !strings.HasSuffix(name, "d") {
			continue
		}
		if have.text == "" || !strings.HasSuffix(have.text, "d") {
			have = javaValue{name, p, m.Line}
		}
	}
	return have
}

// daemonPrograms are what Automake installs into sbin: daemons, and what only an administrator calls.
var daemonPrograms = scan.MustCompile(`(?m)^\s*sbin_PROGRAMS[ \t]*\+?=[ \t]*([\w/ \t-]+)`)

// installedDaemons are the daemons among them, by their names.
func installedDaemons(p, text string) []javaValue {
	if path.Ext(p) != ".am" {
		return nil
	}
	var found []javaValue
	for _, m := range scan.Find(text, daemonPrograms) {
		for _, name := range strings.Fields(m.Groups[1]) {
			if name = path.Base(name); daemonName.MatchString(name) && !cppTests.MatchString(name) {
				found = append(found, javaValue{name, p, m.Line})
			}
		}
	}
	return found
}

// cppTool is the tool by the file that it is told by.
var cppTool = map[string]string{"CMakeLists.txt": "cmake", "meson.build": "meson", "SConstruct": "scons", "Makefile": "make"}

func (c *cppProject) reportBuild(program string) {
	b := &service.Build{Tool: cppTool[path.Base(c.file)], Artifact: program}
	if b.Tool == "" {
		b.Tool = "autotools"
	}
	text := c.t.Text(c.file, c.r)
	for _, l := range cppLibraries {
		line := scan.LineOf(text, l.asks)
		if line == 0 {
			continue
		}
		b.Packages = append(b.Packages, l.dev)
		if l.lib != "" {
			b.Runtime = append(b.Runtime, l.lib)
		}
		if l.kind != "" {
			c.inf.add(scan.Need{Need: service.Need{Kind: l.kind, Port: scan.DefaultPort(l.kind)}}, c.file, line, scan.Guess, "by its library")
		}
	}
	c.find(service.Service{Build: b}, c.file, 1, scan.Declared, "")
}
