package generators

import (
	"fmt"
	"strings"
)

// connectionString is what .NET calls a connection string of the backend that its name speaks of: of a database where it speaks
// of nothing else. It is empty where no backend has one.
func connectionString(key string, backends []backend) string {
	var chosen *backend
	for i, b := range backends {
		switch named := strings.Contains(key, strings.ToUpper(b.Kind)); {
		case named:
			return b.connectionString()
		case sqlKinds[b.Kind] && chosen == nil:
			chosen = &backends[i]
		}
	}
	if chosen == nil {
		return ""
	}
	return chosen.connectionString()
}

func (b backend) connectionString() string {
	switch b.Kind {
	case "mssql":
		return fmt.Sprintf("Server=%s,%d;Database=%s;User Id=%s;Password=%s;TrustServerCertificate=true", b.Name, b.Port, b.Database, b.User, b.password())
	case "postgres":
		return fmt.Sprintf("Host=%s;Port=%d;Database=%s;Username=%s;Password=%s", b.Name, b.Port, b.Database, b.User, b.password())
	case "mysql", "mariadb":
		return fmt.Sprintf("Server=%s;Port=%d;Database=%s;User=%s;Password=%s", b.Name, b.Port, b.Database, b.User, b.password())
	case "redis", "memcached":
		return fmt.Sprintf("%s:%d", b.Name, b.Port)
	}
	return ""
}
