package lang

import "github.com/migrate-to-kubernetes/migrate/legacy/scan"

func Node() scan.Reader {
	return scan.Reader{Name: "node", Wants: func(string) bool { return false }, Read: func(*scan.Tree, []string, *scan.Report) {}}
}
