package host

import (
	"path"
	"strings"
)

// apkInstalled is the database of Alpine's packages: a text of blocks, one for each.
const apkInstalled = "/lib/apk/db/installed"

// readApk takes over Alpine's packages with the files that they own. It says whether there is such a database.
func (o *owners) readApk() bool {
	data, err := o.root.raw(apkInstalled)
	if err != nil {
		return false
	}
	o.read = true
	name, dir := "", ""
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch key {
		case "":
			name, dir = "", ""
		case "P":
			name = value
			o.versions[name] = ""
		case "V":
			o.versions[name] = value
		case "F":
			dir = value
		case "R":
			if name != "" {
				o.has(name, path.Join("/", dir, value))
			}
		}
	}
	delete(o.versions, "")
	for _, base := range []string{"alpine-baselayout", "alpine-base", "busybox", "openrc", "apk-tools", "musl"} {
		if _, there := o.versions[base]; there {
			o.priority[base] = "required"
		}
	}
	return true
}
