package legacy

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// hostClaim is where a need answers today.
type hostClaim struct {
	host     string
	evidence scan.Evidence
	order    int
}

// family is the kind of need by which findings are put together: MariaDB is reached through MySQL's drivers.
func family(kind string) string {
	if kind == "mariadb" {
		return "mysql"
	}
	return kind
}

// sqlFamilies exclude each other where nothing but a driver in a list speaks for one of them.
var sqlFamilies = map[string]bool{"postgres": true, "mysql": true, "mssql": true, "oracle": true, "db2": true}

// group is all that was said about one backing service.
type group struct {
	family string
	name   string
	found  []Claimed
	users  map[*unit]bool

	aliases []string // what it is called elsewhere
}

func (g *group) rank() scan.Rank {
	best := scan.Rank(0)
	for _, f := range g.found {
		best = max(best, f.Evidence.Rank)
	}
	return best
}

// needs settles what the units call, what that is called, and points the units' configuration to those names.
func (r *resolver) needs(units []*unit) {
	for _, u := range units {
		r.unasked(u)
		r.namedAfterSibling(u)
	}
	r.hosts = map[string]map[string]hostClaim{}
	groups, own := r.ownCalls(units, r.offered(r.unused(r.dropUnused(r.groups(units)))))
	r.nameNeeds(groups)
	r.callByKeptNames()
	r.pointToOwn(units, own)
	for _, g := range groups {
		if !r.need(g) {
			continue
		}
		for _, u := range units {
			if g.users[u] {
				main := r.App.Services[u.base]
				main.Needs = append(main.Needs, g.name)
			}
		}
	}
	for _, u := range units {
		sort.Strings(r.App.Services[u.base].Needs)
	}
	r.ownNeeds(groups)
}

// groups puts findings together: those that give the same name, and those of one kind that give none. Findings of another
// unit join by kind or name too: services of one repository share their database unless they name two.
func (r *resolver) groups(units []*unit) []*group {
	var groups []*group
	add := func(u *unit, f Claimed, name string) {
		fam := family(f.Need.Kind)
		if name == "" {
			name = spokenOf(f, groups)
		}
		for _, g := range groups {
			if g.family == fam && (g.name == name || name == "" || g.name == "") && !(fam == "http" || fam == "tcp" || name != g.name && name != "" && g.name != "") || g.name == name && name != "" && g.family == fam {
				if g.name == "" {
					g.name = name
				}
				g.found = append(g.found, f)
				g.users[u] = true
				return
			}
		}
		groups = append(groups, &group{family: fam, name: name, found: []Claimed{f}, users: map[*unit]bool{u: true}})
	}
	// Named findings make the groups, unnamed ones then join. What is called by HTTP, or by a port alone, under the name of a
	// store is that store: http://es:9200. So is what answers at a port that only a store has.
	stores, listens := map[string]string{}, map[int]bool{}
	for _, u := range units {
		listens[r.App.Services[u.base].Port] = true
		for _, f := range u.needs {
			if name := needName(f); name != "" && !byAddress(f.Need.Kind) {
				stores[name] = f.Need.Kind
			}
		}
	}
	for _, named := range []bool{true, false} {
		for _, u := range units {
			for i, f := range u.needs {
				name := needName(f)
				if (name != "") != named {
					continue
				}
				kind := stores[name]
				if kind == "" && !listens[f.Need.Port] {
					kind = storesByPort[f.Need.Port]
				}
				if kind != "" && byAddress(f.Need.Kind) && (f.Need.Port == 0 || slices.Contains([]int{0, f.Need.Port}, scan.DefaultPort(kind))) {
					need := *f.Need
					need.Kind = kind
					f.Need = &need
					u.needs[i] = f
				}
				if name == "" && byAddress(f.Need.Kind) {
					r.note(f.Evidence, "another system is called here, but nothing names it; add it under needs in "+service.FileName)
					continue
				}
				add(u, f, name)
			}
		}
	}
	groups = sameVariable(groups)
	for _, g := range groups {
		g.found = stronger(g.found)
	}
	return groups
}

// storesByPort are the stores that a port tells, whatever the name in front of it.
var storesByPort = map[int]string{9200: "elasticsearch", 8983: "solr", 6379: "redis", 11211: "memcached", 5432: "postgres", 3306: "mysql", 27017: "mongodb", 5672: "rabbitmq"}

// byAddress says of a kind of need that it tells no more than that something answers at an address.
func byAddress(kind string) bool { return kind == "http" || kind == "tcp" || kind == "" }

// spokenOf is the name of the one of several backing services of a kind that the variables of a finding speak of:
// REDIS_BROKER_HOST of redis-broker.
func spokenOf(f Claimed, groups []*group) string {
	for _, g := range groups {
		if g.family != family(f.Need.Kind) || !strings.Contains(g.name, "-") {
			continue
		}
		for variable := range f.Need.Env {
			if strings.HasPrefix(slug(variable), g.name+"-") {
				return g.name
			}
		}
	}
	return ""
}

// needName is the name that the finding itself gives, as a DNS label.
func needName(f Claimed) string {
	if f.Need.Name != "" {
		return slug(f.Need.Name)
	}
	host := f.Need.Host
	if host == "" {
		return ""
	}
	kind := f.Need.Kind
	if _, err := netip.ParseAddr(host); err == nil {
		if kind == "http" || kind == "tcp" {
			return slug("legacy-" + host)
		}
		return ""
	}
	first, rest, dotted := strings.Cut(host, ".")
	if kind != "http" && kind != "tcp" {
		if !dotted { // the code says dbhost: that is its name in the cluster too
			return slug(host)
		}
		return ""
	}
	if first == "www" || first == "api" && rest != "" {
		first, _, _ = strings.Cut(rest, ".")
	}
	return slug(first)
}

// dropUnused leaves out a database for which only a driver speaks when another one is really configured.
// Where operations run one SQL database, another one that only the code knows is a choice that nobody made; and of
// several drivers none says more than the others.
func (r *resolver) dropUnused(groups []*group) []*group {
	declared, operated, guessed, said := false, false, map[string]bool{}, map[string]bool{}
	for _, g := range groups {
		if !sqlFamilies[g.family] {
			continue
		}
		declared = declared || g.rank() > scan.Guess
		operated = operated || g.operated()
		said[g.family] = said[g.family] || g.rank() >= scan.Declared
		if g.rank() <= scan.Guess {
			guessed[g.family] = true
		}
	}
	var kept []*group
	for _, g := range groups {
		switch sql, guess := sqlFamilies[g.family], g.rank() <= scan.Guess; {
		case sql && guess && declared:
		case sql && guess && len(guessed) > 1:
			r.note(g.found[0].Evidence, "a driver for "+g.family+" is installed beside those for other databases, and no setting chooses one; add the need that is used to "+service.FileName)
		case sql && !said[g.family] && (said["postgres"] || said["mysql"] || said["mssql"] || said["oracle"] || said["db2"]):
			r.note(g.found[0].Evidence, g.family+" is offered here, too; it was left out, since the configuration names another database")
		case sql && operated && !g.operated():
			r.note(g.found[0].Evidence, "the code can use "+g.family+", too; it was left out, since what runs the service has another database")
		default:
			kept = append(kept, g)
		}
	}
	return kept
}

// operated says whether the need is there where the service runs today: as a container beside it.
func (g *group) operated() bool {
	for _, f := range g.found {
		if f.Evidence.Reader == "compose" && f.Evidence.Rank >= scan.Declared {
			return true
		}
	}
	return false
}

// need makes one need of a group. It gives up, with a note, where nothing tells the port.
func (r *resolver) need(g *group) bool {
	at := "needs." + g.name
	n := service.Need{}
	for _, f := range g.found {
		c := func(field, value string) {
			r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, value, f.order})
		}
		c(at, f.Need.Kind)
		if n.Kind == "" || n.Kind == "http" { // how it is asked says less than what it is
			n.Kind = f.Need.Kind
		}
		if f.Need.Kind == "mariadb" && n.Kind == "mysql" {
			n.Kind = "mariadb" // mysql was only what the driver is called
		}
		if f.Need.Version != "" {
			n.Version = cmp.Or(n.Version, f.Need.Version)
			c(at+".version", f.Need.Version)
		}
		if f.Need.Port != 0 {
			if n.Port == 0 {
				n.Port = f.Need.Port
			}
			c(at+".port", strconv.Itoa(f.Need.Port))
		}
		if len(n.Init) == 0 {
			n.Init = f.Need.Init
		}
		n.Extensions = slices.Compact(slices.Sorted(slices.Values(slices.Concat(n.Extensions, f.Need.Extensions))))
		for _, name := range f.Need.Extensions {
			c(at+".extensions", name)
		}
		n.TLS = n.TLS || f.Need.TLS
		r.host(g.name, f)
	}
	n.Database, n.User = g.account()
	if n.Port == 0 {
		if k, ok := service.KindOf(n.Kind); ok && k.Port > 0 {
			n.Port = k.Port
			if n.Kind == "http" && n.TLS {
				n.Port = 443
			}
			r.claim(at+".port", strconv.Itoa(n.Port), "the port of "+n.Kind, scan.Convention)
		}
	}
	if n.Port == 0 {
		r.note(g.found[0].Evidence, g.name+" is called here on a port that is not known; add it under needs in "+service.FileName)
		return false
	}
	r.App.Needs[g.name] = n
	for u := range g.users {
		r.point(u, g, n)
	}
	r.agreePorts(g)
	return true
}

// account is the database and the account that the service asks for. The image runs with production's configuration
// everywhere, so what that says goes before what a compose file made for developers.
func (g *group) account() (database, user string) {
	for _, production := range []bool{true, false} {
		for _, f := range g.found {
			if production && f.Need.Environment != "production" {
				continue
			}
			database, user = cmp.Or(database, f.Need.Database), cmp.Or(user, f.Need.User)
		}
	}
	return database, user
}

// testsPlace are hosts with a word for a place to try things out among those of their names: idam-aat.internal.
var testsPlace = scan.MustCompile(`(^|[.-])(dev|devel|test|testing|aat|uat|qa|sit|ithc|perftest|demo|sandbox|staging|stage|stg|preprod|nonprod)\d?[.-]`)

// host notes where a need answers today, for the environment that the evidence speaks of.
func (r *resolver) host(need string, f Claimed) {
	host := strings.ToLower(strings.TrimSuffix(f.Need.Host, "."))
	_, err := netip.ParseAddr(host)
	if host == "" || err != nil && !strings.Contains(host, ".") {
		return
	}
	environment := f.Need.Environment
	if environment == "" && testsPlace.MatchString(host) && !r.elsewhere(f.Evidence.File) {
		r.note(f.Evidence, host+" is what the code calls where nothing else is set, a place to try things out by its name: say in "+service.FileName+" where "+need+" answers in production")
		return
	}
	environment = cmp.Or(environment, "production")
	if r.hosts[need] == nil {
		r.hosts[need] = map[string]hostClaim{}
	}
	if _, known := r.hosts[need][environment]; !known {
		r.hosts[need][environment] = hostClaim{host, f.Evidence, f.order}
	}
}

// point sets the variables through which a unit finds a need to the need's name. Where the code holds the host itself and
// gives no variable, a person has to change it: that is a note.
func (r *resolver) point(u *unit, g *group, n service.Need) {
	main := r.App.Services[u.base]
	fill := strings.NewReplacer("{host}", g.name, "{port}", strconv.Itoa(n.Port))
	pointed := false
	for _, f := range g.found {
		pointed = pointed || fromUnit(u.needs, f) && len(f.Need.Env) > 0
	}
	noted := map[string]bool{}
	for _, f := range g.found {
		if !fromUnit(u.needs, f) {
			continue
		}
		for _, property := range slices.Sorted(maps.Keys(f.Need.Env)) {
			key := variableFor(main.Framework, property)
			if key == "" || slices.Contains(main.Secrets, key) {
				continue
			}
			if main.Env == nil {
				main.Env = map[string]string{}
			}
			field := "services." + u.base + ".env." + key
			value := fill.Replace(f.Need.Env[property])
			main.Env[key] = value
			r.Claims[field] = append([]Claim{{f.Evidence, value, f.order}}, r.Claims[field]...)
		}
		if name := f.Need.Host; !pointed && strings.Contains(strings.Trim(name, "."), ".") && !strings.EqualFold(name, g.name) {
			where := name + " is written here; let it say "
			if f.Evidence.Reader == host.Reader {
				where = name + " answers today; let the configuration of " + u.base + " say "
				if noted[name] {
					continue // by another machine of the service
				}
				noted[name] = true
			}
			r.note(f.Evidence, where+g.name+", so that each environment can answer it its own way")
		}
	}
}

// fromUnit says whether a finding is one of the unit's own.
func fromUnit(list []Claimed, f Claimed) bool {
	for _, x := range list {
		if x.Need == f.Need {
			return true
		}
	}
	return false
}
