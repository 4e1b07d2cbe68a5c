package lang

import (
	"go/ast"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// datagrams are the ports at which the program waits for UDP. One that the system chooses is a caller's own.
func (p *goProgram) datagrams() []goValue {
	var found []goValue
	for _, f := range p.facts {
		f.calls(func(c *ast.CallExpr) {
			pkg, name := f.imported(c.Fun)
			if pkg != "net" || name != "ListenUDP" && name != "ListenPacket" || len(c.Args) != 2 || !strings.HasPrefix(p.scope.eval(f, c.Args[0]).text, "udp") {
				return
			}
			v := p.scope.eval(f, c.Args[1])
			v.line = max(v.line, 1)
			if m := goPort.FindStringSubmatch(v.text); m != nil {
				v.text = m[1]
				found = append(found, v)
			}
		})
	}
	return found
}

func (p *goProgram) reportUDP(r *scan.Report, f scan.Finding) {
	for _, v := range p.datagrams() {
		if n := (value{kind: valString, text: v.text}).number(); n > 0 {
			f.Service = service.Service{UDP: []int{n}}
			r.Find(f, v.file, v.line, scan.Convention, "it waits for UDP there")
		}
	}
}
