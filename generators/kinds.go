package generators

import "github.com/migrate-to-kubernetes/migrate/service"

// kindImages is what runs the kinds in an environment that run_local has no container for, and ldap, whose container there
// insists on root: an image and the tag where the model gives no version.
func kindImages() map[string][2]string {
	return map[string][2]string{
		"cassandra": {"cassandra", "4.1"},
		"couchdb":   {"couchdb", "3.3"},
		"influxdb":  {"influxdb", "1.8"},
		"ldap":      {"bitnamilegacy/openldap", "2.6.10"},
		"nats":      {"nats", "2.11"},
		"neo4j":     {"neo4j", "4.4"},
	}
}

// kindImage is the image that runs a need, the same as in run_local where it can be, or nothing.
func kindImage(need service.Need) string {
	kind := knownKind(need.Kind)
	image, ok := kindImages()[kind]
	if k := containerKinds[kind]; !ok && k.make != nil {
		return k.make(backend{Kind: kind, Version: need.Version, Port: k.port, Usual: k.port, Extensions: need.Extensions}).Image
	}
	switch {
	case !ok:
		return ""
	case need.Version == "" || kind == "ldap":
		return image[0] + ":" + image[1]
	}
	return image[0] + ":" + need.Version
}

// knownKind is the kind under its usual name: postgres for postgresql.
func knownKind(kind string) string {
	if k := containerKind(kind); k != "" {
		return k
	}
	return kind
}

// kindPort is where a kind answers by itself.
func kindPort(kind string) int {
	k, _ := service.KindOf(knownKind(kind))
	return k.Port
}

// udp is the protocol of a kind where that isn't TCP.
func udp(kind string) string {
	if service.UDP(kind) {
		return "UDP"
	}
	return ""
}
