package ops

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// forPackages are commands whose variables are about installing.
var forPackages = scan.MustCompile(`\b(pip|npm|yarn|bundle install|gem|curl|wget|apt-get|virtualenv)\b`)

// storeName is a name of a variable that says where a store answers.
var storeName = scan.MustCompile(`(?i)(^|_)(db|database|sql)_?(host|hostname|server|address|endpoint)$`)

// addresses takes over the variables of a role that say where a store answers: they go into the files that it writes.
func (g *meaning) addresses(m *managed) {
	for _, name := range m.names {
		v := m.attrs.of(name)
		if v.kind == valueHash {
			g.databases(m, v, 0)
			continue
		}
		if v.kind != valueText || v.secret && !strings.Contains(v.text, "://") {
			continue
		}
		n, ok := needOfSetting(strings.ToUpper(name), v.text)
		if kind := g.versionOf(m, name, v); kind != "" {
			n, ok = scan.Need{}, true
			n.Kind, n.Version = kind, v.text
		}
		switch {
		case storeName.MatchString(name) && !strings.Contains(v.text, "://") && !strings.Contains(v.text, "$"):
			if kind := g.databaseKind(m); kind != "" {
				n, ok = scan.Need{}, true
				n.Kind = kind
				n.SetHost(v.text)
			}
		case n.Kind == "http" || v.open && !strings.Contains(v.text, "://"):
			ok = false
		}
		if ok {
			g.offered(m, n, v, name)
		}
	}
}

var (
	// storeVersion is a variable with the version of a store: postgres_version beside postgres_host.
	storeVersion  = scan.MustCompile(`^(?:\w+_)?(postgres(?:ql)?|mysql|mariadb|redis|mongo(?:db)?|elasticsearch|opensearch|rabbitmq|memcached)_(?:server_)?version$`)
	versionNumber = scan.MustCompile(`^\d+(\.\d+){0,2}$`)
)

// versionOf is the kind of store of which a variable says the version, where another one says that it is called.
func (g *meaning) versionOf(m *managed, name string, v managedValue) string {
	word := storeVersion.FindStringSubmatch(name)
	if word == nil || !versionNumber.MatchString(v.plain()) {
		return ""
	}
	calls := slices.ContainsFunc(m.names, func(other string) bool { return strings.HasPrefix(other, word[1]+"_host") })
	kind := scan.KindOfScheme(word[1])
	if !calls && g.databaseKind(m) != kind {
		return ""
	}
	return kind
}

// offered claims a need of the service that a role is about.
func (g *meaning) offered(m *managed, n scan.Need, v managedValue, name string) {
	g.offeredAs(m, n, v, name, scan.Declared)
}

// offeredAs is offered with what the address is worth.
func (g *meaning) offeredAs(m *managed, n scan.Need, v managedValue, name string, rank scan.Rank) {
	if g.environment != "" && (v.environment != g.environment || n.Host == "") {
		return
	}
	f := m.finding()
	n.Env, n.Environment = nil, v.environment
	f.Need = &n
	g.claim(m, f, v, "need "+n.Kind+" "+n.Environment+" "+n.Host+n.Name, rank, m.says(name))
}

// databaseKind is the store of a role whose variables name it: an engine, a driver or another variable with its name.
func (g *meaning) databaseKind(m *managed) string {
	found := map[string]bool{}
	for _, name := range m.names {
		lower := strings.ToLower(name)
		text := ""
		if strings.Contains(lower, "engine") || strings.Contains(lower, "adapter") || strings.Contains(lower, "driver") || strings.Contains(lower, "dialect") || strings.HasSuffix(lower, "db_type") {
			text = strings.ToLower(m.attrs.of(name).plain())
		}
		if kind := sqlKind(text); kind != "" {
			found[kind] = true
		}
		if strings.HasSuffix(lower, "db_port") || strings.HasSuffix(lower, "database_port") {
			switch m.attrs.of(name).plain() {
			case "5432":
				found["postgres"] = true
			case "3306":
				found["mysql"] = true
			}
		}
	}
	if names := slices.Sorted(maps.Keys(found)); len(names) == 1 {
		return names[0]
	}
	return ""
}

// sqlKind is the kind of need behind the name of a driver: django.db.backends.mysql.
func sqlKind(text string) string {
	for _, k := range storeWords {
		if strings.Contains(text, k.word) || k.kind == "postgres" && (strings.Contains(text, "pgsql") || strings.Contains(text, "postgis")) {
			return k.kind
		}
	}
	return ""
}

// databases looks in a hash for what frameworks write of a database: an engine, a host, a name, a user.
func (g *meaning) databases(m *managed, v managedValue, depth int) {
	if depth > 6 {
		return
	}
	lower := map[string]managedValue{}
	for _, key := range v.keys {
		item := v.hash[key]
		lower[strings.ToLower(key)] = item
		if item.kind == valueHash {
			g.databases(m, item, depth+1)
		}
	}
	for _, key := range []string{"engine", "adapter", "driver", "backend", "dialect"} {
		kind := sqlKind(strings.ToLower(lower[key].plain()))
		if kind == "" {
			continue
		}
		n := scan.Need{}
		n.Kind = kind
		n.Port = lower["port"].number()
		said := lower[key]
		for _, name := range []string{"host", "hostname", "location", "server"} {
			if host := lower[name].plain(); host != "" {
				address, _, _ := strings.Cut(host, ":")
				n.SetHost(address)
				key, said = name, lower[name]
			}
		}
		if name := lower["name"].plain(); plainWord.MatchString(name) {
			n.Database = name
		} else if name := lower["database"].plain(); plainWord.MatchString(name) {
			n.Database = name
		}
		if user := lower["user"].plain(); plainWord.MatchString(user) {
			n.User = user
		}
		g.offered(m, n, said, key)
		g.use(v)
		for _, part := range v.hash {
			g.use(part)
		}
		return
	}
}
