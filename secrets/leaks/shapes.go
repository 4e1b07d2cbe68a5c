package leaks

import (
	"net/url"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// shape is how the credentials of one issuer look. The first group of re is the secret.
type shape struct {
	what   string
	has    []string // the text holds one of them, or re is not tried
	re     *pattern.Pattern
	public int // so many letters of its beginning say no more than whose it is
	mend   string
	unless func(match, value string) bool
}

// shapes are those that issuers publish so that they can be found.
var shapes = []shape{
	{what: "a private key", has: []string{"PRIVATE KEY"}, public: 10, mend: "make a new key pair",
		re: pattern.MustCompile(`(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)\s*(?:\\n)?[A-Za-z0-9+/=:, \n\r\\-]{40}`)},
	{what: "a key of age", has: []string{"AGE-SECRET-KEY-1"}, public: 16, mend: "make a new identity and encrypt the store for it",
		re: pattern.MustCompile(`\b(AGE-SECRET-KEY-1[0-9A-Z]{58})\b`)},
	{what: "an access key of AWS", has: []string{"AKIA", "ASIA"}, public: 4, mend: "deactivate it in IAM and make a new one",
		re: pattern.MustCompile(`\b((?:AKIA|ASIA)[A-Z2-7]{16})\b`)},
	{what: "a secret access key of AWS", has: []string{"aws", "AWS", "Aws"}, mend: "deactivate its access key in IAM and make a new one",
		re: pattern.MustCompile(`(?i)aws_?(?:secret)?_?(?:access)?_?key["']?\s*(?:=>|[:=])\s*["']?([A-Za-z0-9/+]{40})(?:["'\s]|$)`)},
	{what: "a token of GitHub", has: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, public: 4, mend: "revoke it in GitHub's settings",
		re: pattern.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b`)},
	{what: "a token of GitLab", has: []string{"glpat-", "gldt-", "glrt-"}, public: 6, mend: "revoke it in GitLab's settings",
		re: pattern.MustCompile(`\b(gl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,})\b`)},
	{what: "a token of Slack", has: []string{"xox"}, public: 5, mend: "revoke it in the app's settings at Slack",
		re: pattern.MustCompile(`\b(xox[abeoprs]-[A-Za-z0-9-]{10,})\b`)},
	{what: "a webhook of Slack", has: []string{"hooks.slack.com"}, mend: "remove the webhook at Slack and make a new one",
		re: pattern.MustCompile(`hooks\.slack\.com/services/(T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,})`)},
	{what: "a live key of Stripe", has: []string{"sk_live_", "rk_live_"}, public: 8, mend: "roll it in Stripe's dashboard",
		re: pattern.MustCompile(`\b([rs]k_live_[A-Za-z0-9]{16,})\b`)},
	{what: "a key of Google's APIs", has: []string{"AIza"}, public: 4, mend: "restrict or replace it in Google's console",
		re: pattern.MustCompile(`\b(AIza[A-Za-z0-9_-]{35})(?:[^A-Za-z0-9_-]|$)`)},
	{what: "a key of SendGrid", has: []string{"SG."}, public: 3, mend: "delete it at SendGrid and make a new one",
		re: pattern.MustCompile(`\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_-]|$)`)},
	{what: "a key of Mailgun", has: []string{"key-"}, public: 4, mend: "roll it at Mailgun",
		re: pattern.MustCompile(`(?i)mailgun[^\n]{0,60}\b(key-[0-9a-f]{32})\b`)},
	{what: "a token of npm", has: []string{"npm_", "_authToken"}, public: 4, mend: "revoke it at the registry: npm token revoke",
		re: pattern.MustCompile(`(?:\b|_authToken=)(npm_[A-Za-z0-9]{36})\b`)},
	{what: "a token of PyPI", has: []string{"pypi-AgEIcHlwaS5vcmc"}, public: 5, mend: "revoke it at PyPI",
		re: pattern.MustCompile(`\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})`)},
	{what: "a key of Azure Storage", has: []string{"AccountKey="}, mend: "rotate the account's keys",
		re: pattern.MustCompile(`AccountKey=([A-Za-z0-9+/]{86}==)`)},
	{what: "a password in a URL", has: []string{"://"}, mend: "change the password at the server",
		re: pattern.MustCompile(`\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@"'<>]{1,64}:([^\s/@"'<>\\]{6,128})@[\w.-]+`), unless: noPassword},
}

// noPassword says that what stands behind the user in a URL is there for a container on a developer's machine: it is the
// user's or the host's own name, or the host is the machine itself.
func noPassword(match, value string) bool {
	u, err := url.Parse(match)
	if err != nil {
		return false
	}
	switch host := u.Hostname(); host {
	case "localhost", "127.0.0.1", "0.0.0.0", "host", "hostname", value:
		return true
	}
	return strings.EqualFold(u.User.Username(), value)
}
