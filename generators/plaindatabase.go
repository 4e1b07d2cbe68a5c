package generators

import (
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
