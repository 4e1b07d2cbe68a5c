package lang

import (
	"go/ast"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// goFramework is a web framework: how its servers are started, and the port where they are given none.
type goFramework struct {
	prefix, name string
	start        map[string]int // methods that listen, with the index of the address
	port         int
}

// goFrameworks are in the order of their word: a router says less than a framework. The standard library is last.
var goFrameworks = []goFramework{
	{"github.com/gin-gonic/gin", "gin", map[string]int{"Run": 0, "RunTLS": 0}, 8080},
	{"github.com/labstack/echo", "echo", map[string]int{"Start": 0, "StartTLS": 0}, 0},
	{"github.com/gofiber/fiber", "fiber", map[string]int{"Listen": 0, "ListenTLS": 0}, 0},
	{"github.com/astaxie/beego", "beego", map[string]int{"Run": 0}, 8080},
	{"github.com/beego/beego", "beego", map[string]int{"Run": 0}, 8080},
	{"github.com/revel/revel", "revel", map[string]int{"Run": 0}, 9000},
	{"github.com/kataras/iris", "iris", map[string]int{"Run": 0, "Listen": 0}, 8080},
	{"github.com/go-martini/martini", "martini", map[string]int{"Run": -1, "RunOnAddr": 0}, 3000},
	{"github.com/gobuffalo/buffalo", "buffalo", map[string]int{"Serve": -1}, 3000},
	{"github.com/codegangsta/negroni", "negroni", map[string]int{"Run": 0}, 8080},
	{"github.com/urfave/negroni", "negroni", map[string]int{"Run": 0}, 8080},
	{"github.com/zenazn/goji", "goji", map[string]int{"Serve": -1}, 8000},
	{"github.com/go-kit/kit", "go-kit", nil, 0},
	{"github.com/go-chi/chi", "chi", nil, 0},
	{"github.com/gorilla/mux", "gorilla", nil, 0},
	{"github.com/julienschmidt/httprouter", "httprouter", nil, 0},
	{"google.golang.org/grpc", "grpc", nil, 0},
	{"net/http", "net/http", nil, 0},
}

func hasImport(imp, prefix string) bool {
	return imp == prefix || strings.HasPrefix(imp, prefix+"/") || strings.HasPrefix(imp, prefix+".v")
}

func (f *goFile) uses(prefix string) bool {
	for _, imp := range f.paths {
		if hasImport(imp.path, prefix) {
			return true
		}
	}
	return false
}

// framework is the strongest framework that the program imports, and where.
func (p *goProgram) framework() (fw goFramework, file string, line int) {
	for _, fw := range goFrameworks {
		for _, f := range p.facts {
			for _, imp := range f.paths {
				if hasImport(imp.path, fw.prefix) {
					return fw, f.path, imp.line
				}
			}
		}
	}
	return goFramework{}, "", 0
}

func (p *goProgram) reportFramework(r *scan.Report, f scan.Finding) {
	fw, file, line := p.framework()
	if l, ok := p.plainSocket(); ok && fw.name == "" {
		f.Service = service.Service{Protocol: service.SpeaksTCP}
		r.Find(f, l.file, l.line, scan.Convention, "it opens a plain socket, and nothing imports a package for HTTP")
		return
	}
	if fw.name == "" || fw.name == "grpc" && !p.serves() {
		return
	}
	if all := p.listeners(); fw.name == "net/http" && len(all) > 0 {
		file, line = all[0].file, all[0].line
	}
	f.Service = service.Service{Framework: fw.name}
	r.Find(f, file, line, scan.Declared, "")
}

// plainSocket is where the program listens, where it imports no package for HTTP.
func (p *goProgram) plainSocket() (l listener, ok bool) {
	for _, f := range p.facts {
		for _, imp := range f.paths {
			if strings.Contains(imp.path, "http") {
				return listener{}, false
			}
		}
	}
	for _, l := range p.listeners() {
		if !l.beside {
			return l, true
		}
	}
	return listener{}, false
}

// listener is a place where the program listens, with its address.
type listener struct {
	function string // in which it stands
	value    goValue
	call     string
	file     string
	line     int
	bare     bool // without an address: the framework chooses
	beside   bool // serves metrics, profiles or the like
}

var besideName = scan.MustCompile(`(?i)(ssh|smtp|pop3|imap|ftp|syslog|metric|prom|debug|pprof|admin|health|internal|diag|grpc|tls|https|redirect|telemetry|monitor)`)

// listeners finds the calls that listen for requests.
func (p *goProgram) listeners() []listener {
	if !p.listened {
		p.listened, p.listen = true, p.findListeners()
	}
	return p.listen
}

func (p *goProgram) findListeners() []listener {
	fw, _, _ := p.framework()
	var found []listener
	for _, f := range p.facts {
		f.callsIn(func(function string, c *ast.CallExpr) {
			pkg, name := f.imported(c.Fun)
			at, ok := listenArg(pkg, name, len(c.Args))
			if !ok && fw.start != nil {
				at, ok = fw.start[name]
				ok = ok && (pkg == "" && f.uses(fw.prefix) || hasImport(pkg, fw.prefix))
			}
			if !ok {
				return
			}
			l := listener{function: function, call: name, file: f.path, line: f.line(c)}
			switch {
			case at >= 0 && at < len(c.Args):
				l.value = p.scope.eval(f, c.Args[at])
				l.beside = besideName.MatchString(exprName(c.Args[at])) || besideName.MatchString(l.value.flag+l.value.env)
			case pkg == "" && (name == "ListenAndServe" || name == "ListenAndServeTLS" || name == "Serve"):
				l.value = p.scope.named(serverKey, goValue{file: f.path, line: l.line}, nil, 0)
			default:
				l.bare = true
			}
			l.beside = l.beside || strings.HasSuffix(name, "TLS") || besideName.MatchString(function) || besideName.MatchString(path.Base(path.Dir(f.path)))
			found = append(found, l)
		})
	}
	return found
}

// listenArg says of a call of the standard library whether it listens, and which argument holds the address; -1 for none.
func listenArg(pkg, name string, args int) (at int, ok bool) {
	switch {
	case pkg == "net/http" && (name == "ListenAndServe" || name == "ListenAndServeTLS"):
		return 0, true
	case (pkg == "net" || strings.HasSuffix(pkg, "reuseport")) && name == "Listen" && args == 2:
		return 1, true
	case pkg == "" && name == "Listen" && args == 3: // of a net.ListenConfig: a context goes first
		return 2, true
	case pkg == "" && (name == "ListenAndServe" && args == 0 || name == "ListenAndServeTLS" && args == 2):
		return -1, true
	case strings.HasSuffix(pkg, "/graceful") || strings.HasSuffix(pkg, "/endless") || strings.HasSuffix(pkg, "/gracehttp") || strings.HasSuffix(pkg, "/grace"):
		if name == "ListenAndServe" {
			return 0, true
		}
		if name == "Run" {
			return 0, true
		}
	case strings.Contains(pkg, ".") && args > 1 && (name == "ListenAndServe" || name == "ListenAndServeTLS"): // of a library that wraps the standard one
		return 0, true
	case pkg == "github.com/valyala/fasthttp" && strings.HasPrefix(name, "ListenAndServe"):
		return 0, true
	}
	return 0, false
}

// exprName is all that an expression is called, for hints such as metricsAddr.
func exprName(e ast.Expr) string {
	var names []string
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return strings.Join(names, " ")
}

// serves says whether the program listens for requests.
func (p *goProgram) serves() bool { return len(p.listeners()) > 0 }

var consumerCall = map[string]bool{"Notify": true, "NewTicker": true, "Tick": true, "Consume": true, "NewReader": true, "ReadMessage": true, "QueueSubscribe": true, "Subscribe": true, "NewConsumer": true, "BRPop": true, "BLPop": true}
var consumerImport = scan.MustCompile(`^(os/signal|time|github\.com/(streadway/amqp|rabbitmq/amqp091-go|Shopify/sarama|IBM/sarama|segmentio/kafka-go|confluentinc/|nats-io/|nsqio/|robfig/cron|bitly/go-nsq|gocraft/work|hibiken/asynq|RichardKnop/machinery|go-redis/|redis/|gomodule/redigo))`)

// loops says whether the program's own package keeps running without listening: it waits for signals, ticks or messages,
// or goes round for ever.
func (p *goProgram) loops(pkg *goPackage) bool {
	if len(p.datagrams()) > 0 {
		return true
	}
	for _, f := range pkg.files {
		endless := false
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				imp, name := f.imported(n.Fun)
				endless = endless || consumerCall[name] && (consumerImport.MatchString(imp) || imp == "" && name != "Notify" && name != "NewReader" && p.importsConsumer())
			case *ast.SelectStmt:
				endless = endless || len(n.Body.List) == 0
			}
			return true
		})
		if endless {
			return true
		}
	}
	return false
}

func (p *goProgram) importsConsumer() bool {
	for _, f := range p.facts {
		for _, imp := range f.paths {
			if strings.Contains(imp.path, ".") && consumerImport.MatchString(imp.path) {
				return true
			}
		}
	}
	return false
}

var goPort = scan.MustCompile(`(?:^|:)(\d{2,5})$`)

// reportPort reports the port of the listener that serves: the first that is not beside the service's own.
func (p *goProgram) reportPort(r *scan.Report, f scan.Finding) {
	all := p.listeners()
	fw, _, _ := p.framework()
	for _, beside := range []bool{false, true} {
		for _, l := range all {
			if l.beside != beside {
				continue
			}
			if p.port(r, f, l, fw) {
				return
			}
		}
	}
	if len(all) == 0 && (fw.name == "" || fw.name == "grpc") {
		return
	}
	// a library of the team's listens, where the configuration says, or a server that is made elsewhere
	names := []string{"BindAddr", "BindAddress", "ListenAddr", "ListenAddress", "HTTPAddr", "HttpAddr", "HTTPPort", "HttpPort"}
	if len(all) > 0 {
		names = append([]string{"DefaultPort", "defaultPort", "DEFAULT_PORT", "default_port", "DefaultHTTPPort", "defaultHTTPPort"}, names...)
	}
	for _, name := range names {
		v := p.scope.named(name, goValue{}, nil, 0)
		if m := goPort.FindStringSubmatch(v.text); m != nil && kindOfPort((value{kind: valNumber, text: m[1]}).number()) != "http" {
			continue // that of what it calls
		}
		if p.port(r, f, listener{value: v}, goFramework{}) {
			return
		}
	}
}

func (p *goProgram) port(r *scan.Report, f scan.Finding, l listener, fw goFramework) bool {
	if m := goPort.FindStringSubmatch(l.value.text); m != nil {
		port, err := strconv.Atoi(m[1])
		if err != nil || port < 1 || port > 65535 {
			return false
		}
		f.Service = service.Service{Port: port}
		note := ""
		if l.value.env != "" {
			note = "unless " + l.value.env + " says otherwise"
		} else if l.value.flag != "" {
			note = "unless -" + l.value.flag + " says otherwise"
		}
		r.Find(f, l.value.file, l.value.line, scan.Declared, note)
		p.reachable(r, f, l)
		return true
	}
	switch {
	case l.value.env != "" && !l.value.known:
		value, port := "8080", 8080
		if !strings.HasSuffix(l.value.env, "PORT") {
			value = ":8080"
		}
		f.Service = service.Service{Port: port, Env: map[string]string{l.value.env: value}}
		r.Find(f, l.value.file, l.value.line, scan.Convention, l.value.env+" says it, without a default")
		if host := strings.TrimSuffix(l.value.text, ":"); l.value.host && loopback(host) {
			r.Note(l.value.file, l.value.line, "listens on %s only, which nothing outside of a container reaches", host)
		}
		return true
	case l.bare && fw.port > 0:
		f.Service = service.Service{Port: fw.port}
		r.Find(f, l.file, l.line, scan.Declared, fw.name+" listens there where it is told nothing")
		return true
	}
	return false
}

// loopback says whether an address is this machine's own: not one of those that stand for all.
func loopback(address string) bool {
	return localAddress.MatchString(address) && !strings.HasPrefix(address, "0.0.0.0") && !strings.HasPrefix(address, "[::]")
}

// reachable takes care of a server that listens on this machine only, where nothing outside of its container reaches it: a
// variable or flag that says where it listens is set, else a person has to change the code.
func (p *goProgram) reachable(r *scan.Report, f scan.Finding, l listener) {
	if !loopback(l.value.text) {
		return
	}
	port := l.value.text[strings.LastIndexByte(l.value.text, ':')+1:]
	outside := "0.0.0.0:" + port
	switch {
	case l.value.tail:
		outside = "0.0.0.0"
	case l.value.colon:
		outside = port // the code puts the colon, and every address, before it
	}
	switch {
	case l.value.env != "" && !l.value.host:
		f.Service = service.Service{Env: map[string]string{l.value.env: outside}}
		r.Find(f, l.value.file, l.value.line, scan.Convention, "on every address of the container")
	case l.value.flag != "" && !l.value.host:
		f.Service = service.Service{Command: append(p.command(), "-"+l.value.flag+"="+outside)}
		r.Find(f, l.value.file, l.value.line, scan.Declared, "on every address of the container, instead of "+l.value.text)
	default:
		r.Note(l.value.file, l.value.line, "listens on %s only, which nothing outside of a container reaches", l.value.text)
	}
}

// command is what runs the program.
func (p *goProgram) command() []string {
	return append([]string{"/app/" + p.name}, p.subcommand()...)
}
