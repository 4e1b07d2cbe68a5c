// Package requests reads what people keep HTTP requests in: files of hurl, Postman collections, .http files, lines of curl
// in scripts and documents, descriptions in OpenAPI, HAR files and the access logs of web servers.
//
// It stands before smoke: whatever was written down or happened becomes a list of Requests with what is expected of their
// answers, each with its file and line, and a list of what is left out, with the reason. It sends nothing, and it lets no
// secret through: a value that is one by its name or its looks becomes a variable. Its texts are in the form that files of
// checks have: ${NAME} is a variable, $${ a plain ${.
package requests

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// MaxFile is the size in bytes up to which a file is read. Logs have no limit: see Log.
const MaxFile = 8 << 20

// maxRequests bounds what one file makes.
const maxRequests = 5000

// Request is one HTTP request with what is expected of its answer.
type Request struct {
	File string
	Line int // from 1
	Name string
	// Method in capitals.
	Method string
	// Host is what it was for, with a port perhaps; empty where that is a variable or not said.
	Host string
	// Path begins with / and is escaped; the query stands behind it. {name} in it is one of With.
	Path    string
	With    []Field
	Headers []Field
	Form    []Field // of a body that is a form
	Parts   []Part  // of a body in several parts
	Cookies []Field
	Auth    *Auth
	Body    string
	HasBody bool
	// BodyFile holds the body in its stead, relative to File.
	BodyFile string
	Follow   bool
	Options  []Field // what else a tool is told: http2, compressed, retry, insecure
	Asserts  []Assert
	Capture  []Capture
	// Silent says that nothing is known of the answer.
	Silent bool
	// Secured says that it needs an account that the file does not hold.
	Secured bool
	// Data says that the path holds a value, such as an id, that exists in one copy of the service and not in another, or that
	// the answer is to a search for something.
	Data bool
	// Evidence takes the place of file and line where those say nothing that lasts.
	Evidence string
}

// Field is a name with a value.
type Field struct{ Name, Value string }

// Part is a part of a body: a value, or a file, whose path is relative to the file of the request.
type Part struct{ Name, Value, File, Type string }

// Auth is an account by HTTP's basic authentication.
type Auth struct{ User, Password string }

// Assert is one thing that must be true of the answer.
type Assert struct {
	Line  int
	Query Query
	Op    string // one of the Op constants
	Value any    // string, json.Number, bool, nil, []any, map[string]any; []string for the status, time.Duration for the duration
}

// The operators of asserts. Each but Is, Exists and Empty compares with the value.
const (
	Equal        = "=="
	NotEqual     = "!="
	Less         = "<"
	LessEqual    = "<="
	Greater      = ">"
	GreaterEqual = ">="
	Contains     = "contains"
	NotContains  = "not contains"
	Matches      = "matches"
	NotMatches   = "not matches"
	Exists       = "exists"
	NotExists    = "not exists"
	Is           = "is" // the type that Value names
	NotIs        = "not is"
)

// Query is a part of the answer: of a kind, picked by Arg, led through filters.
type Query struct {
	Kind    string // one of the Of constants
	Arg     string // the name of a header or cookie, a path, a pattern
	Filters []Filter
}

// Filter is one step from a value to another: count, nth 2, regex /x/.
type Filter struct {
	Name string
	Args []any
}

// The kinds of queries.
const (
	OfStatus   = "status"
	OfHeader   = "header"
	OfCookie   = "cookie"
	OfBody     = "body"
	OfJSON     = "jsonpath"
	OfXML      = "xpath"
	OfRegex    = "regex"
	OfDuration = "duration"
	OfBytes    = "bytes"
	OfSHA256   = "sha256"
	OfMD5      = "md5"
	OfURL      = "url"
	OfVersion  = "version"
	OfVariable = "variable"
	// OfCertificate is a field of the server's certificate.
	OfCertificate = "certificate"
	OfRedirects   = "redirects"
	OfOther       = "other" // Arg names it
)

// Capture keeps a part of the answer for later requests of the file.
type Capture struct {
	Line int
	Name string
	Query
}

// Left is something that was not taken over. File is empty where it stands in none.
type Left struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	What   string `json:"what"`
	Reason string `json:"reason"`
}

func (l Left) String() string {
	if l.File == "" {
		return l.What + ": " + l.Reason
	}
	return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.What, l.Reason)
}

// Found is what a file holds.
type Found struct {
	Format   string // "hurl", "Postman collection" ...
	Requests []Request
	Left     []Left
}

// reader is a format.
type reader struct {
	format string
	is     func(name string, text []byte) bool
	read   func(f *file) error
}

// readers in the order in which they are asked: the ones with a sure mark first, scripts last.
func readers() []reader {
	return []reader{
		{"hurl", endsWith(".hurl"), readHurl},
		{"http file", endsWith(".http", ".rest"), readHTTP},
		{"HAR", isHAR, readHAR},
		{"Postman collection", isPostman, readPostman},
		{"OpenAPI", isOpenAPI, readOpenAPI},
		{"curl", isScript, readCurl},
	}
}

func endsWith(endings ...string) func(string, []byte) bool {
	return func(name string, _ []byte) bool {
		for _, e := range endings {
			if strings.HasSuffix(strings.ToLower(name), e) {
				return true
			}
		}
		return false
	}
}

var scriptEnding = pattern.MustCompile(`(?i)\.(sh|bash|zsh|ksh|mk|md|markdown|rst|adoc|asciidoc|txt|cron|crontab|ya?ml)$|(^|/)(Makefile|GNUmakefile|README|crontab)[^/]*$`)

func isScript(name string, text []byte) bool {
	return bytes.Contains(text, []byte("curl")) && (scriptEnding.MatchString(name) || bytes.HasPrefix(text, []byte("#!")))
}

// Read reads a file by what its name and text say it is. name is for evidence. The error says why it is none of these; a
// file that is understood in part is no error.
func Read(name string, text []byte) (Found, error) {
	if len(text) > MaxFile {
		return Found{}, fmt.Errorf("%s: larger than %d MiB", name, MaxFile>>20)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return Found{}, fmt.Errorf("%s: no text", name)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for _, r := range readers() {
		if !r.is(name, text) {
			continue
		}
		f := &file{name: name, text: string(text), vars: variables{known: map[string]string{}, captured: map[string]bool{}}}
		f.found.Format = r.format
		if err := r.read(f); err != nil {
			return Found{}, fmt.Errorf("%s: %w", name, err)
		}
		f.otherHosts()
		return f.found, nil
	}
	return Found{}, fmt.Errorf("%s: no requests are known to be kept in such a file; those of hurl (.hurl), Postman (v2 collections), .http and .rest, OpenAPI and Swagger, HAR, and lines of curl in scripts and documents are read", name)
}

// file is one file while it is read.
type file struct {
	name  string
	text  string
	vars  variables
	found Found
	full  bool // of requests
}

// left notes what is not taken over. No text in it holds a secret.
func (f *file) left(line int, what, format string, args ...any) {
	if len(f.found.Left) >= maxRequests {
		return
	}
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = conceal(arg)
		case error:
			args[i] = conceal(arg.Error())
		}
	}
	f.found.Left = append(f.found.Left, Left{f.name, line, oneLine(conceal(what)), oneLine(fmt.Sprintf(format, args...))})
}

// add takes a request whose URL is raw, with its variables filled in already.
func (f *file) add(r Request, raw string) bool {
	r.File = f.name
	what := r.Method + " " + raw
	if len(f.found.Requests) >= maxRequests {
		if !f.full {
			f.left(r.Line, what, "more than %d requests: this one and the rest are not read", maxRequests)
		}
		f.full = true
		return false
	}
	a, err := splitURL(raw)
	if err != nil {
		f.left(r.Line, what, "%v", err)
		return false
	}
	if !methodName.MatchString(r.Method) {
		f.left(r.Line, what, "%q is no method to use", r.Method)
		return false
	}
	if a.auth != nil && r.Auth == nil {
		r.Auth = a.auth
	}
	r.Host, r.Path = a.host, a.path
	for _, l := range r.conceal() {
		f.left(l, what, "it is compared with what looks like a secret: only that it is there is checked")
	}
	r.Name = oneLine(conceal(r.Name))
	f.found.Requests = append(f.found.Requests, r)
	return true
}

var methodName = pattern.MustCompile(`^(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)$`)

// otherHosts leaves out the requests for hosts other than the one that most of the file is about: a target is one service.
func (f *file) otherHosts() {
	count := map[string]int{}
	most := ""
	for _, r := range f.found.Requests {
		if r.Host == "" || isLocal(r.Host) {
			continue
		}
		if count[r.Host]++; count[r.Host] > count[most] {
			most = r.Host
		}
	}
	here := false // whether some are for no host by name: those are the service then
	for _, r := range f.found.Requests {
		here = here || r.Host == "" || isLocal(r.Host)
	}
	var kept []Request
	for _, r := range f.found.Requests {
		if program := otherProgram[portOf(r.Host)]; program != "" && isLocal(r.Host) {
			f.left(r.Line, r.Method+" "+r.Path, "it asks %s, by its port", program)
			continue
		}
		if foreign := r.Host != "" && !isLocal(r.Host) && (here || r.Host != most); foreign {
			f.left(r.Line, r.Method+" "+r.Path, "it asks another host, %s", r.Host)
			continue
		}
		kept = append(kept, r)
	}
	f.found.Requests = kept
}

// otherProgram are the ports of what runs beside services.
var otherProgram = map[string]string{"9200": "Elasticsearch", "5601": "Kibana", "9411": "Zipkin", "15672": "RabbitMQ", "2375": "Docker", "2379": "etcd", "8500": "Consul", "8200": "Vault", "8983": "Solr", "5984": "CouchDB", "6443": "Kubernetes", "11434": "Ollama", "8086": "InfluxDB", "9093": "Alertmanager"}

func portOf(host string) string {
	_, port, _ := strings.Cut(host, ":")
	return port
}

// isLocal says whether a host is whatever machine the service runs on.
func isLocal(host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "0.0.0.0" || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".localhost") || host == "[" || host == "host.docker.internal"
}

// Title is a name for a request that has none.
func (r Request) Title() string {
	if r.Name != "" {
		return r.Name
	}
	p, _, _ := strings.Cut(r.Path, "?")
	return r.Method + " " + p
}

// Header is the value of the first header of that name, and "" where there is none.
func (r Request) Header(name string) string {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// From says where the request was found, for the key of that name.
func (r Request) From() string {
	if r.Evidence != "" {
		return r.Evidence
	}
	return fmt.Sprintf("%s:%d", path.Clean(strings.ReplaceAll(r.File, "\\", "/")), r.Line)
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "..."
	}
	return text
}
