package lang

import "testing"

func TestStatic(t *testing.T) {
	runCases(t, Static(), []readerCase{
		{"the root that a Staticfile names", files{"Staticfile": "# x\nroot: public_html\npushstate: enabled\n", "public_html/a.css": "", "index.html": ""}, []string{".: framework static <- Staticfile:2 declared", ".: port 8080 <- Staticfile:2"}, nil},
		{"a root that is elsewhere", files{"Staticfile": "root: ../x\n"}, nil, []string{"."}},
		{"jekyll", files{".ruby-version": "3.2.5\n", "_config.yml": "title: x\nmarkdown: kramdown\n", "Gemfile": "gem 'jekyll', '~> 4.2'\n", "_posts/2020-01-01-a.md": "", "index.html": ""},
			[]string{".: language static <- _config.yml:2 declared", ".: version 3.2.5 <- .ruby-version:1 declared", ".: framework jekyll", ".: build jekyll Gemfile", ".: command nginx -g daemon off;", ".: port 8080 <- _config.yml:2 convention"}, nil},
		{"hugo", files{"site/config.toml": "title = 'x'\nbaseURL = 'https://example.org/'\n", "site/content/a.md": ""}, []string{"site: build hugo", "site: language static <- site/config.toml:2"}, nil},
		{"plain html", files{"public/index.html": "<html>", "public/a.css": ""}, []string{".: language static <- public/index.html:1 declared", ".: port 8080"}, nil},
		{"mkdocs", files{"mkdocs.yml": "site_name: x\ntheme:\n  name: material\n  features: [a]\nsite_dir: public\n", "docs/index.md": ""}, []string{".: language static <- mkdocs.yml:1 declared", ".: build mkdocs ", ".: install mkdocs-material <- mkdocs.yml:1 convention", ".: port 8080"}, nil},
		{"mkdocs with its requirements and hooks", files{"mkdocs.yml": "site_name: x\n", "requirements.txt": "mkdocs\n", "hooks/a.py": "", "main.py": ""}, []string{".: build mkdocs requirements.txt"}, []string{"install"}},
		{"the manual of a service", files{"mkdocs.yml": "site_name: x\n", "shop/app.py": "", "docs/index.md": ""}, nil, []string{"static"}},
		{"the manual of a library", files{"mkdocs.yml": "site_name: x\n", "pyproject.toml": "[project]\nname = 'x'\n"}, nil, []string{"static"}},
		{"sphinx", files{"source/conf.py": "project = 'x'\nhtml_theme = 'sphinx_rtd_theme'\n", "source/index.rst": "", "Makefile": ""}, []string{".: build sphinx", ".: build runs sphinx-build -b html source _build/html -> ", ".: install sphinx sphinx-rtd-theme", ".: language static <- source/conf.py:1"}, nil},
		{"a conf.py of something else", files{"conf.py": "project = 'x'\n"}, nil, []string{"static"}},
		{"pelican", files{"pelicanconf.py": "SITENAME = 'x'\nPATH = 'content'\n", "publishconf.py": "", "content/a.md": ""}, []string{".: build runs pelican content -o output -s publishconf.py -> "}, nil},
		{"middleman", files{"config.rb": "set :build_dir, 'public'\n", "Gemfile": "gem 'rake'\ngem 'middleman', '~> 4'\n", ".ruby-version": "2.7.6\n", "source/index.html.erb": ""}, []string{".: build middleman Gemfile", ".: version 2.7.6 <- .ruby-version:1", ".: language static <- Gemfile:2", ".: framework middleman"}, nil},
		{"what the pages take in, by npm's scripts", files{"config.rb": "activate :x\n", "Gemfile": "gem 'middleman', '~> 4'\n", "source/index.html.erb": "", "package.json": `{"scripts": {"build": "webpack", "start": "webpack --watch"}}`, "yarn.lock": "", "b/_config.yml": "plugins: []\n", "b/Gemfile": "gem 'jekyll'\n", "b/package.json": `{"scripts": {"build": "gulp && bundle exec jekyll build", "test": "gulp lint"}}`, "c/_config.yml": "plugins: []\n", "c/Gemfile": "gem 'jekyll'\n", "c/package.json": `{"scripts": {"build": "gulp --watch", "test": "gulp lint"}}`},
			[]string{".: build runs sh -c yarn run build && bundle exec middleman build --build-dir build", "b: build runs sh -c npm run build -> "}, []string{"c: build runs"}},
		{"html beside code", files{"index.html": "", "server/main.go": "package main"}, nil, []string{"static"}},
		{"configuration of other things", files{"config.toml": "port = 1", "app.py": "", "_config.yml": "x: y"}, nil, []string{"static"}},
	})
}
