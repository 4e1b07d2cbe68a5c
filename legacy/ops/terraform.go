package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Terraform reads what the cloud keeps ready for the service: databases, queues, checks of load balancers, containers.
func Terraform() scan.Reader {
	return scan.Reader{
		Name:  "terraform",
		Wants: func(p string) bool { return strings.HasSuffix(p, ".tf") },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			modules := map[string][]string{}
			var dirs []string
			for _, p := range paths {
				dir := path.Dir(p)
				if modules[dir] == nil {
					dirs = append(dirs, dir)
				}
				modules[dir] = append(modules[dir], p)
			}
			said := map[string]bool{}
			for _, dir := range dirs {
				readTerraform(t, modules[dir], r, said)
			}
		},
	}
}

// hclBlock is a block with its labels: resource "aws_db_instance" "db" { ... }. Blocks inside it are fields of its body.
type hclBlock struct {
	kind   string
	labels []string
	body   *written
}

// hclBlocks reads the blocks at the top of a file.
func hclBlocks(text string) []hclBlock {
	p := &writtenReader{text: text, line: 1, hcl: true}
	var blocks []hclBlock
	p.hclBody(&written{kind: '{'}, 0, func(b hclBlock) { blocks = append(blocks, b) })
	return blocks
}

// hclBody reads attributes and blocks up to the closing brace.
func (p *writtenReader) hclBody(body *written, depth int, block func(hclBlock)) {
	for p.space(true); p.more(); p.space(true) {
		if p.text[p.at] == '}' {
			p.next()
			return
		}
		at, line := p.at, p.line
		name := p.hclWord()
		p.space(false)
		if name != "" && p.more() && p.text[p.at] == '=' {
			p.next()
			body.fields = append(body.fields, writtenField{name, p.value(depth + 1), line})
			continue
		}
		inner := hclBlock{kind: name, body: &written{kind: '{', line: line}}
		for label := p.hclWord(); label != ""; label = p.hclWord() {
			inner.labels = append(inner.labels, label)
			p.space(false)
		}
		if p.more() && p.text[p.at] == '{' && depth < maxWritten {
			p.next()
			p.hclBody(inner.body, depth+1, nil)
			body.fields = append(body.fields, writtenField{name, inner.body, line})
			if block != nil {
				block(inner)
			}
		}
		if p.at == at {
			p.next()
		}
	}
}

func (p *writtenReader) hclWord() string {
	if p.more() && p.text[p.at] == '"' {
		return p.quoted()
	}
	return p.bare()
}

// readTerraform reads the files of one directory, which Terraform takes for one module.
func readTerraform(t *scan.Tree, files []string, r *scan.Report, said map[string]bool) {
	defaults := map[string]string{}
	blocks := map[string][]hclBlock{}
	for _, p := range files {
		blocks[p] = hclBlocks(t.Text(p, r))
		for _, b := range blocks[p] {
			if b.kind == "variable" && len(b.labels) > 0 {
				defaults["var."+b.labels[0]] = b.body.get("default").word()
			}
			if b.kind == "locals" {
				for _, f := range b.body.fields {
					defaults["local."+f.key] = f.value.word()
				}
			}
		}
	}
	for _, p := range files {
		c := &cloud{subject: subject{t: t, r: r, file: p, about: []string{path.Base(path.Dir(p))}}, defaults: defaults, said: said}
		for _, b := range blocks[p] {
			switch {
			case b.kind == "resource" && len(b.labels) == 2:
				c.resource(b.labels[0], b.labels[1], b.body)
			case b.kind == "module" && len(b.labels) == 1:
				c.module(b.labels[0], b.body)
			}
		}
		c.rest("Terraform")
	}
}
