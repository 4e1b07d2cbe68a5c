package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// connections in plain PHP.
var (
	oldConnect = scan.MustCompile(`\b(mysqli_connect|mysql_connect|new\s+mysqli|mysql_pconnect|mysqli_real_connect)\s*\(\s*([^,)\n]+)(?:,\s*([^,)\n]+))?(?:,\s*[^,)\n]+)?(?:,\s*([^,)\n]+))?`)
	pdoConnect = scan.MustCompile(`["'](mysql|pgsql|sqlsrv):([^"'\n]*)["']?([^\n]*)`)
	pgConnect  = scan.MustCompile(`\bpg_p?connect\s*\(\s*["']([^"'\n]*)`)
	phpClients = scan.MustCompile(`->(?:connect|pconnect|addServer)\s*\(\s*([^,)\n]+)`)
	dsnHost    = scan.MustCompile(`host=([\w.-]+)`)
	dsnName    = scan.MustCompile(`dbname=([\w-]+)`)
	phpSMTP    = scan.MustCompile(`->(?:Host)\s*=\s*([^;\n]+);|new\s+\\?Swift_SmtpTransport\s*\(\s*([^,)\n]+)`)
)

// connects looks for connections that the code opens by itself.
func (p *phpProject) connects() {
	switch p.framework {
	case "laravel", "wordpress", "drupal", "symfony":
		return // whose settings have been read
	}
	c := phpConnections{phpProject: p, constants: map[string]value{}}
	for _, s := range p.sources {
		for _, m := range findSome(s.text, defineLine) {
			c.constants[m.Groups[1]] = phpValue(m.Groups[2], m.Line)
		}
	}
	for _, s := range p.sources {
		if hasAny(s.text, "connect", "mysqli", "PDO", "dsn", "addServer", "Host", "Swift_Smtp") {
			c.databases(s)
			c.clients(s)
			p.hardCodedPHP(s)
		}
	}
	p.uploads()
}

// phpConnections looks for connections in one file after the other, with the constants of all.
type phpConnections struct {
	*phpProject
	constants map[string]value
}

// known is what an argument comes to: a constant's value, a variable of the environment or a literal.
func (c phpConnections) known(text string, line int) value {
	text = strings.TrimSpace(text)
	if v, ok := c.constants[text]; ok {
		return v
	}
	return phpValue(text, line)
}

func (c phpConnections) add(kind, file string, line int, fill func(n *scan.Need)) {
	n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
	fill(&n)
	c.infer.add(n, file, line, scan.Declared, "")
}

func (c phpConnections) databases(s plainSource) {
	if !hasAny(s.text, "mysql", "pgsql", "sqlsrv", "pg_") {
		return
	}
	noted := map[string]bool{}
	for _, m := range findSome(s.text, oldConnect) {
		c.add("mysql", s.file, m.Line, func(n *scan.Need) { c.infer.host(n, c.known(m.Groups[2], m.Line)) })
	}
	dsns := findSome(s.text, pdoConnect)
	taken := oneOfSeveral(dsns)
	for _, m := range dsns {
		if taken != "" && m.Groups[1] != taken {
			if !noted[m.Groups[1]] {
				noted[m.Groups[1]] = true
				c.r.Note(s.file, m.Line, "connects to %s, too, where a setting says so; %s is taken: write the need that production has into %s", kindOfEngine(m.Groups[1]), kindOfEngine(taken), service.FileName)
			}
			continue
		}
		c.add(kindOfEngine(m.Groups[1]), s.file, m.Line, func(n *scan.Need) {
			if host := dsnHost.FindStringSubmatch(m.Groups[2]); host != nil {
				n.SetHost(host[1])
			} else if env := phpEnv.FindString(m.Groups[3]); env != "" && strings.HasSuffix(m.Groups[2], "host=") {
				c.infer.host(n, phpValue(env, m.Line))
			}
			if name := dsnName.FindStringSubmatch(m.Groups[2]); name != nil {
				n.Database = name[1]
			}
		})
	}
	for _, m := range findSome(s.text, pgConnect) {
		c.add("postgres", s.file, m.Line, func(n *scan.Need) {
			if host := dsnHost.FindStringSubmatch(m.Groups[1]); host != nil {
				n.SetHost(host[1])
			}
		})
	}
}

// oneOfSeveral is the engine to take in a file that makes connections to several, as a setting says, and names the host of
// none: MySQL, where it is among them. It is "" where there is no choice.
func oneOfSeveral(dsns []scan.Match) string {
	engines := map[string]bool{}
	for _, m := range dsns {
		if dsnHost.MatchString(m.Groups[2]) {
			return ""
		}
		engines[m.Groups[1]] = true
	}
	switch {
	case len(engines) < 2:
		return ""
	case engines["mysql"]:
		return "mysql"
	}
	return dsns[0].Groups[1]
}

func (c phpConnections) clients(s plainSource) {
	kind := ""
	if strings.Contains(s.text, "new Redis") || strings.Contains(s.text, "new \\Redis") {
		kind = "redis"
	} else if strings.Contains(s.text, "Memcache") {
		kind = "memcached"
	}
	if kind != "" {
		for _, m := range findSome(s.text, phpClients) {
			c.add(kind, s.file, m.Line, func(n *scan.Need) { c.infer.host(n, c.known(m.Groups[1], m.Line)) })
		}
	}
	if !hasAny(s.text, "->Host", "Swift_Smtp") {
		return
	}
	for _, m := range findSome(s.text, phpSMTP) {
		c.add("smtp", s.file, m.Line, func(n *scan.Need) { c.infer.host(n, c.known(m.Groups[1]+m.Groups[2], m.Line)) })
	}
}

// uploads notes code that keeps files of users without a framework that says where.
func (p *phpProject) uploads() {
	if p.framework != "" {
		return
	}
	for _, s := range p.sources {
		if !strings.Contains(s.text, "move_uploaded_file") {
			continue
		}
		if line := scan.LineOf(s.text, uploaded); line > 0 {
			p.r.Note(s.file, line, "keeps what users upload in a directory: write that under state in "+service.FileName+", or it can't be written and is lost with the container")
			return
		}
	}
}

var uploaded = scan.MustCompile(`\bmove_uploaded_file\s*\(`)

var phpAssign = scan.MustCompile(`(?m)^\s*(?:\$|(?:const|public|private|protected)\s+\$?|define\(\s*['"])(\w{3,60})['"]?\s*[=,]\s*(['"][^'"\n]*['"])`)

func (p *phpProject) hardCodedPHP(s plainSource) {
	for _, m := range findSome(s.text, phpAssign) {
		p.infer.hardCoded(m.Groups[1], phpValue(m.Groups[2], m.Line), s.file)
	}
}
