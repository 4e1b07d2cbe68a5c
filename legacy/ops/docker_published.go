package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// published are the directories of the projects of .NET whose programs an image takes from the stage that builds them.
func (d *dockerfile) published(t *scan.Tree) []string {
	var dirs []string
	for _, c := range d.results {
		project, _, ok := strings.Cut(strings.Trim(path.Clean(c.value), "/"), "/bin/Release/")
		for ok && project != "" {
			if dir := path.Join(d.dir, project); t.Module(dir) == "dotnet" {
				if !slices.Contains(dirs, dir) {
					dirs = append(dirs, dir)
				}
				break
			}
			_, project, _ = strings.Cut(project, "/") // where the stage has put the code
		}
	}
	return dirs
}

// reportPublished tells of an image with the programs of several projects, of which deployments choose one: each is a
// service of its own, that binds what the image says.
func (d *dockerfile) reportPublished(t *scan.Tree, projects []string, r *scan.Report) {
	r.Note(d.file, d.from.line, "an image for %d programs, which starts none by itself: each of them is a service here, with an image of its own", len(projects))
	port := urlsPort(d.variables())
	for _, dir := range projects {
		if port > 0 && servesWeb(t, dir) {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Port: port}}, d.file, max(d.env["ASPNETCORE_URLS"].line, d.env["ASPNETCORE_HTTP_PORTS"].line), scan.Declared, "what the image tells ASP.NET Core to bind")
		}
	}
}

// servesWeb says whether the project of a directory is one of the web.
func servesWeb(t *scan.Tree, dir string) bool {
	return slices.ContainsFunc(t.Below(dir), func(p string) bool {
		if path.Dir(p) != dir || !scan.DotnetProject.MatchString(p) {
			return false
		}
		data, err := t.Read(p)
		return err == nil && strings.Contains(string(data), "Microsoft.NET.Sdk.Web")
	})
}
