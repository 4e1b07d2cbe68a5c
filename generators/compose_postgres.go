package generators

import (
	"slices"
	"strconv"
)

// postgisTags are the tags of the image postgis/postgis, by the version of PostgreSQL in it.
var postgisTags = map[string]string{"9.6": "9.6-3.2", "10": "10-3.2", "11": "11-3.3", "12": "12-3.4", "13": "13-3.4", "14": "14-3.4", "15": "15-3.4", "16": "16-3.4", "17": "17-3.5"}

// postgresImage is the image of PostgreSQL that has the extensions that the service wants, as far as there is one; those that come with
// PostgreSQL itself need none. The image with PostGIS is one for amd64 alone.
func postgresImage(b backend) (image, platform string) {
	tag := b.tag("15")
	major, minor, _ := numbers(tag)
	line := strconv.Itoa(major)
	if major < 10 {
		line += "." + strconv.Itoa(minor)
	}
	switch {
	case slices.Contains(b.Extensions, "postgis") && postgisTags[line] != "":
		return "postgis/postgis:" + postgisTags[line], "linux/amd64"
	case slices.Contains(b.Extensions, "timescaledb") && major >= 12 && major <= 17:
		return "timescale/timescaledb:latest-pg" + line, ""
	case slices.Contains(b.Extensions, "vector") && major >= 13:
		return "pgvector/pgvector:pg" + line, ""
	}
	return "postgres:" + tag, ""
}
