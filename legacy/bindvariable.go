package legacy

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// bindVariables are the variables by which a framework is told what it binds, the stronger first.
var bindVariables = []struct{ name, framework string }{
	{"ASPNETCORE_HTTP_PORTS", "asp.net-core"}, {"ASPNETCORE_URLS", "asp.net-core"}, {"SERVER_PORT", "spring-boot"},
}

// boundAddress is a port alone, or the one of an address without TLS: http://+:8080.
var boundAddress = scan.MustCompile(`(?:^|;)\s*(?:http://[^;/]*:)?(\d{2,5})/?\s*(?:;|$)`)

// portByVariable takes the port that a variable tells the framework to bind: nothing else that is said of the port counts
// then, but a person's word.
func (r *resolver) portByVariable(at string, s *service.Service) {
	claims := r.Claims[at+".port"]
	if len(claims) > 0 && claims[0].Rank == scan.Asked {
		return
	}
	for _, v := range bindVariables {
		m := boundAddress.FindStringSubmatch(s.Env[v.name])
		said := r.Claims[at+".env."+v.name]
		if m == nil || len(said) == 0 || !strings.HasPrefix(s.Framework, v.framework) {
			continue
		}
		if port, err := strconv.Atoi(m[1]); err == nil && port > 0 && port < 65536 && port != s.Port {
			s.Port = port
			claim := Claim{Evidence: said[0].Evidence, Value: m[1], order: said[0].order}
			claim.Note = v.name + " tells the framework to bind it"
			r.Claims[at+".port"] = append([]Claim{claim}, claims...)
		}
		return
	}
}
