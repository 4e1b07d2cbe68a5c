package ops

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Blubber reads blubber.yaml, from which Wikimedia's pipeline makes images: the base, the packages, the variables and the
// command of the variant for production. What the variant includes or copies stands for what it does not say itself.
func Blubber() scan.Reader {
	return scan.Reader{
		Name:  "blubber",
		Wants: func(p string) bool { return blubberName.MatchString(path.Base(p)) },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			b := &blubber{newPlatform(t, r, 8080)}
			b.readDocuments(paths, b.file)
		},
	}
}

var blubberName = scan.MustCompile(`^blubber(?:[._-]\w+)?\.ya?ml$`)

type blubber struct{ *platform }

func (b *blubber) file(file string, doc *yaml.Node) {
	dir := b.codeAbove(file)
	variants := child(doc, "variants")
	if path.Base(path.Dir(file)) == ".pipeline" {
		dir = b.codeAbove(path.Dir(file))
	}
	production := child(variants, "production")
	if dir == "" || production == nil {
		return
	}
	chain := lineage(variants, "production", nil)
	f := scan.Finding{Dir: dir}
	if n := inherited(chain, "entrypoint"); n != nil {
		var argv []string
		for _, word := range items(n) {
			argv = append(argv, scalar(word))
		}
		if len(argv) > 0 {
			f.Service = service.Service{Command: argv}
			b.find(f, "command", file, n.Line, scan.Declared, "the variant production")
		}
	}
	b.base(f, file, inherited(append(chain, doc), "base"))
	for _, part := range append([]*yaml.Node{doc}, chain[0]) {
		for _, v := range pairs(at(part, "runs", "environment")) {
			b.setting(scan.Finding{Dir: dir}, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
		}
		if list := at(part, "apt", "packages"); list != nil {
			var names []string
			for _, name := range items(list) {
				names = append(names, scalar(name))
			}
			f.Service = service.Service{Build: &service.Build{Runtime: names}}
			b.r.Find(f, file, list.Line, scan.Declared, "")
		}
	}
}

// lineage is a variant and those that it includes or copies from, the nearest first. Each is seen once.
func lineage(variants *yaml.Node, name string, seen []string) []*yaml.Node {
	own := child(variants, name)
	if own == nil || slices.Contains(seen, name) || len(seen) > 20 {
		return nil
	}
	list := []*yaml.Node{own}
	for _, key := range []string{"includes", "copies"} {
		for _, n := range items(child(own, key)) {
			list = append(list, lineage(variants, variantName(n), append(seen, name))...)
		}
	}
	return list
}

// variantName is the name of a variant, which stands alone or as from: name.
func variantName(n *yaml.Node) string {
	if from := scalar(child(n, "from")); from != "" {
		return from
	}
	return scalar(n)
}

// inherited is the first value of a key among the parts, nil for none.
func inherited(parts []*yaml.Node, key string) *yaml.Node {
	for _, part := range parts {
		if n := child(part, key); n != nil {
			return n
		}
	}
	return nil
}

// blubberBase are the images that the pipeline's variants rest on: buster-nodejs10-slim, python3-bullseye, golang1.19.
var blubberBase = scan.MustCompile(`(?:^|[/-])(nodejs|node|python|golang|php|ruby|java|openjdk)-?(\d+(?:\.\d+)*)`)

func (b *blubber) base(f scan.Finding, file string, n *yaml.Node) {
	m := blubberBase.FindStringSubmatch(strings.ToLower(scalar(n)))
	if m == nil {
		return
	}
	language := languages[strings.TrimSuffix(m[1], "js")]
	f.Service = service.Service{Language: language, Version: m[2]}
	b.find(f, "language", file, n.Line, scan.Declared, "the image rests on "+path.Base(scalar(n)))
}
