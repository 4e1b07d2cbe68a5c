package ops

import (
	"net/url"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// store is the kind and version of backing service that a compose service is, by its image or the image that it builds on.
func (c *composeReader) store(s *composeService) (kind, version string) {
	if onlyVolumes.MatchString(strings.Join(s.Command, " ")) || besideStore.MatchString(s.Name) {
		return "", ""
	}
	if s.Build != nil {
		if kind := c.storeBuilt(s); kind != "" {
			_, file, _ := s.builds()
			return parseImage(c.fromOf(file)).store()
		}
		return "", ""
	}
	if kind, version = parseImage(s.Image).store(); kind == "" {
		if kind = c.storeBuilt(s); kind == "" {
			kind = storeByData(s)
		}
	}
	return kind, version
}

// storeByData is the kind of a store whose image nobody knows, by where it keeps its data.
func storeByData(s *composeService) string {
	for _, v := range s.Volumes {
		switch target := v.Target + "/"; {
		case strings.HasPrefix(target, "/var/lib/postgresql/"):
			return "postgres"
		case strings.HasPrefix(target, "/var/lib/mysql/"):
			return "mysql"
		}
	}
	return ""
}

// onlyVolumes is the command of a container that ends at once: it is there for the volumes that others take from it.
var onlyVolumes = scan.MustCompile(`^(?:/bin/)?(?:true|echo(?: .*)?)$`)

// besideStore are names of what runs a store's own image to look after the store: db-backup-job.
var besideStore = scan.MustCompile(`(?i)(^|[-_.])(backups?|dumps?|exporter|restore|upgrade|migrat\w*|init|client|cli)($|[-_.])`)

// needs reports the backing services of a file for the directories whose services name them; for the only directory
// where none does.
func (c *composeReader) needs(f *composeFile, byDir map[string][]*composeService) {
	for _, s := range f.services {
		need, ok := c.needOf(s)
		if !ok {
			continue
		}
		kind := need.Kind
		line := s.lineOf("image")
		users := c.users(s, byDir)
		if other := c.worksOn(s, kind); other != "" && !named(s, byDir) {
			c.r.Note(s.file.path, s.line, "%s: works on %s, with programs of its image: no need of the services; run it where %s is", s.Name, other, other)
			continue
		}
		if dirs := sortedDirs(byDir); len(users) == 0 && len(dirs) > 0 {
			c.offer(s, dirs[0], need)
		}
		for _, dir := range users {
			n := need
			c.find(s, scan.Finding{Dir: dir, Need: &n}, "need."+s.Name, line, s.rank(), "")
		}
	}
}

// needOf is what a service of a compose file is to others, where it runs a backing service.
func (c *composeReader) needOf(s *composeService) (need scan.Need, ok bool) {
	kind, version := c.store(s)
	if kind == "" || testService.MatchString(s.Name) {
		return need, false
	}
	need.Name = s.Name
	need.Kind, need.Version, need.Port = kind, version, c.storePort(s, kind)
	need.Database = setting(s, "POSTGRES_DB", "POSTGRESQL_DATABASE", "MYSQL_DATABASE", "MARIADB_DATABASE", "MONGO_INITDB_DATABASE", "POSTGRES_DATABASE")
	need.User = setting(s, "POSTGRES_USER", "POSTGRESQL_USERNAME", "MYSQL_USER", "MARIADB_USER", "RABBITMQ_DEFAULT_USER", "MONGO_INITDB_ROOT_USERNAME")
	need.Init = c.initScripts(s)
	need.Extensions = parseImage(s.Image).extensions()
	return need, true
}

// storesAlone offers the backing services of the only file to the code beside it, where it starts nothing else: developers
// run that code by hand.
func (c *composeReader) storesAlone(f *composeFile) {
	if !c.hasCode(f.dir) {
		return
	}
	for _, s := range f.services {
		need, ok := c.needOf(s)
		if !ok {
			continue
		}
		if devWord.MatchString(strings.ToLower(s.Name)) {
			need.Name = ""
		}
		c.offer(s, f.dir, need)
	}
}

// offer reports a backing service that is there for the code of a directory, which names it in no way.
func (c *composeReader) offer(s *composeService, dir string, need scan.Need) {
	need.Offer = true
	c.find(s, scan.Finding{Dir: dir, Need: &need}, "offer."+s.Name, s.line, s.rank(), "")
}

// worksOn is the backing service of the same kind that a service waits for, "" for none: such a one is no second database but
// saves or fills the first.
func (c *composeReader) worksOn(s *composeService, kind string) string {
	for _, other := range s.file.services {
		if _, waits := s.DependsOn[other.Name]; !waits {
			continue
		}
		if same, _ := c.store(other); same == kind {
			return other.Name
		}
	}
	return ""
}

// named says whether a service of the repository's code names the backing service.
func named(store *composeService, byDir map[string][]*composeService) bool {
	for _, services := range byDir {
		if slices.ContainsFunc(services, func(s *composeService) bool { return s.dependsOn(store.Name) }) {
			return true
		}
	}
	return false
}

// initFolder is where the images of databases look for scripts when they make the database.
const initFolder = "/docker-entrypoint-initdb.d"

// initScripts are the scripts of the repository that a database runs when it is made: a directory, or files in the order
// in which the image takes them.
func (c *composeReader) initScripts(s *composeService) []string {
	byTarget := map[string]string{}
	var targets []string
	for _, v := range s.Volumes {
		target := path.Clean(v.Target)
		source, ok := within(s.file.dir, v.Source)
		switch {
		case target != initFolder && path.Dir(target) != initFolder || !ok || source == ".":
		case target == initFolder && len(c.t.Below(source)) > 0:
			return []string{source}
		case target != initFolder && c.t.Has(source):
			byTarget[target] = source
			targets = append(targets, target)
		}
	}
	sort.Strings(targets)
	var files []string
	for _, target := range targets {
		files = append(files, byTarget[target])
	}
	return files
}

func sortedDirs(byDir map[string][]*composeService) []string {
	dirs := make([]string, 0, len(byDir))
	for dir := range byDir {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	return dirs
}

func (c *composeReader) storePort(s *composeService, kind string) int {
	def := scan.DefaultPort(kind)
	if len(s.Ports) > 0 && (kind == "s3" || len(s.Ports) == 1 && def == 0) {
		return int(s.Ports[0].Target) // stores of objects at home answer on ports of their own
	}
	return def
}

func setting(s *composeService, names ...string) string {
	for _, name := range names {
		if v := s.Environment[name]; v != nil && *v != "" {
			return *v
		}
	}
	return ""
}

// users are the directories of which a service names the backing service in its links, dependencies or variables.
func (c *composeReader) users(store *composeService, byDir map[string][]*composeService) []string {
	var users []string
	for dir, services := range byDir {
		for _, s := range services {
			if s.dependsOn(store.Name) {
				users = append(users, dir)
				break
			}
		}
	}
	if len(users) == 0 && len(byDir) == 1 && !usedByOthers(store, byDir) {
		for dir := range byDir {
			users = append(users, dir)
		}
	}
	sort.Strings(users)
	return users
}

// usedByOthers says whether a backing service is there for an image of others, or for what is fetched and built from
// elsewhere: that names it, and the services that are built here name what they wait for, but not this.
func usedByOthers(store *composeService, byDir map[string][]*composeService) bool {
	own := map[string]bool{}
	for _, services := range byDir {
		for _, s := range services {
			own[s.Name] = true
			if len(s.DependsOn)+len(s.Links) > 0 || s.leadsAnywhere() {
				own[""] = true
			}
		}
	}
	return own[""] && slices.ContainsFunc(store.file.services, func(s *composeService) bool {
		return !own[s.Name] && (s.Build == nil || fetchedFrom.MatchString(s.Build.Context)) && !parseImage(s.Image).helper() && s.dependsOn(store.Name)
	})
}

// leadsAnywhere says whether a variable leads to another service of the file.
func (s *composeService) leadsAnywhere() bool {
	for _, value := range s.Environment {
		if value != nil && s.mentions(*value) != "" {
			return true
		}
	}
	return false
}

func (s *composeService) dependsOn(name string) bool {
	if _, ok := s.DependsOn[name]; ok {
		return true
	}
	for _, link := range s.Links {
		if target, _, _ := strings.Cut(link, ":"); target == name {
			return true
		}
	}
	for _, value := range s.Environment {
		if value != nil && s.mentions(*value) == name {
			return true
		}
	}
	return false
}

// serverPair is the address in a connection string of pairs: Server=tcp:db,1433;Database=shop.
var serverPair = scan.MustCompile(`(?i)(?:^|;)\s*(?:server|host|data source|address)\s*=\s*(?:tcp:)?([\w.-]+)`)

// hostOf is the host that a value of a variable leads to: of a URL, of a connection string, of host:port, or the value itself.
func hostOf(value string) string {
	if m := serverPair.FindStringSubmatch(value); m != nil {
		return m[1]
	}
	if address, options, ok := strings.Cut(value, ","); ok && strings.Contains(options, "=") && !strings.Contains(address, "=") { // of a client of Redis
		value = address
	}
	if strings.Contains(value, "://") {
		value, _, _ = strings.Cut(value, ";")
		u, err := url.Parse(strings.TrimPrefix(value, "jdbc:"))
		if err != nil {
			return ""
		}
		return u.Hostname()
	}
	host, port, ok := strings.Cut(value, ":")
	if ok {
		if _, err := strconv.Atoi(port); err != nil {
			return ""
		}
	}
	return host
}

// alias gives the compose service that a host name means for s: its name or its container's, or the alias of a link.
func (s *composeService) alias(host string) *composeService {
	for _, link := range s.Links {
		if target, name, ok := strings.Cut(link, ":"); ok && name == host {
			host = target
		}
	}
	for _, other := range s.file.services {
		if other != s && (other.Name == host || other.ContainerName == host || other.Hostname == host) {
			return other
		}
	}
	return nil
}

// mentions is the name of the compose service that a value leads to, "" for none.
func (s *composeService) mentions(value string) string {
	if host := hostOf(value); host != "" {
		if other := s.alias(host); other != nil {
			return other.Name
		}
	}
	return ""
}

// pointer reports a variable that leads to another service of the file. To a backing service it becomes the need's own
// variable; to a service of the repository it stays as it is, for the names are the same in the cluster.
func (c *composeReader) pointer(s *composeService, f scan.Finding, name, value string, at scan.Evidence) {
	other := s.alias(hostOf(value))
	kind, version := c.store(other)
	secret := scan.HasAccount(value) || scan.SecretName(name) || scan.LacksPassword(value)
	if kind == "" {
		if c.placeOf(other).dir == "" && parseImage(other.Image).helper() {
			return
		}
		f.Service = service.Service{Env: map[string]string{name: value}}
		if secret {
			f.Service = service.Service{Secrets: []string{name}}
		}
		c.findAt(s, f, "env."+name, at)
		return
	}
	need := scan.Need{Name: other.Name}
	need.Kind, need.Version, need.Port = kind, version, c.storePort(other, kind)
	if n, ok := scan.NeedOfURL(value); ok && n.Kind == kind {
		need.Database, need.User, need.Port = n.Database, n.User, n.Port
	}
	field := "env." + name
	if secret {
		f.Service = service.Service{Secrets: []string{name}}
		c.findAt(s, f, field, at)
		f.Service, field = service.Service{}, "behind."+name
	} else {
		need.Env = map[string]string{name: pointerTemplate(value, hostOf(value))}
		if port := strings.TrimSuffix(name, "HOST") + "PORT"; strings.HasSuffix(name, "HOST") && s.Environment[port] != nil {
			need.Env[port] = "{port}"
			c.said[f.Dir+"\x00"+f.Process+"\x00env."+port] = true
		}
	}
	f.Need = &need
	c.findAt(s, f, field, at)
}

// pointerTemplate puts {host} and {port} where a value names another service.
func pointerTemplate(value, host string) string {
	switch {
	case strings.Contains(value, "://"):
		return urlTemplate(value)
	case value == host:
		return "{host}"
	case strings.ContainsAny(value, "=;"):
		if at := serverPair.FindStringSubmatchIndex(value); at != nil {
			return value[:at[2]] + "{host}" + value[at[3]:]
		}
		return strings.Replace(value, host, "{host}", 1)
	}
	return "{host}:{port}"
}
