package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// The PostgreSQL that runs beside the service, here or in an environment, has no certificate: a client that insists on TLS,
// as it should with the database of production, would not start.

var (
	tlsMode = pattern.MustCompile(`(?i)\bsslmode=(require|verify-ca|verify-full)\b`)
	tlsOnly = pattern.MustCompile(`(?i)^(require|verify-ca|verify-full)$`)
)

// withoutTLS is the value of a variable that asks PostgreSQL for TLS, and does not any more.
func withoutTLS(key, value string) string {
	if name := strings.ReplaceAll(strings.ToUpper(key), "_", ""); strings.HasSuffix(name, "SSLMODE") && tlsOnly.MatchString(value) {
		return "disable"
	}
	return tlsMode.ReplaceAllString(value, "sslmode=disable")
}

var (
	urlHost    = pattern.MustCompile(`^\w+://(?:[^@/]*@)?([\w.-]+)`)
	otherStore = pattern.MustCompile(`(?i)(^|_)(redis|mysql|mariadb|mongo(db)?|amqp|rabbitmq)_`)
)

// callsPostgres says whether a service with an image of its own, or a process of it, needs a PostgreSQL.
func callsPostgres(app *service.App, base string) bool {
	for _, name := range app.ServiceNames() {
		if app.Base(name) == base && slices.ContainsFunc(app.Effective(name).Needs, func(need string) bool { return app.Needs[need].Kind == "postgres" }) {
			return true
		}
	}
	return false
}

// postgresInside says whether every PostgreSQL that is called in an environment is a workload there.
func postgresInside(app *service.App, env string) bool {
	inside := false
	for _, name := range app.NeedNames() {
		if app.Needs[name].Kind != "postgres" {
			continue
		}
		if !app.Environments[env].Needs[name].Inside {
			return false
		}
		inside = true
	}
	return inside
}
