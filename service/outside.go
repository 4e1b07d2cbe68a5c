package service

import "github.com/migrate-to-kubernetes/migrate/pattern"

// providerKey are names of secrets that begin with who is on the public Internet.
var providerKey = pattern.MustCompile(`(?i)^(algolia|aws|bugsnag|discord|dropbox|facebook|github|google|honeybadger|intercom|linkedin|mailchimp|mailgun|mandrill|new_?relic|paypal|postmark|pusher|rollbar|salesforce|sendgrid|sentry|ses|slack|sparkpost|stripe|telegram|twilio|twitter)_`)

// publicProvider are names of secrets that begin with who has no servers but his own on the public Internet. Others may be run
// by oneself, or be spoken to by one's own (Sentry, MinIO with AWS_ keys), or be reached at private addresses from a cloud.
var publicProvider = pattern.MustCompile(`(?i)^(algolia|discord|dropbox|facebook|honeybadger|intercom|linkedin|mailchimp|mailgun|mandrill|new_?relic|paypal|postmark|sendgrid|sparkpost|stripe|twilio|twitter)_`)

// outsideKey are names of secrets by which a service shows itself to another that is on the public Internet.
var outsideKey = pattern.MustCompile(`(?i)[a-z\d]_?(api_?(key|token|secret)|dsn|access_?(key|token)(_?id)?|client_?secret|auth_?token|webhook(_?url)?|license_?key|sdk_?key|bot_?token)$`)

// ownKey are names of keys for the service itself, which it gives its first user.
var ownKey = pattern.MustCompile(`(?i)^(initial|admin|default)_|_initial_|_init_admin_`)

// KeyForOutside says whether a secret of that name is for a service on the public Internet.
func KeyForOutside(name string) bool {
	return providerKey.MatchString(name) || outsideKey.MatchString(name) && !ownKey.MatchString(name)
}

// PublicProvider says whether a secret of that name is for a service that is nowhere but on the public Internet.
func PublicProvider(name string) bool { return publicProvider.MatchString(name) }

// tokenOfNobody are names of tokens that are as often the service's own, which it asks its callers for.
var tokenOfNobody = pattern.MustCompile(`(?i)auth_?token$`)

// checksCallers are names of secrets by which a service knows who calls it: with none it would believe everybody.
var checksCallers = pattern.MustCompile(`(?i)((hook|signing|signature|verif)\w*(secret|key|token)|endpoint_?secret)$`)

// SpareKey says whether a service starts without a secret of that name, where its code says that it may be absent: a key for a
// service on the public Internet. A password or a key of its own it would rather miss while it runs, and what it checks its callers
// with it must not do without.
func SpareKey(name string) bool {
	if checksCallers.MatchString(name) {
		return false
	}
	return providerKey.MatchString(name) || KeyForOutside(name) && !tokenOfNobody.MatchString(name)
}
