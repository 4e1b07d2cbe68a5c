package legacy

import (
	"strconv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// protocolPorts are ports of protocols that are no HTTP, and that no server of pages is started at.
var protocolPorts = map[int]string{21: "FTP", 22: "SSH", 25: "SMTP", 53: "DNS", 110: "POP3", 143: "IMAP", 389: "LDAP", 514: "syslog", 587: "SMTP", 636: "LDAP", 993: "IMAP", 1080: "SOCKS", 1883: "MQTT", 3306: "MySQL", 3478: "STUN",
	4222: "NATS", 4730: "Gearman", 5060: "SIP", 5222: "XMPP", 5269: "XMPP", 5432: "PostgreSQL", 5672: "AMQP", 6379: "Redis", 6667: "IRC", 8125: "StatsD", 8883: "MQTT", 11211: "memcached", 11300: "beanstalkd", 27017: "MongoDB"}

// protocol settles what a service speaks at its port where that is no HTTP: a reader saw it, its framework serves gRPC, or the port
// is that of a protocol. A service that is asked for pages today, or has a framework for them, speaks HTTP whatever its code holds beside.
func (r *resolver) protocol(at string, s *service.Service) {
	r.healthPort(at, s)
	field := at + ".protocol"
	remote := s.Framework == "grpc" || s.Framework == "tonic"
	pages := len(s.Routes) > 0 || s.Framework != "" && !remote || s.Edge != nil && s.Edge.FastCGI != "" || s.Health != nil && !s.HealthElsewhere()
	switch known := protocolPorts[s.Port]; {
	case s.Port == 0 || pages:
		s.Protocol = ""
		delete(r.Claims, field)
	case s.Protocol != "":
	case remote && len(r.Claims[at+".framework"]) > 0:
		r.speaksTCP(s, field, r.Claims[at+".framework"][0], "gRPC")
	case known != "":
		r.speaksTCP(s, field, r.Claims[at+".port"][0], "the port "+strconv.Itoa(s.Port)+" is that of "+known)
	}
}

func (r *resolver) speaksTCP(s *service.Service, field string, because Claim, why string) {
	s.Protocol = service.SpeaksTCP
	because.Value, because.Note, because.Rank = s.Protocol, why, scan.Convention
	r.Claims[field] = append(r.Claims[field], because)
}

// healthPort keeps the port of the health endpoints that goes with the path which is asked: who knew the one said the other. A
// path for another port than that is nobody's.
func (r *resolver) healthPort(at string, s *service.Service) {
	if s.Health == nil {
		return
	}
	at += ".health."
	said := r.Claims[at+"port"]
	delete(r.Claims, at+"port")
	of := func(path string) Claim {
		if claims := r.Claims[at+path]; len(claims) > 0 {
			for _, c := range said {
				if c.Evidence == claims[0].Evidence && c.Value != strconv.Itoa(s.Port) {
					return c
				}
			}
		}
		return Claim{}
	}
	live, ready := of("live"), of("ready")
	if s.Health.Live != "" && s.Health.Ready != "" && live.Value != ready.Value {
		s.Health.Live = ""
		delete(r.Claims, at+"live")
	}
	if s.Health.Ready == "" {
		ready = live
	}
	if s.Health.Port, _ = strconv.Atoi(ready.Value); s.Health.Port != 0 { // no number where nobody says one
		r.Claims[at+"port"] = []Claim{ready}
	}
}
