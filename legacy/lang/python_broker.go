package lang

import "github.com/migrate-to-kubernetes/migrate/legacy/scan"

// What says that Celery's broker is a queue of Amazon's, and what that it is another one: that one's scheme, or the name of a
// variable or of a setting that leads to it.
var (
	brokerTransport  = scan.MustCompile(`(?i)^(?:\w+\.)*(?:celery_)?broker_transport$`)
	transportByQueue = scan.MustCompile(`(?i)^sqs$`)
	brokerByQueue    = scan.MustCompile(`(?i)^(?:sqs://|https://sqs\.)`)
	brokerOther      = scan.MustCompile(`(?i)redis|rabbit|amqp|mongo`)
)

// queueBroker is where the settings say that the broker is a queue of Amazon's, "" where none does or another one names
// Redis, RabbitMQ or MongoDB: a queue in one branch or for one deployment says less.
func (p *pythonProject) queueBroker() (file string, line int) {
	other := false
	look := func(s *source, name string, v value) {
		transport := brokerTransport.MatchString(name)
		if !transport && !brokerSetting.MatchString(name) {
			return
		}
		asked := brokerByQueue
		if transport {
			asked = transportByQueue
		}
		switch {
		case mentions(v, brokerOther.MatchString):
			other = true
		case file == "" && mentions(v, asked.MatchString):
			file, line = s.file, v.line
		}
	}
	for _, s := range p.sources {
		for _, set := range s.settings {
			look(s, set.name, set.v)
			eachKey(set.v, func(key string, v value) { look(s, key, v) })
		}
		for _, call := range s.calls {
			eachKey(call, func(key string, v value) { look(s, key, v) })
		}
	}
	if other {
		return "", 0
	}
	return file, line
}

// eachKey calls for the keys of a dict, of those within it, and of a call.
func eachKey(v value, do func(key string, v value)) {
	for i, item := range v.items {
		if i < len(v.keys) && v.keys[i] != "" {
			do(v.keys[i], item)
		}
		eachKey(item, do)
	}
}

// mentions says whether a string or a name within an expression is one of those asked for.
func mentions(v value, asked func(text string) bool) bool {
	if v.kind != valNumber && asked(v.text) {
		return true
	}
	for _, item := range v.items {
		if mentions(item, asked) {
			return true
		}
	}
	return false
}
