package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// laravelChoices are Laravel's files of settings that describe several drivers, and where each says which is taken.
var laravelChoices = []struct {
	file, key string
	variables []string
	store     bool // sessions, the cache, the queues or the events are kept in it
}{
	{"cache", "default", []string{"CACHE_STORE", "CACHE_DRIVER"}, true},
	{"session", "driver", []string{"SESSION_DRIVER"}, true},
	{"queue", "default", []string{"QUEUE_CONNECTION", "QUEUE_DRIVER"}, true},
	{"broadcasting", "default", []string{"BROADCAST_CONNECTION", "BROADCAST_DRIVER"}, true},
	{"database", "default", []string{"DB_CONNECTION"}, false},
	{"mail", "default", []string{"MAIL_MAILER", "MAIL_DRIVER"}, false},
	{"mail", "driver", []string{"MAIL_DRIVER"}, false}, // before Laravel 7
	{"filesystems", "default", []string{"FILESYSTEM_DISK", "FILESYSTEM_DRIVER"}, false},
	{"filesystems", "cloud", []string{"FILESYSTEM_CLOUD"}, false},
	{"logging", "default", []string{"LOG_CHANNEL"}, false},
	{"scout", "driver", []string{"SCOUT_DRIVER"}, false},
	{"services", "", nil, false}, // of others: each is for what the code does with it
}

// emptyFallback is what follows a variable's name where nothing is taken in its place.
var emptyFallback = scan.MustCompile(`^,\s*(?:null|NULL|false|''|"")\s*\)`)

// driversUnder are the keys below which a file describes its drivers. Others have them at its root.
var driversUnder = []string{"connections", "stores", "mailers", "disks", "channels"}

// laravelSpared collects the variables that the settings read for drivers that are not chosen, and for services of others.
func (p *phpProject) laravelSpared(used map[string]variableLine) {
	taken, described := map[string][]string{}, map[string]bool{}
	var all []string
	for _, c := range laravelChoices {
		v, _ := p.laravelFile(c.file)
		if which, ok := v.get(c.key); ok && c.key != "" {
			text, _ := p.chosen(which, c.variables...)
			taken[c.file], all = append(taken[c.file], text), append(all, text)
			described[c.file] = described[c.file] || text != ""
		}
	}
	taken["services"], described["services"] = all, true
	if _, pays := p.requires("laravel/cashier"); pays {
		taken["services"] = append(taken["services"], "stripe")
	}
	_, redis := used["redis"]
	_, calls := p.callsRedis()
	if redis = redis || calls; redis {
		taken["database"] = append(taken["database"], "redis")
	}
	p.sparedByChoice(redis)
	for _, name := range []string{"cache", "session", "queue", "broadcasting", "database", "mail", "filesystems", "logging", "scout", "services"} {
		if v, file := p.laravelFile(name); described[name] {
			p.spareDrivers(name, v, file, taken[name])
		}
	}
}

// sparedByChoice collects the passwords that Laravel's own settings, which newer projects no longer hold, read for what is not in
// use.
func (p *phpProject) sparedByChoice(redis bool) {
	spare := func(name string, from variableLine) {
		if from.file != "" {
			p.infer.spared = append(p.infer.spared, readVariable{name: name, file: from.file, line: from.line})
		}
	}
	if connection, from := p.chosen(value{}, "DB_CONNECTION"); connection == "sqlite" {
		spare("DB_PASSWORD", from)
	}
	if mailer, from := p.chosen(value{}, "MAIL_MAILER", "MAIL_DRIVER"); mailer != "smtp" {
		spare("MAIL_PASSWORD", from)
	}
	if !redis {
		spare("REDIS_PASSWORD", p.dotenv["REDIS_PASSWORD"])
	}
}

// sparedByExample collects the keys for outside that the example of the .env file names, and that no code reads.
func (p *phpProject) sparedByExample() {
	read := map[string]bool{}
	for _, v := range p.infer.vars {
		read[v.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(p.dotenv)) {
		if set := p.dotenv[name]; !read[name] && set.value == "" {
			p.infer.spare(name, set.file, set.line)
		}
	}
}

// spareDrivers collects the variables that a file of settings reads for other drivers than those that are taken.
func (p *phpProject) spareDrivers(name string, v value, file string, taken []string) {
	for _, under := range driversUnder {
		if drivers, ok := v.get(under); ok {
			p.spareBranches(drivers, file, taken)
		}
	}
	switch name {
	case "services", "scout":
		p.spareBranches(v, file, taken)
	case "database":
		if redis, ok := v.get("redis"); ok && !slices.Contains(taken, "redis") {
			p.spareAll(redis, file)
		}
	case "mail":
		if password, ok := v.get("password"); ok && !slices.Contains(taken, "smtp") { // before Laravel 7
			p.spareAll(password, file)
		}
	}
}

// spareBranches spares what the parts of a dict that are not taken read, and of those that are the URL that can stand in the
// place of host and password.
func (p *phpProject) spareBranches(drivers value, file string, taken []string) {
	if drivers.kind != valDict {
		return
	}
	for i, key := range drivers.keys {
		switch branch := drivers.items[i]; {
		case !slices.Contains(taken, key):
			if branch.kind == valDict {
				p.spareAll(branch, file)
			}
		case branch.kind == valDict:
			url, ok := branch.get("url")
			if _, beside := branch.get("host"); ok && beside {
				p.spareAll(url, file)
			}
		}
	}
}

func (p *phpProject) spareAll(v value, file string) {
	v.walk(func(part value) {
		if name, _, ok := part.environment(); ok {
			p.infer.spared = append(p.infer.spared, readVariable{name: name, file: file, line: part.line})
		}
	})
}

// sparedByRead says whether a line reads a variable with no more than nothing to fall back to, which env() has in Laravel's
// settings wherever it is given none. Where those describe drivers, laravelSpared knows better.
func (p *phpProject) sparedByRead(file, line, name string) bool {
	_, after, _ := strings.Cut(line, name)
	after = strings.TrimLeft(after, `'" `)
	dir, base := path.Split(relative(p.dir, file))
	dir = strings.ToLower(strings.TrimPrefix(dir, "app/"))
	settings := (p.framework == "laravel" || p.framework == "lumen") && strings.HasPrefix(dir, "config/")
	for _, c := range laravelChoices {
		if settings && dir == "config/" && base == c.file+".php" {
			return false
		}
	}
	return settings && strings.HasPrefix(after, ")") || emptyFallback.MatchString(after)
}
