package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// configPath are files of settings in the languages that services read them in.
	configPath = scan.MustCompile(`\.(ya?ml|json|ini|cfg|conf|properties|py|rb|php|toml|xml|config|inc)$`)
	// configLine is a line that sets something: host: db1, "HOST": "db1", host = db1, 'host' => 'db1', define('HOST', 'db1').
	configLine = scan.MustCompile(`(?m)^([ \t]*)(?:define\(|:)?["']?([A-Za-z_][\w.-]*)["']?[ \t]*(?:=>|[:=,])[ \t]*["']?([^"'\s#,;{}\[\]()]+(?:\{\w+\}[^"'\s#,;{}\[\]()]*)*)["']?\)?[ \t]*[,;]?[ \t]*$`)
	// configSection is the beginning of a part of a file: production:, [database].
	configSection = scan.MustCompile(`(?m)^["'\[]?([\w.-]+)["'\]]?[ \t]*:?[ \t]*$`)
)

// mailHost is a setting that says to whom mail is handed.
var mailHost = scan.MustCompile(`(?i)^([\w.-]*[_.-])?(e?mail|smtp|mailer)[_.-]?(host|server|address|relay)(_?name)?$`)

// mails takes over that the service sends mail: by a server of its own machine, where that is the address.
func (g *meaning) mails(m *managed, v managedValue, name string) {
	host, _, _ := strings.Cut(v.text, ":")
	if v.open || v.secret || host == "" || strings.ContainsAny(host, "@/") || g.environment != "" && v.environment != g.environment {
		return
	}
	f := m.finding()
	f.Environment = g.environment
	f.Need = &scan.Need{Need: service.Need{Kind: "smtp"}}
	f.Need.SetHost(host)
	g.claim(m, f, v, "mail", scan.Declared, m.says(name))
}

// apiAddress is a setting that says where another service answers to this one, and not what people are sent to.
var apiAddress = scan.MustCompile(`(?i)(^|[_.-])(api|backend|rpc|soap|rest|webservice)s?([_.-](base|root))?[_.-](ur[il]|endpoint)$`)

// firstLabel is an address of which no more than the first part of the host's name is known: https://billing.${domain}/api.
var firstLabel = scan.MustCompile(`^(https?)://([a-z][a-z0-9-]{1,40})\.(?:\$\{\w+\}|%\w+%)(?:[:/.]|$)`)

// namedOnly is a need whose host each environment has to say.
func namedOnly(address string) (scan.Need, bool) {
	m := firstLabel.FindStringSubmatch(address)
	if m == nil {
		return scan.Need{}, false
	}
	n := scan.Need{Need: service.Need{Kind: "http", Port: 80}, Name: m[2]}
	if m[1] == "https" {
		n.Port, n.TLS = tlsPort, true
	}
	return n, true
}

// maxConfigNear is how many lines lie between an engine and the host that belongs to it.
const maxConfigNear = 12

// configured takes over what a file of settings says of a database: an engine with the lines around it.
func (g *meaning) configured(m *managed, text, file string) {
	if !strings.Contains(text, "\n") || len(text) > maxJinjaText {
		return
	}
	seen := g.texts.of(text)
	if !seen.parted {
		seen.parted, seen.lines, seen.sections = true, scan.Find(text, configLine), scan.Find(text, configSection)
	}
	lines, sections := seen.lines, seen.sections
	for i, l := range lines {
		switch part := configKey(l.Groups[2]); {
		case sectionOf(sections, l.Line) != "" && developersGroup.MatchString(sectionOf(sections, l.Line)):
		case part == "engine" && sqlKind(strings.ToLower(l.Groups[3])) != "":
			database := managedValue{kind: valueHash, hash: map[string]managedValue{}}
			for _, near := range around(lines, i) {
				v := m.written(near.Groups[3], file, near.Line)
				if part := configKey(near.Groups[2]); part != "" && database.hash[part].text == "" {
					database.put(part, g.differing(v, "config "+file+" "+part))
				}
			}
			g.databases(m, database, 0)
		case mailHost.MatchString(l.Groups[2]):
			g.mails(m, g.differing(m.written(l.Groups[3], file, l.Line), "config "+file+" "+l.Groups[2]), l.Groups[2])
		case part != "engine":
			v := m.written(l.Groups[3], file, l.Line)
			n, ok := scan.NeedOfURL(v.text)
			if apiAddress.MatchString(l.Groups[2]) && (v.open || n.Host+n.Name == "") {
				n, ok = namedOnly(v.text)
			} else {
				ok = ok && !v.open && (n.Kind != "http" || apiAddress.MatchString(l.Groups[2]))
			}
			rank := scan.Declared
			if n.Kind == "http" {
				ok, rank = ok && !ownPublicName(m, n, v.text), scan.Guess
			}
			if ok && n.Host+n.Name != "" {
				g.offeredAs(m, n, g.differing(v, "config "+file+" "+l.Groups[2]), l.Groups[2], rank)
			}
		}
	}
}

// ownPublicName says whether a public address is the service's own, by the first part of its name.
func ownPublicName(m *managed, n scan.Need, address string) bool {
	label, _, _ := strings.Cut(n.Host, ".")
	if n.Host == "" {
		if !firstLabel.MatchString(address) {
			return false // a name of the machines' own network
		}
		label = n.Name
	}
	switch label {
	case "api", "www", "app":
		return true
	}
	return slices.ContainsFunc(m.about(), func(name string) bool { return plainLabel(name) == plainLabel(label) })
}

// differing marks a value of a filled text that is another one in production as one of the environment.
func (g *meaning) differing(v managedValue, key string) managedValue {
	if g.environment == "" {
		g.values[key] = v.text
	} else if was, known := g.production[key]; known && was != v.text && v.environment == "" {
		v.environment = g.environment
	}
	return v
}

// configKey is which part of a database's address a setting is called after, "" for none.
func configKey(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("_.-", r) })
	if len(words) == 0 {
		return ""
	}
	switch word := words[len(words)-1]; word {
	case "engine", "adapter", "driver", "dialect":
		return "engine"
	case "host", "hostname", "server":
		return "host"
	case "user", "username":
		return "user"
	case "port", "database":
		return word
	case "name", "dbname", "db":
		return "name"
	}
	return ""
}

// around are the lines near one of them, up to the next engine; the nearest first.
func around(lines []scan.Match, i int) []scan.Match {
	near := []scan.Match{lines[i]}
	for _, step := range []int{1, -1} {
		for j := i + step; j >= 0 && j < len(lines) && max(lines[j].Line-lines[i].Line, lines[i].Line-lines[j].Line) <= maxConfigNear && configKey(lines[j].Groups[2]) != "engine"; j += step {
			near = append(near, lines[j])
		}
	}
	return near
}

// sectionOf is the part of a file in which a line stands.
func sectionOf(sections []scan.Match, line int) string {
	name := ""
	for _, s := range sections {
		if s.Line >= line {
			break
		}
		name = s.Groups[1]
	}
	return name
}

// seenTexts are the texts of files that were looked at: one template is filled for many machines, mostly with the same text.
type seenTexts map[string]*seenText

type seenText struct {
	parted, named   bool
	lines, sections []scan.Match
	sets            []string
}

func (t seenTexts) of(text string) *seenText {
	seen := t[text]
	if seen == nil {
		seen = &seenText{}
		t[text] = seen
	}
	return seen
}

// sets are the names of the settings in a text.
func (t seenTexts) sets(text string) []string {
	seen := t.of(text)
	if !seen.named {
		seen.named, seen.sets = true, settingNames(text)
	}
	return seen.sets
}
