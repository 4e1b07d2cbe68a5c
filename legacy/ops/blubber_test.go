package ops

import "testing"

func TestBlubber(t *testing.T) {
	const variants = "version: v4\nbase: docker-registry.example.org/buster-nodejs10-slim\nruns: {environment: {APP_BASE: /srv}}\nvariants:\n  build:\n    base: docker-registry.example.org/buster-nodejs10-devel\n    apt: {packages: [git]}\n  prep:\n    includes: [build]\n    entrypoint: [node, server.js]\n  test:\n    entrypoint: [npm, test]\n"
	runCases(t, Blubber(), []readerCase{
		{"what production says itself and what it takes over", files{"package.json": "{}", ".pipeline/blubber.yaml": variants + "  production:\n    copies: [prep, local]\n    apt: {packages: [librsvg2-2]}\n"}, []string{
			".: command node|server.js <- .pipeline/blubber.yaml:10 declared", ".: language node 10  <- .pipeline/blubber.yaml:6", ".: env APP_BASE=/srv", ".: build  <- .pipeline/blubber.yaml:15"}, []string{"test", "git"}},
		{"variants that copy each other", files{"go.mod": "", "blubber.yaml": "variants:\n  a: {copies: [production]}\n  production: {copies: [{from: a}]}\n"}, nil, []string{".: "}},
		{"no production", files{"go.mod": "", "blubber.yaml": "variants:\n  test: {entrypoint: [x]}\n"}, nil, []string{".: "}},
	})
}
