package lang

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// sitePages are the files that begin a web site: those that begin an application, then first pages, each with those above
// first, since a directory of pages belongs to the site around it whatever its name.
func sitePages(paths []string) []string {
	var pages []string
	for _, p := range paths {
		if base := strings.ToLower(path.Base(p)); base == "global.asax" || base == "default.aspx" {
			pages = append(pages, p)
		}
	}
	rank := func(p string) int {
		if strings.EqualFold(path.Base(p), "default.aspx") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(pages, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), strings.Count(a, "/")-strings.Count(b, "/"))
	})
	return pages
}

var siteTarget = scan.MustCompile(`targetFramework="(\d\.[\d.]+)"`)

func siteVersion(config string) string {
	if m := siteTarget.FindStringSubmatch(config); m != nil {
		return "v" + m[1] + "<"
	}
	return "v4.0<"
}
