package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// module is a module called by its source: one for a database makes a database.
func (c *cloud) module(name string, body *written) {
	source := known(prop(body, "source"))
	told := c.settings(prop(body, "appsettings"))
	if told {
		c.replicas(body, "")
		c.runtime(body)
	}
	kind := moduleKind(source)
	if kind == "" && strings.Contains(source, "rds") {
		kind = engineKind(known(prop(body, "engine")))
	}
	if kind == "" || kind == "s3" || kind == "smtp" {
		says, args := "the module %s (%s) is not looked into", []any{name, source}
		if told {
			says = "of the module %s (%s) only the settings are looked at"
		}
		if left := leftOut(body); len(left) > 0 {
			says, args = says+", not %s", append(args, left)
		}
		c.note(body.line, says, args...)
		return
	}
	at := *c
	at.about = append([]string{name}, c.about...)
	at.need(kind, name, "module."+name, body)
}

// runtime takes over the version of the language that the platform runs.
func (c *cloud) runtime(body *written) {
	for _, field := range body.fields {
		found := cloudRuntime.FindStringSubmatch(field.key)
		number := runtimeNumber.FindStringSubmatch(known(field.value))
		if found == nil || number == nil {
			continue
		}
		f := c.finding()
		f.Service = service.Service{Language: runtimeNames[found[1]], Version: number[1]}
		c.find(f, "runtime", field.line, scan.Convention)
	}
}

// cloudRuntime are arguments of platforms that say the version of a language.
var cloudRuntime = scan.MustCompile(`^(python|ruby|node|php|java)_(container_)?version$`)

// cloudTaken are the arguments of modules and resources that are looked at; cloudOrder those that say nothing of what is made.
var (
	cloudTaken = map[string]bool{"appsettings": true, "engine": true, "enginetype": true, "engineversion": true, "databaseversion": true, "version": true, "redisversion": true, "elasticsearchversion": true, "port": true, "dbname": true, "databasename": true, "postgresqldatabase": true, "bucket": true, "identifier": true, "desiredcount": true, "capacity": true, "instances": true, "instancecount": true}
	cloudOrder = map[string]bool{"source": true, "count": true, "foreach": true, "dependson": true, "lifecycle": true, "providers": true, "provider": true, "tags": true, "commontags": true, "name": true}
)

// leftOut are the arguments of a module or resource that nothing takes over.
func leftOut(body *written) scan.List {
	var names scan.List
	for _, f := range body.fields {
		if key := strings.ToLower(strings.ReplaceAll(f.key, "_", "")); !cloudTaken[key] && !cloudOrder[key] && !slices.Contains(names, f.key) {
			names = append(names, f.key)
		}
	}
	return names
}

// moduleKind is the kind of need that a module's source is named after: .../module-redis?ref=master.
func moduleKind(source string) string {
	source, _, _ = strings.Cut(source, "?")
	return bindingKind(source[strings.LastIndexAny(source, "/:")+1:])
}
