package host

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// The shapes of values that are no secret under a name that is none: everything else stays on the machine.
var (
	plainNumber = scan.MustCompile(`^-?\d{1,7}(\.\d{1,3})?(s|ms|m|h|d|k|kb|mb|gb|g|K|M|G|KB|MB|GB)?$`)
	plainHost   = scan.MustCompile(`^([a-z][a-z0-9-]{0,30}[a-z0-9]?\.)+[a-z]{2,12}$|^localhost$`)
	plainFile   = scan.MustCompile(`^(/[A-Za-z.][A-Za-z0-9_.@+-]{0,40})+/?$`)
	plainURL    = scan.MustCompile(`^[a-z][a-z0-9+]{1,20}://[a-z0-9.-]{1,80}(:\d{1,5})?(/[a-z_][a-z_.-]{0,20}|/v\d{1,2}|/\d{1,2})*/?$`)
	plainModule = scan.MustCompile(`^[a-z_]{2,20}([.:][a-z_]{2,24}){1,5}$`)
	plainLocale = scan.MustCompile(`^([a-z]{2}([_-][A-Z]{2})?|C|POSIX)(\.(UTF|utf)-?8)?$`)
	plainZone   = scan.MustCompile(`^(UTC|GMT|(Europe|America|Asia|Africa|Australia|Pacific|Atlantic|Etc)/[A-Za-z_]{3,20})$`)
	moduleName  = scan.MustCompile(`(?i)(MODULE|SETTINGS|APP|CLASS|BACKEND|ENGINE|CONFIG|WSGI|ASGI)$`)
)

// switchWords are values of settings that everybody has.
const switchWords = " true false yes no on off none null default auto enabled disabled production prod staging stage development dev test testing qa integration live local " +
	"debug info notice warning warn error critical fatal trace verbose quiet json text plain logfmt syslog stdout stderr console file utf8 utf-8 " +
	"redis memcached memory database db postgres postgresql mysql sqlite smtp sendmail sync async cluster single fork worker web en de fr pl es it "

// plainValue is the value of a variable where name and look say that it is no secret, otherwise nil.
func plainValue(name, value string) *string {
	if len(value) > 200 || scan.SecretName(name) || secretName(name) || scan.HasAccount(value) || maskPairs(maskWord(value)) != value {
		return nil
	}
	ok := value == "" || plainNumber.MatchString(value) || plainHost.MatchString(value) || plainFile.MatchString(value) && !randomPath(value) || plainURL.MatchString(value) ||
		moduleName.MatchString(name) && plainModule.MatchString(value) || plainLocale.MatchString(value) || plainZone.MatchString(value) || isAddress(value) ||
		!strings.ContainsAny(value, " \t\n") && strings.Contains(switchWords, " "+strings.ToLower(value)+" ")
	if host, port, err := net.SplitHostPort(value); !ok && err == nil && plainNumber.MatchString(port) {
		ok = host == "" || isAddress(host) || plainHost.MatchString(host) || addressName.MatchString(name) && plainLabel.MatchString(host)
	}
	if !ok && supervised.MatchString(name) && programLabel.MatchString(value) {
		ok = true // what supervisord calls it
	}
	if !ok && addressName.MatchString(name) && plainLabel.MatchString(value) {
		ok = true // a machine by its short name
	}
	if !ok {
		return nil
	}
	return &value
}

var (
	addressName = scan.MustCompile(`(?i)(^|_)(ADDR|ADDRESS|HOST|HOSTNAME|SERVER|ENDPOINT|BROKER)$`)
	plainLabel  = scan.MustCompile(`^[a-z][a-z0-9-]{0,15}$`)
	supervised  = scan.MustCompile(`^SUPERVISOR_(GROUP|PROCESS)_NAME$`)
	// programLabel is a name as people give it to a program, with few digits: no secret looks like this.
	programLabel = scan.MustCompile(`^[a-z]{2,16}([_-][a-z]{2,16}){0,3}([_-]?\d{1,2})?$`)
	hostWords    = scan.MustCompile(`(?i)(^|_)(DB|DATABASE|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|REDIS|CACHE|RABBIT|RABBITMQ|AMQP|BROKER|SMTP|MAIL|EMAIL|ELASTIC|ELASTICSEARCH|MEMCACHED?|LDAP)(_|$)`)
)

func isAddress(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

// randomPath finds a key among the names of a path.
func randomPath(file string) bool {
	for _, name := range strings.Split(file, "/") {
		if len(name) > 12 && random(name) {
			return true
		}
	}
	return false
}

// wordPorts are the ports behind the words of a variable's name, where it gives a host and nothing gives the port.
var wordPorts = map[string][]int{
	"db": {5432, 3306, 1433}, "database": {5432, 3306, 1433}, "pg": {5432}, "postgres": {5432}, "postgresql": {5432}, "mysql": {3306}, "mariadb": {3306}, "mongo": {27017}, "redis": {6379}, "cache": {6379, 11211},
	"rabbit": {5672}, "rabbitmq": {5672}, "amqp": {5672}, "broker": {5672, 6379, 9092}, "smtp": {25, 587, 465}, "mail": {25, 587, 465}, "email": {25, 587, 465}, "elastic": {9200}, "elasticsearch": {9200},
	"memcache": {11211}, "memcached": {11211}, "ldap": {389, 636},
}

// address remembers how the process's own configuration calls what answers at a port: connections show addresses only.
func (p *seen) address(name, value string) {
	add := func(host string, port int) {
		host = strings.ToLower(host)
		if port == 0 || isAddress(host) || scan.LocalHost(host) || !plainHost.MatchString(host) && !plainLabel.MatchString(host) {
			return
		}
		key := strconv.Itoa(port)
		if !slices.Contains(p.names[key], host) {
			p.names[key] = append(p.names[key], host)
		}
	}
	if n, ok := scan.NeedOfURL(value); ok {
		add(n.Host+n.Name, n.Port)
		p.point(name, value, n)
		return
	}
	if host, port, err := net.SplitHostPort(value); err == nil {
		add(host, number(port))
		return
	}
	if !addressName.MatchString(name) {
		return
	}
	if m := hostWords.FindStringSubmatch(name); m != nil {
		for _, port := range wordPorts[strings.ToLower(m[2])] {
			add(value, port)
		}
	}
}

var accountName = scan.MustCompile(`^[a-z][a-z_-]{0,15}\d{0,2}$`)

// point keeps what a connection string says besides its password. A token may stand in every part that a person chose.
func (p *seen) point(variable, value string, n scan.Need) {
	point := Point{Variable: variable, Kind: n.Kind, Host: n.Host + n.Name, Port: n.Port}
	if point.Host == "" && (strings.Contains(value, "localhost") || strings.Contains(value, "127.0.0.1")) {
		point.Host = "localhost"
	}
	if point.Host != "" && !plainHost.MatchString(point.Host) && !plainLabel.MatchString(point.Host) && !isAddress(point.Host) {
		return
	}
	if accountName.MatchString(n.User) {
		point.User = n.User
	}
	if accountName.MatchString(n.Database) {
		point.Database = n.Database
	}
	if !slices.Contains(p.Points, point) {
		p.Points = append(p.Points, point)
	}
}

// nameCalls gives the addresses that are called the names that the process's own configuration has for their ports, where
// that can mean only one of them.
func (p *seen) nameCalls() {
	byPort := map[string][]*Call{}
	for _, to := range slices.Sorted(maps.Keys(p.calls)) {
		if end, err := netip.ParseAddrPort(to[strings.IndexByte(to, ' ')+1:]); err == nil && !end.Addr().IsLoopback() {
			port := strconv.Itoa(int(end.Port()))
			byPort[port] = append(byPort[port], p.calls[to])
		}
	}
	for port, calls := range byPort {
		if len(calls) != 1 || len(p.names[port]) != 1 {
			continue
		}
		if name := p.names[port][0]; !slices.Contains(calls[0].Names, name) {
			calls[0].Names = append(calls[0].Names, name)
		}
	}
}
