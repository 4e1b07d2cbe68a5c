package lang

import (
	"html"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dotnetDrivers lead from the names of packages to what they talk to.
var dotnetDrivers = []struct{ prefix, kind string }{
	{"Npgsql", "postgres"}, {"Hangfire.PostgreSql", "postgres"}, {"Marten", "postgres"}, {"MySql.Data", "mysql"}, {"MySqlConnector", "mysql"}, {"MySql.EntityFrameworkCore", "mysql"}, {"Pomelo.EntityFrameworkCore.MySql", "mysql"},
	{"Microsoft.EntityFrameworkCore.SqlServer", "mssql"}, {"System.Data.SqlClient", "mssql"}, {"Microsoft.Data.SqlClient", "mssql"}, {"Hangfire.SqlServer", "mssql"}, {"EntityFramework", "mssql"}, {"IBM.Data.DB2", "db2"}, {"Net.IBM.Data.Db2", "db2"}, {"IBM.EntityFrameworkCore", "db2"}, {"Oracle.", "oracle"},
	{"MongoDB.Driver", "mongodb"}, {"mongocsharpdriver", "mongodb"}, {"StackExchange.Redis", "redis"}, {"Microsoft.Extensions.Caching.StackExchangeRedis", "redis"}, {"Microsoft.Extensions.Caching.Redis", "redis"}, {"ServiceStack.Redis", "redis"}, {"Hangfire.Redis", "redis"},
	{"RabbitMQ.Client", "rabbitmq"}, {"MassTransit.RabbitMQ", "rabbitmq"}, {"EasyNetQ", "rabbitmq"}, {"NServiceBus.RabbitMQ", "rabbitmq"}, {"Confluent.Kafka", "kafka"}, {"Apache.NMS.ActiveMQ", "activemq"}, {"NATS.", "nats"}, {"MQTTnet", "mqtt"}, {"M2Mqtt", "mqtt"},
	{"NEST", "elasticsearch"}, {"Elasticsearch.Net", "elasticsearch"}, {"Elastic.Clients.Elasticsearch", "elasticsearch"}, {"SolrNet", "solr"}, {"EnyimMemcached", "memcached"}, {"AWSSDK.S3", "s3"}, {"Minio", "s3"},
	{"CassandraCSharpDriver", "cassandra"}, {"Neo4j.Driver", "neo4j"}, {"MailKit", "smtp"}, {"Novell.Directory.Ldap", "ldap"},
}

// dotnetStores are packages for the stores of objects of different providers.
var dotnetStores = []string{"AWSSDK.S3", "Minio", "Azure.Storage.Blobs", "Microsoft.Azure.Storage.Blob", "WindowsAzure.Storage", "Google.Cloud.Storage", "Aliyun.OSS"}

var dotnetLite = scan.MustCompile(`(?i)^(Microsoft\.EntityFrameworkCore\.Sqlite|Microsoft\.Data\.Sqlite|System\.Data\.SQLite|LiteDB)`)

// reportSettings reports what the service and the projects that it uses call, and the names of its settings.
func (d *dotnetService) reportSettings() {
	d.inf = &inference{r: d.r, dir: d.dir, claimed: map[string]bool{}}
	drivers := map[string]dependency{}
	sql := map[string]bool{}
	for _, u := range d.uses {
		for _, p := range u.packages {
			kind := dotnetKind(p.name)
			if _, known := drivers[kind]; kind != "" && !known {
				drivers[kind] = p
			}
			if sqlKinds[kind] && !strings.HasPrefix(p.name, "EntityFramework") {
				sql[kind] = true
			}
		}
	}
	if chosen := d.chosenSQL(sql); chosen != "" {
		sql = map[string]bool{chosen: true}
	}
	if len(sql) == 0 && drivers["mssql"].name != "" {
		if d.litePackage().name == "" {
			sql["mssql"] = true
		} else {
			delete(drivers, "mssql") // Entity Framework's own default beside the file that was chosen
		}
	}
	if len(sql) == 1 {
		d.inf.sql = sortedSet(sql)[0]
		for kind := range sqlKinds {
			if kind != d.inf.sql {
				delete(drivers, kind) // Entity Framework's own default beside the driver that was chosen
			}
		}
	}
	for _, p := range d.configs {
		if _, skip := environmentOf(p); skip || strings.Contains(strings.ToLower(path.Base(p)), ".debug.") {
			continue
		}
		if strings.EqualFold(path.Ext(p), ".json") {
			d.appSettings(p)
		} else {
			d.xmlConfig(p)
		}
	}
	var routes []route
	for _, u := range d.uses {
		for _, p := range u.sources {
			routes = append(routes, d.source(p, u == d.dotnetModule)...)
		}
	}
	findHealth(d.r, d.dir, routes)
	d.options()
	d.stores(drivers)
	d.inf.drivers(drivers, nil)
	d.lite(len(sql) > 0)
	d.inf.report()
	d.inf.reportVariables()
}

// stores leaves out an object store of which a library speaks that is there beside those for others, so that one is chosen.
func (d *dotnetService) stores(drivers map[string]dependency) {
	found := map[string]bool{}
	for _, u := range d.uses {
		for _, p := range u.packages {
			for _, name := range dotnetStores {
				if strings.HasPrefix(strings.ToLower(p.name), strings.ToLower(name)) {
					found[name] = true
				}
			}
		}
	}
	if s3 := drivers["s3"]; len(found) > 1 && s3.name != "" {
		d.r.Note(s3.file, s3.line, "%s is installed beside libraries for other stores of objects, and no setting chooses it; add the need where it is used", s3.name)
		delete(drivers, "s3")
	}
}

func dotnetKind(name string) string {
	for _, k := range dotnetDrivers {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(k.prefix)) {
			return k.kind
		}
	}
	return ""
}

// lite tells of a database in a file where no server was found.
func (d *dotnetService) lite(server bool) {
	if p := d.litePackage(); p.name != "" && !server && len(d.inf.lite) == 0 {
		d.r.Note(p.file, p.line, "%s keeps its data in a file: one replica, a volume, and a backup", p.name)
	}
}

// litePackage is the first package that keeps data in a file.
func (d *dotnetService) litePackage() dependency {
	for _, u := range d.uses {
		for _, p := range u.packages {
			if dotnetLite.MatchString(p.name) {
				return p
			}
		}
	}
	return dependency{}
}

// connection reads a connection string: Server=db;Database=shop;User Id=shop;Password=... The password is never kept.
func (d *dotnetService) connection(name, text, provider, file string, line int) {
	var n scan.Need
	pairs := map[string]string{}
	secret := scan.HasAccount(text)
	for _, part := range strings.Split(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		key = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(key), " ", ""))
		pairs[key] = strings.TrimSpace(value)
		secret = secret || (key == "password" || key == "pwd") && pairs[key] != ""
	}
	server, database := firstValue(pairs, "server", "datasource", "host", "addr", "address", "networkaddress"), firstValue(pairs, "database", "initialcatalog")
	if of, ok := scan.NeedOfURL(text); ok && of.Kind != "http" {
		n = of
	} else if liteConnection.MatchString(server) || liteConnection.MatchString(pairs["filename"]) {
		d.inf.sqlite(value{kind: valString, text: strings.TrimPrefix(server+pairs["filename"], "|DataDirectory|")}, file, line)
		return
	} else if n.Kind = d.connectionKind(name, text, provider, server); n.Kind == "" {
		return
	} else {
		setServer(&n, server, pairs["port"])
		if plainWord.MatchString(database) {
			n.Database = database
		}
		if user := firstValue(pairs, "userid", "uid", "user", "username"); plainWord.MatchString(user) {
			n.User = user
		}
		if n.Kind == "redis" || n.Kind == "memcached" {
			address, _, _ := strings.Cut(text, ",")
			setServer(&n, address, "")
		}
	}
	if secret {
		d.r.Note(file, line, "%s holds a password (***); give it from the secret store, and change it", strings.TrimSpace("the connection string "+name))
	}
	d.inf.add(n, file, line, scan.Declared, "")
	d.inf.needs[len(d.inf.needs)-1].label = name
}

// fileConnection is a connection string to a database that is a file, with nothing in it that nobody may see.
var fileConnection = scan.MustCompile(`(?i)^(?:\s*(?:Provider|Version|Pooling|Cache|Mode)\s*=[^;]*;)?\s*(?:data ?source|filename)\s*=\s*[^;]*(?:\.(?:db3?|sqlite3?|sdf)|:memory:)\s*(?:;\s*(?:BinaryGUID|Version|Pooling|Cache|Mode|Journal Mode|Foreign Keys|Synchronous|Cache Size|Page Size|DateTimeKind|FailIfMissing|New|Compress|UTF8Encoding)\s*=[^;]*)*;?\s*$`)

var liteConnection = scan.MustCompile(`(?i)\.(db3?|sqlite3?|sdf)$|^:memory:$`)

func firstValue(pairs map[string]string, keys ...string) string {
	for _, k := range keys {
		if pairs[k] != "" {
			return pairs[k]
		}
	}
	return ""
}

// setServer reads a SQL Server's address in all its forms: tcp:db01,1433, db01\INSTANCE, (local), .\SQLEXPRESS.
func setServer(n *scan.Need, server, port string) {
	n.Port = scan.DefaultPort(n.Kind)
	host := strings.TrimPrefix(server, "tcp:")
	if h, p, ok := strings.Cut(host, ","); ok {
		host, port = h, p
	} else if h, p, ok := strings.Cut(host, ":"); ok && !strings.Contains(p, ":") {
		host, port = h, p
	}
	if p, err := strconv.Atoi(strings.TrimSpace(port)); err == nil && p > 0 && p < 65536 {
		n.Port = p
	}
	host, _, _ = strings.Cut(host, `\`)
	if host != "." && hostText.MatchString(host) {
		n.SetHost(host)
	}
}

var (
	mssqlWords    = scan.MustCompile(`(?i)integrated security|trusted_connection|initial catalog|multipleactiveresultsets|localdb|sqlexpress|trustservercertificate`)
	postgresWords = scan.MustCompile(`(?i)(^|;)\s*host\s*=|search path`)
	postgresOwn   = scan.MustCompile(`(?i)(^|;)\s*(port\s*=\s*5432|user(name|\s*id)?\s*=\s*postgres)\s*(;|$)`)
	mysqlOwn      = scan.MustCompile(`(?i)(^|;)\s*port\s*=\s*3306\s*(;|$)`)
	mysqlWords    = scan.MustCompile(`(?i)(^|;)\s*(uid|sslmode|allowuservariables|charset)\s*=`)
	providerKinds = []struct{ part, kind string }{{"npgsql", "postgres"}, {"mysql", "mysql"}, {"oracle", "oracle"}, {"sqlclient", "mssql"}, {"db2", "db2"}}
)

// connectionKind says what a connection string leads to: by its provider, by the only driver, by words that only one
// database's strings hold, or by its name.
func (d *dotnetService) connectionKind(name, text, provider, server string) string {
	for _, p := range providerKinds {
		if strings.Contains(strings.ToLower(provider), p.part) {
			return p.kind
		}
	}
	if k := kindOfName(name); k != "" && !sqlKinds[k] {
		return k
	}
	switch {
	case server == "" && !strings.Contains(text, "="): // what fills it in is not in the repository
		if strings.Contains(strings.ToLower(name), "sqlserver") {
			return "mssql"
		}
		return kindOfName(name)
	case server == "":
		return ""
	case postgresOwn.MatchString(text):
		return "postgres"
	case mysqlOwn.MatchString(text):
		return "mysql"
	case mssqlWords.MatchString(text) && (d.inf.sql == "" || d.inf.sql == "mssql"):
		return "mssql"
	case d.inf.sql != "":
		return d.inf.sql
	case d.old && d.litePackage().name == "":
		return "mssql" // whose client alone the .NET Framework brings
	case postgresWords.MatchString(text):
		return "postgres"
	case mysqlWords.MatchString(text):
		return "mysql"
	}
	return kindOfName(name)
}

var (
	connectionEntry = scan.MustCompile(`(?s)<add\s[^>]*?name="([^"]+)"[^>]*?connectionString="([^"]*)"([^>]*)`)
	providerName    = scan.MustCompile(`providerName="([^"]+)"`)
	appSetting      = scan.MustCompile(`<add\s[^>]*?key="([^"]+)"[^>]*?value="([^"]*)"`)
	mailNetwork     = scan.MustCompile(`<network\s[^>]*?host="([^"]+)"(?:[^>]*?port="(\d+)")?`)
)

// xmlConfig reads web.config and app.config.
func (d *dotnetService) xmlConfig(p string) {
	text := withoutComments(d.t.Text(p, d.r))
	for _, m := range scan.Find(text, connectionEntry) {
		provider := ""
		if found := providerName.FindStringSubmatch(m.Groups[0]); found != nil {
			provider = found[1]
		}
		if strings.Contains(m.Groups[2], "metadata=res:") { // Entity Framework's model around the real one
			_, m.Groups[2], _ = strings.Cut(html.UnescapeString(m.Groups[2]), `connection string=`)
			provider, m.Groups[2] = "sqlclient", strings.Trim(m.Groups[2], `"'`)
		}
		d.connection(m.Groups[1], html.UnescapeString(m.Groups[2]), provider, p, m.Line)
		if !fileConnection.MatchString(m.Groups[2]) {
			d.xmlSecret(m.Groups[1], p, m.Line)
		}
	}
	for _, m := range scan.Find(text, appSetting) {
		v := value{kind: valString, text: html.UnescapeString(m.Groups[2]), line: m.Line}
		if strings.Contains(v.text, ";") && strings.Contains(v.text, "=") {
			d.connection(m.Groups[1], v.text, "", p, m.Line)
			if !fileConnection.MatchString(v.text) {
				d.xmlSecret(m.Groups[1], p, m.Line)
			}
			continue
		}
		if (scan.SecretName(m.Groups[1]) || connectionName.MatchString(m.Groups[1])) && !scan.IsSwitch(v.text) {
			d.xmlSecret(m.Groups[1], p, m.Line)
		}
		d.inf.setting(m.Groups[1], v, p)
	}
	for _, m := range scan.Find(text, mailNetwork) {
		n := scan.Need{Need: service.Need{Kind: "smtp"}}
		setServer(&n, m.Groups[1], m.Groups[2])
		d.inf.add(n, p, m.Line, scan.Declared, "")
	}
}

// connectionName is the name of a setting that holds a connection string, which has an account in it.
var connectionName = scan.MustCompile(`(?i)connection[-_]?string$`)

// xmlVariable makes the name of a variable of a setting's: : and . are allowed in none.
var xmlVariable = strings.NewReplacer(":", "__", ".", "_", "-", "_", " ", "_")

// xmlSecret reports the name of a setting in web.config or app.config that nobody may see. A configuration builder of
// Microsoft's puts the variable of that name in its place.
func (d *dotnetService) xmlSecret(name, file string, line int) {
	if name = xmlVariable.Replace(name); variableName.MatchString(name) && name != "LocalSqlServer" {
		d.find(service.Service{Secrets: []string{name}}, file, line, scan.Declared, "Microsoft.Configuration.ConfigurationBuilders.Environment reads it from a variable")
	}
}

var (
	dotnetGetenv     = scan.MustCompile(`GetEnvironmentVariable\(\s*"(\w+)"[^)"]*\)(?:\s*\?\?\s*"([^"\n]*)")?`)
	dotnetKey        = scan.MustCompile(`(?:(?i:conf\w*)(?:\[|\.GetSection\()|\.GetValue(?:<\w+>)?\()\s*"([A-Z][A-Z0-9_]+)"\s*[\]),](?:\s*\?\?\s*"([^"\n]*)")?`)
	dotnetHealth     = scan.MustCompile(`(Map|Use)HealthChecks\(\s*(?:new PathString\()?"([^"]+)"|Map(?:Get|Methods)?\(\s*"(/[\w/-]+)"|\[(?:\w*Route|HttpGet)\(\s*"(~?[\w/-]+)"`)
	dotnetController = scan.MustCompile(`\[Route(?:Prefix)?\(\s*(?:"([^"\n]*)"|[\w.]+)[^\]\n]*\]\s*(?:\[[^\]\n]*\]\s*)*(?:(?:public|internal|sealed|abstract|partial)\s+)*class\s+(\w+?)(?:Controller)?\b`)
	dotnetString     = scan.MustCompile(`"((?i:server|host|data source)=[^"\n]{3,200})"`)
	dotnetRedis      = scan.MustCompile(`ConnectionMultiplexer\.Connect(?:Async)?\(\s*"([^"\n]{1,100})"`)
)

// source reads one file of the code: variables, connection strings that stand in it, health routes.
func (d *dotnetService) source(p string, own bool) []route {
	text := d.t.Text(p, d.r)
	if strings.Contains(p, "/Migrations/") || !hasAny(text, "GetEnvironmentVariable", "onf", "GetValue", "Map", "Use", "Route(", "[HttpGet", "erver=", "ost=", "ource=", "Connect(", "SmtpClient") {
		return nil
	}
	for _, re := range []*scan.Pattern{dotnetGetenv, dotnetKey} {
		for _, m := range scan.Find(text, re) {
			if !strings.HasPrefix(m.Groups[1], "ASPNETCORE_") && !strings.HasPrefix(m.Groups[1], "DOTNET_") {
				d.inf.vars = append(d.inf.vars, readVariable{m.Groups[1], m.Groups[2], p, m.Line})
			}
		}
	}
	d.keysOfCode(p, text)
	if line := scan.LineOf(text, dotnetMail); line > 0 {
		d.inf.add(scan.Need{Need: service.Need{Kind: "smtp"}}, p, line, scan.Guess, "the code sends mail")
	}
	for _, m := range scan.Find(text, dotnetString) {
		d.connection("", m.Groups[1], "", p, m.Line)
	}
	for _, m := range scan.Find(text, dotnetRedis) {
		d.connection("redis", m.Groups[1], "", p, m.Line)
	}
	var routes []route
	for _, m := range scan.Find(text, dotnetHealth) {
		at := d.group(text, m.Groups[0]) + m.Groups[2] + m.Groups[3] + belowController(text, m.Groups[4])
		if !strings.HasPrefix(at, "/") {
			at = "/" + at
		}
		if (own || m.Groups[2]+m.Groups[3] != "") && !strings.ContainsAny(at, "{[") {
			routes = append(routes, route{path: at, file: p, line: m.Line, sure: m.Groups[1] != ""})
		}
	}
	if m := dotnetController.FindStringSubmatch(text); m != nil && own && m[1] != "" && dotnetIndex.MatchString(text) {
		routes = append(routes, route{path: path.Join("/", controllerPath(m)), file: p, line: scan.LineOf(text, dotnetController)})
	}
	return routes
}

// dotnetMail is the sender of mail that .NET brings itself.
var dotnetMail = scan.MustCompile(`\bnew\s+(?:System\.Net\.Mail\.)?SmtpClient\s*\(`)

// dotnetIndex is a method of a controller that answers at the controller's own path.
var dotnetIndex = scan.MustCompile(`\[HttpGet(?:\(\s*(?:""\s*)?\))?\]`)

// controllerPath is the path of a controller by what its attribute and its name, as dotnetController finds them, say.
func controllerPath(m []string) string {
	return strings.ReplaceAll(strings.TrimPrefix(m[1], "~"), "[controller]", strings.ToLower(m[2]))
}

// belowController is the path of a route of ASP.NET's attributes: below that of its controller, unless it begins at the
// root. The name of a constant gives no path: "{}" stands for it.
func belowController(text, at string) string {
	m := dotnetController.FindStringSubmatch(text)
	if at == "" || m == nil || m[1] == at || strings.HasPrefix(at, "/") || strings.HasPrefix(at, "~") {
		return strings.TrimPrefix(at, "~")
	}
	if m[1] == "" {
		return "{}/" + at
	}
	return path.Join("/", controllerPath(m), at)
}
