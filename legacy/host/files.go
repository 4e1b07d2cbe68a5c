package host

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxFiles bounds the configuration files of one machine.
const maxFiles = 400

// server is a web server whose configuration in force is kept.
type server struct {
	format   string
	programs []string
	mains    []string
	include  *scan.Pattern
}

func servers() []server {
	return []server{
		{"nginx", []string{"nginx", "openresty"}, []string{"/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/usr/local/etc/nginx/nginx.conf"}, scan.MustCompile(`(?:^|[{;])\s*include\s+["']?([^\s;"']+)`)},
		{"apache", []string{"apache2", "httpd"}, []string{"/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf"}, scan.MustCompile(`(?i)^\s*Include(?:Optional)?\s+["']?([^\s"']+)`)},
		{"haproxy", []string{"haproxy"}, []string{"/etc/haproxy/haproxy.cfg"}, nil},
	}
}

// configuration is what the running web servers were given, with every file that they include, and the environment files
// that units name.
func (r *root) configuration(s *Snapshot) []File {
	var files []File
	for _, server := range servers() {
		mains := map[string]bool{}
		for _, p := range s.Processes {
			if !slices.Contains(server.programs, p.base()) || p.Container != "" && s.Machine.Container == "" {
				continue
			}
			for i, w := range p.Command {
				if w == "-c" || w == "-f" {
					if i+1 < len(p.Command) && path.IsAbs(p.Command[i+1]) {
						mains[p.Command[i+1]] = true
					}
				}
			}
			if len(mains) == 0 {
				for _, main := range server.mains {
					if r.exists(main) {
						mains[main] = true
						break
					}
				}
			}
		}
		g := &gathering{root: r, server: server, seen: map[string]bool{}}
		for _, main := range sorted(mains) {
			g.file(main, path.Dir(main))
		}
		files = append(files, g.files...)
	}
	return append(files, r.environmentFiles(s.Units)...)
}

// base is the name of the program, also where no more than the command line may be seen: nginx: master process.
func (p *Process) base() string {
	if p.Program != "" || len(p.Command) == 0 {
		return path.Base(p.Program)
	}
	first, _, _ := strings.Cut(p.Command[0], " ")
	return strings.TrimSuffix(path.Base(first), ":")
}

// gathering follows the includes of one server's configuration.
type gathering struct {
	root   *root
	server server
	seen   map[string]bool
	files  []File
}

// boring are files that every server has and that say nothing of a service.
var boring = scan.MustCompile(`(mime\.types|fastcgi_params|uwsgi_params|scgi_params|fastcgi\.conf|proxy_params|koi-(utf|win)|win-utf)$|/mods-(enabled|available)/|/modules-(enabled|available)/`)

func (g *gathering) file(name, base string) {
	real := g.root.real(name)
	if g.seen[real] || len(g.files) >= maxFiles || boring.MatchString(name) {
		return
	}
	g.seen[real] = true
	text, err := g.root.text(name)
	g.root.miss(name, err)
	if err != nil {
		return
	}
	g.files = append(g.files, File{name, g.server.format, maskConfig(g.server.format, text)})
	if g.server.include == nil {
		return
	}
	for line := range strings.Lines(text) {
		for _, m := range g.server.include.FindAllStringSubmatch(line, -1) {
			pattern := m[1]
			if !path.IsAbs(pattern) {
				pattern = path.Join(base, pattern)
			}
			for _, included := range g.root.glob(pattern) {
				g.file(included, base)
			}
		}
	}
}

// glob are the files that a pattern means, or all those of a directory, sorted.
func (r *root) glob(pattern string) []string {
	if info, err := fs.Stat(r.fsys, inside(r.real(pattern))); err == nil && info.IsDir() {
		pattern = path.Join(pattern, "*")
	}
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}
	}
	dir, last := path.Split(pattern)
	dirs := []string{dir}
	if strings.ContainsAny(dir, "*?[") {
		dirs = nil
		if strings.Count(dir, "*") < 3 {
			dirs = r.glob(path.Clean(dir))
		}
	}
	var found []string
	for _, d := range dirs {
		for _, name := range r.list(d) {
			if ok, err := path.Match(last, name); ok && err == nil && !strings.HasPrefix(name, ".") {
				found = append(found, path.Join(d, name))
			}
		}
	}
	return found
}

var environmentFile = scan.MustCompile(`^EnvironmentFile=-?(/\S+)$`)

// environmentFiles are those that units name: the names, and values that are no secret.
func (r *root) environmentFiles(units []Unit) []File {
	named := map[string]bool{}
	for _, u := range units {
		for _, line := range u.Text {
			if m := environmentFile.FindStringSubmatch(line); m != nil {
				named[m[1]] = true
			}
		}
	}
	var files []File
	for _, name := range sorted(named) {
		text, err := r.text(name)
		r.miss(name, err)
		f := File{Path: name, Format: "environment", Text: []string{}}
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if key, _, ok := strings.Cut(line, "="); ok && line[0] != '#' && variableName(strings.TrimPrefix(strings.TrimSpace(key), "export ")) {
				f.Text = append(f.Text, maskAssignment(line))
			}
		}
		if len(f.Text) > 0 {
			files = append(files, f)
		}
	}
	return files
}
