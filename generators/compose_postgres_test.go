package generators

import "testing"

func TestPostgresWithExtensions(t *testing.T) {
	for _, c := range []struct{ version, extension, want string }{
		{"", "postgis", "postgis/postgis:15-3.4 linux/amd64"}, {"9.6", "postgis", "postgis/postgis:9.6-3.2 linux/amd64"}, {"9.3", "postgis", "postgres:9.3 "}, {"12.4", "postgis", "postgis/postgis:12-3.4 linux/amd64"},
		{"16", "vector", "pgvector/pgvector:pg16 "}, {"12", "vector", "postgres:12 "}, {"14", "timescaledb", "timescale/timescaledb:latest-pg14 "}, {"14", "hstore", "postgres:14 "},
	} {
		image, platform := postgresImage(backend{Kind: "postgres", Version: c.version, Extensions: []string{"citext", c.extension}})
		if got := image + " " + platform; got != c.want {
			t.Errorf("%s with %s: %s", c.version, c.extension, got)
		}
	}
}
