package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	storedLocally = scan.MustCompile(`(?m)^\s*config\.active_storage\.service\s*=\s*:(local|disk)\b`)
	storedInS3    = scan.MustCompile(`(?m)^\s*config\.active_storage\.service\s*=[^\n]*:?(amazon|s3)\b`)
	fileUploads   = scan.MustCompile(`(?m)^\s*storage\s+:file\b|config\.storage\s*=\s*:file\b`)
	attachedFiles = scan.MustCompile(`(?m)^\s*has_attached_file\b`)
	paperclipS3   = scan.MustCompile(`storage(?::|\s*=>|\]\s*=)\s*:?["']?(s3|fog)\b|:storage\s*=>\s*:(s3|fog)`)
)

// uploads looks for uploads: kept beside the code they are state, in an object store they are a need.
func (p *rubyProject) uploads() {
	elsewhere := false
	for _, s := range p.sources {
		elsewhere = elsewhere || paperclipS3.MatchString(s.text)
	}
	done := map[string]bool{}
	for _, s := range p.sources {
		keep := func(re *scan.Pattern, dir, what string) {
			if line := scan.LineOf(s.text, re); line > 0 && !done[dir] {
				done[dir] = true
				p.infer.keeps(dir, s.file, line, what)
			}
		}
		if scan.LineOf(s.text, storedInS3) < scan.LineOf(s.text, storedLocally) { // the last line counts
			keep(storedLocally, "storage", "ActiveStorage keeps uploads there")
		}
		keep(fileUploads, "public/uploads", "CarrierWave keeps uploads there")
		if !elsewhere {
			keep(attachedFiles, "public/system", "Paperclip keeps uploads there")
		}
		if line := scan.LineOf(s.text, storedInS3); line > 0 || elsewhere && paperclipS3.MatchString(s.text) {
			n := scan.Need{Need: service.Need{Kind: "s3", Port: 443, TLS: true}}
			p.infer.add(n, s.file, max(line, scan.LineOf(s.text, paperclipS3)), scan.Declared, "uploads go to an object store")
		}
	}
}

var hardToken = scan.MustCompile(`(secret_(?:token|key_base))\s*=\s*["'][0-9a-f]{30,}["']`)

// railsSettings reports how Rails and Rack are told that this is production, and the keys that they sign with.
func (p *rubyProject) railsSettings() {
	if p.framework == "" {
		return
	}
	env := map[string]string{"RACK_ENV": "production"}
	if p.framework == "hanami" {
		env["HANAMI_ENV"] = "production"
	}
	if p.framework != "rails" {
		p.find(service.Service{Env: env}, p.at, scan.Convention, "what Rack's libraries want in production")
		return
	}
	major, minor := p.gems.rails()
	env["RAILS_ENV"] = "production"
	if major >= 5 || major == 0 || major == 4 && minor == 2 {
		env["RAILS_SERVE_STATIC_FILES"], env["RAILS_LOG_TO_STDOUT"] = "true", "true"
	}
	p.find(service.Service{Env: env}, p.at, scan.Convention, "what Rails wants in a container")
	p.ownStatic()
	secret := func(name, file string, line int, note string) {
		p.find(service.Service{Secrets: []string{name}}, dependency{file: file, line: line}, scan.Convention, note)
	}
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, hardToken); line > 0 && strings.Contains(s.file, "initializers") {
			p.r.Note(s.file, line, "the key that signs sessions stands in the code (***): read it from the environment, and change it, since everyone with the repository knows it")
			name := hardToken.FindStringSubmatch(s.text)[1]
			if name == "secret_key_base" {
				name = "SECRET_KEY_BASE" // which Rails reads itself where the code sets none
			}
			secret(name, s.file, line, "a key of the settings, which have to read it from the environment")
			return
		}
	}
	switch file := p.first("config/credentials/production.yml.enc", "config/credentials.yml.enc"); {
	case file != "":
		secret("RAILS_MASTER_KEY", file, 1, "opens the credentials")
	case major > 4 || major == 4 && minor >= 1 || major == 0:
		secret("SECRET_KEY_BASE", p.at.file, p.at.line, "Rails signs sessions with it")
	}
}

// fetched are variables without which the configuration does not load.
var fetched = scan.MustCompile(`\bENV\.fetch[\s(]+["']([A-Z_][A-Z0-9_]*)["']\s*(\)?)([^\n]*)`)

// needed lists the variables that the configuration for production insists on, each with a value that lets it load while
// the image is built: nothing is called then.
func (p *rubyProject) needed() []string {
	var words []string
	seen := map[string]bool{"RAILS_ENV": true, "RACK_ENV": true, "SECRET_KEY_BASE": true}
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		if !strings.HasPrefix(rel, "config/") || rel == "config/puma.rb" || rel == "config/unicorn.rb" || rel == "config/schedule.rb" || strings.HasPrefix(rel, "config/deploy") {
			continue
		}
		for _, m := range findSome(s.text, fetched) {
			name, rest := m.Groups[1], strings.TrimSpace(m.Groups[3])
			fallback := m.Groups[2] == "" && strings.HasPrefix(rest, ",") || strings.HasPrefix(rest, "{") || strings.HasPrefix(rest, "do")
			if seen[name] || fallback || strings.HasPrefix(p.t.Line(s.file, m.Line), "#") || len(words) >= 25 {
				continue
			}
			seen[name] = true
			sample := "1"
			switch {
			case strings.HasSuffix(name, "REDIS_URL"):
				sample = "redis://localhost"
			case strings.HasSuffix(name, "_URL") || strings.HasSuffix(name, "_URI"):
				sample = "http://localhost"
			}
			words = append(words, name+"="+sample)
		}
	}
	return words
}

var assetsTask = scan.MustCompile(`(?ms)^\s*task\s*\(?\s*["']assets:precompile["']|^\s*namespace\s*\(?\s*:?["']?assets["']?\s*\)?\s*do\b.{0,400}?\btask\s*\(?\s*:?["']?precompile\b`)

// ownAssets reports the task by that name of a project without Rails, which Heroku runs for each of Ruby's.
func (p *rubyProject) ownAssets() {
	for _, file := range p.files {
		if path.Base(file) != "Rakefile" && path.Ext(file) != ".rake" || p.t.Aside(file) {
			continue
		}
		if line := scan.LineOf(p.t.Text(file, p.r), assetsTask); line > 0 {
			p.find(service.Service{Build: &service.Build{Command: []string{"bundle", "exec", "rake", "assets:precompile"}}}, dependency{file: file, line: line}, scan.Convention, "Heroku runs the task by this name while it builds")
			return
		}
	}
}

// assets reports the build of stylesheets and scripts.
func (p *rubyProject) assets() {
	if p.gems.file == "" {
		return
	}
	if p.framework != "rails" {
		p.ownAssets()
		return
	}
	major, minor := p.gems.rails()
	if major == 2 || major == 3 && minor == 0 {
		return // before the asset pipeline
	}
	found := ""
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		if strings.HasPrefix(rel, "app/assets/") || strings.HasPrefix(rel, "app/javascript/") || strings.HasPrefix(rel, "app/webpacker/") {
			found = f
			break
		}
	}
	if found == "" {
		return
	}
	words := append([]string{"env", "SECRET_KEY_BASE=only-for-the-build"}, p.needed()...)
	words = append(words, "bundle", "exec", "rake", "assets:precompile")
	p.find(service.Service{Build: &service.Build{Command: words}}, dependency{file: found, line: 1}, scan.Convention, "stylesheets and scripts are compiled for production")
}

// staticSwitch is the variable of a team's own by which Rails serves what a web server did, and by which it is turned on.
var staticSwitch = scan.MustCompile(`(?m)^[ \t]*config\.(?:public_file_server\.enabled|serve_static_(?:files|assets))\s*=[^\n#]*\bENV(?:\.fetch)?[\[(]\s*['"](\w+)['"]`)

// ownStatic turns on that the service serves its own static files, where a variable of another name than Rails's does that.
func (p *rubyProject) ownStatic() {
	for _, s := range p.sources {
		if !inProductionFile(s.file) {
			continue
		}
		for _, m := range scan.Find(s.text, staticSwitch) {
			if name := m.Groups[1]; !rubyForeign.MatchString(name) {
				p.find(service.Service{Env: map[string]string{name: "true"}}, dependency{file: s.file, line: m.Line}, scan.Convention, "no web server stands before it in a container")
				p.infer.claimed[name] = true
			}
		}
	}
}
