package lang

import "testing"

func TestStatic(t *testing.T) {
	runCases(t, Static(), []readerCase{
		{"jekyll", files{"_config.yml": "title: x\nmarkdown: kramdown\n", "Gemfile": "gem 'jekyll', '~> 4.2'\n", "_posts/2020-01-01-a.md": "", "index.html": ""},
			[]string{".: language static <- _config.yml:2 declared", ".: framework static", ".: build jekyll Gemfile", ".: command nginx -g daemon off;", ".: port 8080 <- _config.yml:2 convention"}, nil},
		{"hugo", files{"site/config.toml": "title = 'x'\nbaseURL = 'https://example.org/'\n", "site/content/a.md": ""}, []string{"site: build hugo", "site: language static <- site/config.toml:2"}, nil},
		{"plain html", files{"public/index.html": "<html>", "public/a.css": ""}, []string{".: language static <- public/index.html:1 declared", ".: port 8080"}, nil},
		{"html beside code", files{"index.html": "", "server/main.go": "package main"}, nil, []string{"static"}},
		{"configuration of other things", files{"config.toml": "port = 1", "app.py": "", "_config.yml": "x: y"}, nil, []string{"static"}},
	})
}
