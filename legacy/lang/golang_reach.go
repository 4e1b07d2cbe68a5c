package lang

import "go/ast"

// mentions are the names that each function of the file uses. What stands outside of functions, and in init, has the name
// "": it runs without being called.
func (f *goFile) mentions() map[string][]string {
	if f.mentioned != nil {
		return f.mentioned
	}
	f.mentioned = map[string][]string{}
	for _, d := range f.ast.Decls {
		within := ""
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name != "init" {
			within = fn.Name.Name
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != within {
				f.mentioned[within] = append(f.mentioned[within], id.Name)
			}
			return true
		})
	}
	return f.mentioned
}

// reaches says whether main comes to one of the program's listeners, by the names of functions: a tool that loads the
// settings of a server imports all of it and listens to nobody.
func (p *goProgram) reaches() bool {
	uses := map[string][]string{}
	for _, f := range p.facts {
		for function, names := range f.mentions() {
			if function != "main" || f.path == p.file {
				uses[function] = append(uses[function], names...)
			}
		}
	}
	reached := map[string]bool{"": true, "main": true, "init": true}
	queue := []string{"", "main"}
	for i := 0; i < len(queue); i++ {
		for _, name := range uses[queue[i]] {
			if !reached[name] && uses[name] != nil {
				reached[name] = true
				queue = append(queue, name)
			}
		}
	}
	for _, l := range p.listeners() {
		if reached[l.function] {
			return true
		}
	}
	return false
}

// withoutTools leaves out programs that never come to what listens, where another does.
func (m *goModule) withoutTools(all []*goProgram) []*goProgram {
	var kept []*goProgram
	serving := false
	for _, p := range all {
		reaches := p.reaches()
		serving = serving || reaches
		if reaches || p.loops(m.packages[p.dir]) {
			kept = append(kept, p)
		}
	}
	if !serving {
		return all
	}
	return kept
}
