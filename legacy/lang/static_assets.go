package lang

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// assetScripts make stylesheets and scripts for a generator of sites, those for production first; federalist is what
	// cloud.gov's Pages runs before the generator.
	assetScripts = []string{"federalist", "build:production", "build:prod", "build-production", "production", "build:assets", "assets:build", "build"}
	// bundles is a script that makes something, once.
	bundles = scan.MustCompile(`\b(?:webpack|gulp|grunt|sass|node-sass|postcss|parcel|rollup|esbuild|browserify|vite|tailwindcss|babel|uglifyjs|lessc|brunch|mix|encore|(?:npm|yarn|pnpm)\s+(?:run\s+)?[\w:-]+|npm-run-all|run-[sp])\b`)
	watches = scan.MustCompile(`--watch\b|\bserve\b|\bwatch\b`)
)

// generates are the commands of the generators whose pages take in what npm's scripts make.
var generates = map[string]string{"jekyll": "JEKYLL_ENV=production bundle exec jekyll build --destination ", "middleman": "bundle exec middleman build --build-dir ", "hugo": "hugo --minify --destination "}

// reportAssets reports the script of a package.json beside the site that makes its stylesheets and scripts: the generator
// comes after it, unless the script calls that itself.
func (s site) reportAssets(t *scan.Tree, r *scan.Report) {
	file := path.Join(s.dir, "package.json")
	var pkg struct{ Scripts map[string]string }
	if generates[s.tool] == "" || s.tool == "jekyll" && len(s.files) == 0 || !t.Has(file) || json.Unmarshal([]byte(t.Text(file, r)), &pkg) != nil {
		return
	}
	name := ""
	for _, candidate := range assetScripts {
		if text := pkg.Scripts[candidate]; bundles.MatchString(text) && !watches.MatchString(text) {
			name = candidate
			break
		}
	}
	if name == "" {
		return
	}
	tool, files := "npm", []string{"package.json"}
	for _, lock := range []struct{ file, tool string }{{"yarn.lock", "yarn"}, {"pnpm-lock.yaml", "pnpm"}, {"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"}} {
		if t.Has(path.Join(s.dir, lock.file)) {
			tool, files = lock.tool, append(files, lock.file)
			break
		}
	}
	command := strings.Join(runScript(tool, name), " ")
	if !strings.Contains(pkg.Scripts[name], s.tool) {
		command += " && " + generates[s.tool] + s.out
	}
	line := 1 + strings.Count(t.Text(file, r)[:max(strings.Index(t.Text(file, r), `"`+name+`"`), 0)], "\n")
	r.Find(scan.Finding{Dir: s.dir, Service: service.Service{Build: &service.Build{Files: files, Command: []string{"sh", "-c", command}}}}, file, line, scan.Declared, "the script "+name+" makes what the pages take in")
}
