package service_test

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestEdgeIsValidated(t *testing.T) {
	for edge, want := range map[string]string{
		"{timeout: 300s, body: 25m, headers: {X-Frame-Options: DENY}, rewrites: {/: /shop}}":                        "",
		"{redirects: [{path: /old, to: /new}, {host: www.shop.org, to: 'https://shop.org'}]}":                       "",
		"{redirects: [{path: /old, to: '//shop.org/new', rest: true, code: 308}]}":                                  "",
		"{parts: [{path: /a, headers: {X-Y: b}}, {path: /r, exact: true, files: r.txt}, {path: /o, refuse: 410}]}":  "",
		"{parts: [{path: /, agents: 'badbot|\\d+', refuse: 403}]}":                                                  "",
		"{parts: [{path: /a, agents: badbot, methods: [POST], query: '^q=', host: shop.org, refuse: 403}]}":         "",
		"{parts: [{path: '^/v(\\d+)/', pattern: true, rate: 5r/m, burst: 10, allow: [10.0.0.0/8], deny: ['::1']}]}": "",
		"{parts: [{path: '^/v(\\d+)/', pattern: true, rewrite: /new/$1, host: shop.org}]}":                          "",
		"{redirects: [{path: '^/v(\\d+)$', pattern: true, to: 'https://shop.org/new?v=$1'}]}":                       "",
		"{parts: [{path: /, agents: badbot}]}":                                                                      "say what is refused",
		"{parts: [{path: /, agents: badbot, rate: 1r/s, refuse: 403}]}":                                             "say what is refused",
		"{parts: [{path: '^/(', pattern: true, refuse: 403}]}":                                                      `"^/(" is no regular expression`,
		"{parts: [{path: /, agents: 'a(', refuse: 403}]}":                                                           `"a(" is no regular expression`,
		"{parts: [{path: /a, methods: [SEND], refuse: 403}]}":                                                       `"SEND" is no method`,
		"{parts: [{path: /a, host: 'a b', refuse: 403}]}":                                                           `"a b" is no host name`,
		"{parts: [{path: /a, rate: fast}]}":                                                                         `"fast" is no rate`,
		"{parts: [{path: /a, burst: 3, refuse: 403}]}":                                                              "3 is no number of requests",
		"{parts: [{path: /a, allow: [shop.org]}]}":                                                                  `"shop.org" is no address`,
		"{parts: [{path: /a, rewrite: /b}]}":                                                                        `"/b" has to be a path`,
		"{parts: [{path: ^/a, pattern: true, rewrite: /$host}]}":                                                    `"/$host" has to be a path`,
		"{parts: [{path: ^/a, pattern: true, files: x}]}":                                                           "has no files",
		"{redirects: [{path: ^/a, pattern: true, to: /$host}]}":                                                     "with $1 for a group",
		"{redirects: [{path: ^/(, pattern: true, to: /a}]}":                                                         "no regular expression",
		"{redirects: [{path: ^/a, pattern: true, rest: true, to: /b}]}":                                             "goes without exact and rest",
		"{parts: [{path: /a}]}":                                      "says nothing",
		"{parts: [{files: a}]}":                                      "path: is missing",
		"{parts: [{path: a, refuse: 403}]}":                          `"a" has to begin with /`,
		"{parts: [{path: /a, refuse: 200}]}":                         "200 is no status to refuse with",
		"{parts: [{path: /a, files: x, refuse: 403}]}":               "what is refused has no files",
		"{fastcgi: public/../..}":                                    `"public/../.." is no path in the container`,
		"{parts: [{path: /a, files: ../x}]}":                         `"../x" is no path in the container`,
		"{parts: [{path: /a, headers: {X: \"a\\nb\"}}]}":             `"X" is no header of one line`,
		"{timeout: 99999999999h}":                                    `"99999999999h" is no time`,
		"{timeout: long}":                                            `"long" is no time such as 300s`,
		"{body: 25 MB}":                                              `"25 MB" is no size such as 500m`,
		"{headers: {'X Y': a}}":                                      `"X Y" is no header of one line`,
		"{headers: {X-Y: \"a\\nb\"}}":                                `"X-Y" is no header of one line`,
		"{rewrites: {/api: /}}":                                      "no route has the path /api",
		"{redirects: [{path: old, to: /new}]}":                       `"old" has to begin with /`,
		"{redirects: [{path: /old, to: new}]}":                       `"new" has to be https://HOST`,
		"{redirects: [{path: /old, to: 'ftp://shop.org'}]}":          "has to be https://HOST",
		"{redirects: [{path: /old, to: 'https://shop.org/?a=1'}]}":   "says more than a host and a path",
		"{redirects: [{path: /old, to: /new, code: 200}]}":           "200 is no redirect",
		"{redirects: [{path: /o, to: /n, exact: true, rest: true}]}": "nothing lies below an exact path",
		"{redirects: [{host: 'a b', to: /new}]}":                     `"a b" is no host name`,
	} {
		text := "version: 1\nname: shop\nimage: registry.example.com/shop\nservices:\n  web: {dir: ., command: [run], port: 80, routes: [{host: shop.org, path: /}], edge: " + edge + "}\n"
		_, err := service.Load("migrate.yaml", []byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", edge, err, want)
		}
	}
	_, err := service.Load("migrate.yaml", []byte("version: 1\nname: shop\nimage: registry.example.com/shop\nservices:\n  web: {dir: ., command: [run], edge: {tls: true}}\n"))
	if err == nil || !strings.Contains(err.Error(), "nothing asks a service without a port") {
		t.Error(err)
	}
}

// What speaks no HTTP is asked for no page, and no web server stands before it.
func TestNoRequestsWithoutHTTP(t *testing.T) {
	for says, want := range map[string]string{
		"routes: [{host: shop.org, path: /}]":           "services.queue.routes: lead requests of HTTP",
		"edge: {parts: [{path: /, deny: [192.0.2.1]}]}": "services.queue.edge: is about requests of HTTP",
		"health: {ready: /x}":                           "services.queue.health: is asked by HTTP",
		"health: {ready: /x, port: 11300}":              "services.queue.health: is asked by HTTP",
		"health: {ready: /x, port: 8081}":               "",
	} {
		_, err := service.Load("migrate.yaml", []byte("version: 1\nname: shop\nimage: registry.example.com/shop\nservices:\n  queue: {dir: ., command: [run], port: 11300, protocol: tcp, "+says+"}\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", says, err, want)
		}
	}
}
