package lang

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// buildpackOptions is the file that Cloud Foundry's buildpack for PHP reads. Where there is one the directory is a project
// of PHP, even where an extension of the buildpack downloads the code.
const buildpackOptions = ".bp-config/options.json"

var (
	buildpackVersion = scan.MustCompile(`"PHP_VERSION"\s*:\s*"(?:\{?PHP_)?(\d)[._]?(\d+)`)
	buildpackList    = scan.MustCompile(`"(?:PHP|ZEND)_EXTENSIONS"\s*:\s*\[([^\]]*)\]`)
)

// buildpackRoot is the directory of the pages as the buildpack knows it.
func (p *phpProject) buildpackRoot() {
	file := p.first(buildpackOptions)
	if file == "" {
		return
	}
	var options struct {
		Root string `json:"WEBDIR"`
	}
	root := "htdocs"
	if json.Unmarshal([]byte(p.t.Text(file, p.r)), &options) == nil && options.Root != "" {
		root = path.Clean(options.Root)
	}
	switch index := p.first(root + "/index.php"); {
	case path.IsAbs(root) || strings.HasPrefix(root, ".."):
	case index != "":
		p.docroot, p.index = root, index
	case p.t.HasDir(path.Join(p.dir, root)) && p.index == "":
		p.docroot, p.index = root, file
	}
}

// buildpack reports what the buildpack's settings say of PHP itself, and gives the version that they choose, "" for none.
func (p *phpProject) buildpack() (version string) {
	file := p.first(buildpackOptions)
	if file == "" {
		return ""
	}
	text := p.t.Text(file, p.r)
	if m := scan.Find(text, buildpackVersion); len(m) > 0 {
		version = m[0].Groups[1] + "." + m[0].Groups[2]
		p.find(service.Service{Version: version}, file, m[0].Line, scan.Declared, "")
	}
	for _, m := range scan.Find(text, buildpackList) {
		var names []string
		for name := range strings.SplitSeq(m.Groups[1], ",") {
			name = strings.ToLower(strings.Trim(name, "\" \t\n"))
			if name == "apc" || name == "mcrypt" && (version == "" || version >= "7.2") {
				continue // of old versions alone
			}
			names = append(names, name)
		}
		p.extensions(file, m.Line, scan.Declared, "", names...)
	}
	for _, extension := range p.t.Below(path.Join(p.dir, ".extensions")) {
		if path.Base(extension) == "extension.py" {
			p.r.Note(extension, 0, "an extension of Cloud Foundry's buildpack for PHP: what it downloads and sets up, the image has to get another way")
		}
	}
	return version
}
