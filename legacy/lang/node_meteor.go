package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// meteorPackages is the list of packages by which a directory is known as an application of Meteor.
const meteorPackages = ".meteor/packages"

var (
	meteorRelease = scan.MustCompile(`(?m)^METEOR@(\d+)\.(\d+)`)
	meteorMail    = scan.MustCompile(`(?m)^email\b`)
)

// meteorNode is the version of Node.js that the bundle of a release runs with, by Meteor's own changelog.
func meteorNode(major, minor int) string {
	switch {
	case major > 2:
		return "20"
	case major == 2 && minor >= 3:
		return "14"
	case major == 2 || minor >= 9:
		return "12"
	case minor >= 6:
		return "8"
	case minor >= 4:
		return "4"
	}
	return "0.10"
}

// readMeteor reports an application of Meteor: what meteor build makes of it is a program for Node.js.
func readMeteor(t *scan.Tree, dir string, r *scan.Report) {
	list, release := path.Join(dir, meteorPackages), path.Join(dir, ".meteor/release")
	find := func(s service.Service, file string, line int, rank scan.Rank, note string) {
		r.Find(scan.Finding{Dir: dir, Service: s}, file, line, rank, note)
	}
	find(service.Service{Language: "node", Framework: "meteor"}, list, 1, scan.Declared, "")
	if t.Has(release) {
		for _, m := range scan.Find(t.Text(release, r), meteorRelease) {
			major, _ := strconv.Atoi(m.Groups[1])
			minor, _ := strconv.Atoi(m.Groups[2])
			find(service.Service{Version: meteorNode(major, minor)}, release, m.Line, scan.Convention, "the Node.js of this release of Meteor")
		}
	}
	find(service.Service{Command: []string{"node", "main.js"}}, list, 1, scan.Convention, "what meteor build makes is started by")
	find(service.Service{Port: 3000, Env: map[string]string{"PORT": "3000"}}, list, 1, scan.Convention, "where Meteor is served by custom; it wants PORT to be set")
	db := scan.Need{Need: service.Need{Kind: "mongodb", Port: scan.DefaultPort("mongodb")}, Env: map[string]string{"MONGO_URL": "mongodb://{host}:{port}/meteor"}}
	r.Find(scan.Finding{Dir: dir, Need: &db}, list, 1, scan.Convention, "Meteor keeps everything there")
	if line := scan.LineOf(t.Text(list, r), meteorMail); line > 0 {
		mail := scan.Need{Need: service.Need{Kind: "smtp", Port: scan.DefaultPort("smtp")}}
		r.Find(scan.Finding{Dir: dir, Need: &mail}, list, line, scan.Guess, "where MAIL_URL is set")
	}
	r.Note(list, 1, "an application of Meteor wants ROOT_URL, its own address, in each environment")
	if t.First(dir, "Dockerfile") == "" {
		r.Note(list, 1, "its image is made of what `meteor build --server-only --directory` leaves: write a Dockerfile that runs it")
	}
}

// meteorDirs are the directories of Meteor's applications among the paths.
func meteorDirs(paths []string) map[string]bool {
	dirs := map[string]bool{}
	for _, name := range paths {
		if name == meteorPackages || strings.HasSuffix(name, "/"+meteorPackages) {
			dirs[path.Dir(path.Dir(name))] = true
		}
	}
	return dirs
}
