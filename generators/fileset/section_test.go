package fileset

import (
	"strings"
	"testing"
)

func readme(text string) File {
	return File{Path: "README.md", Data: []byte(text),
		Section: &Section{Begin: "<!-- b -->", End: "<!-- e -->", Names: []string{"readme.md"}},
		Beside:  &Beside{Path: "README.migrate.md", Names: []string{"README.rst"}}}
}

func TestSection(t *testing.T) {
	cases := map[string]struct {
		was    string
		gen    []string // generated one after the other
		action Action   // of the last
		reason string
		want   string
	}{
		"appended after a blank line":      {"# Shop\n", []string{"s\n"}, Merge, "added at the end", "# Shop\n\n<!-- b -->\ns\n<!-- e -->\n"},
		"appended where no newline is":     {"# Shop", []string{"s\n"}, Merge, "", "# Shop\n\n<!-- b -->\ns\n<!-- e -->\n"},
		"an empty file":                    {"\n", []string{"s\n"}, Merge, "", "\n\n<!-- b -->\ns\n<!-- e -->\n"},
		"renewed, the rest stays":          {"# Shop\n", []string{"s\n", "t\nu\n"}, Merge, "renewed", "# Shop\n\n<!-- b -->\nt\nu\n<!-- e -->\n"},
		"the same":                         {"# Shop\n", []string{"s\n", "s\n"}, Keep, "unchanged", "# Shop\n\n<!-- b -->\ns\n<!-- e -->\n"},
		"Windows line ends":                {"# Shop\r\n", []string{"s\n", "t\n"}, Merge, "", "# Shop\r\n\r\n<!-- b -->\r\nt\r\n<!-- e -->\r\n"},
		"marks set by hand, nothing in it": {"a\n<!-- b -->\n<!-- e -->\nz\n", []string{"s\n"}, Merge, "your marks", "a\n<!-- b -->\ns\n<!-- e -->\nz\n"},
		"somebody's text in it, no lock":   {"<!-- b -->\nx\n<!-- e -->\n", []string{"s\n"}, Conflict, "", "<!-- b -->\nx\n<!-- e -->\n"},
		"the same already, no lock":        {"a\n<!-- b -->\ns\n<!-- e -->\nz", []string{"s\n", "t\n"}, Merge, "", "a\n<!-- b -->\nt\n<!-- e -->\nz"},
		"end missing":                      {"a\n<!-- b -->\nz\n", []string{"s\n"}, Conflict, "line 2 has the mark <!-- b -->, and <!-- e --> is missing", "a\n<!-- b -->\nz\n"},
		"begin missing":                    {"<!-- e -->\nz\n", []string{"s\n"}, Conflict, "line 1", "<!-- e -->\nz\n"},
		"wrong way round":                  {"<!-- e -->\n<!-- b -->\n", []string{"s\n"}, Conflict, "change them round", "<!-- e -->\n<!-- b -->\n"},
		"twice":                            {"<!-- b -->\n<!-- e -->\n<!-- b -->\n", []string{"s\n"}, Conflict, "second time", "<!-- b -->\n<!-- e -->\n<!-- b -->\n"},
		"binary":                           {"a\x00b", []string{"s\n"}, Keep, "not text", "a\x00b"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root := repo(t, map[string]string{"README.md": tc.was})
			var last Change
			for _, g := range tc.gen {
				last = find(t, generate(t, root, readme(g)), "README.md")
			}
			if last.Action != tc.action || !strings.Contains(last.Reason, tc.reason) {
				t.Errorf("got %s (%s)", last.Action, last.Reason)
			}
			if got := tree(t, root)["README.md"]; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSectionEditedByTheTeam(t *testing.T) {
	root := repo(t, nil)
	if c := find(t, generate(t, root, readme("s\n")), "README.md"); c.Action != Create {
		t.Fatalf("got %s", c.Action)
	}
	mine := "intro\n<!-- b -->\nmine\n<!-- e -->\n"
	edit(t, root, "README.md", mine)
	if c := find(t, generate(t, root, readme("s\n")), "README.md"); c.Action != Keep || !c.Yours() {
		t.Errorf("ours unchanged: %s (%s)", c.Action, c.Reason)
	}
	if c := find(t, generate(t, root, readme("t\n")), "README.md"); c.Action != Conflict {
		t.Errorf("both changed: %s (%s)", c.Action, c.Reason)
	}
	if got := tree(t, root); got["README.md"] != mine || got["README.md"+MergeSuffix] != "t\n" {
		t.Errorf("got %q", got)
	}
	edit(t, root, "README.md", "intro only\n")
	if c := find(t, generate(t, root, readme("u\n")), "README.md"); c.Action != Keep || !strings.Contains(c.Reason, "stays out") {
		t.Errorf("section taken out: %s (%s)", c.Action, c.Reason)
	}
}

func TestSectionUnderAnotherName(t *testing.T) {
	root := repo(t, map[string]string{"readme.md": "hello\n"})
	generate(t, root, readme("s\n"))
	same(t, map[string]string{"readme.md": "hello\n\n<!-- b -->\ns\n<!-- e -->\n", LockFile: tree(t, root)[LockFile]}, tree(t, root))

	root = repo(t, map[string]string{"README.rst": "hello\n"})
	c := find(t, generate(t, root, readme("s\n")), "README.rst")
	if c.Action != Keep || c.Reason != "yours; see README.migrate.md" {
		t.Errorf("got %s (%s)", c.Action, c.Reason)
	}
	same(t, map[string]string{"README.rst": "hello\n", "README.migrate.md": "s\n", LockFile: tree(t, root)[LockFile]}, tree(t, root))
}

func makefile(text string) File {
	return File{Path: "Makefile", Data: []byte(text), Beside: &Beside{
		Path: "migrate.mk", Line: "-include migrate.mk", Names: []string{"GNUmakefile"},
		Adapt: func(theirs, ours []byte) ([]byte, []string, error) {
			return []byte("beside " + string(ours)), []string{"left out: help"}, nil
		},
	}}
}

func TestBeside(t *testing.T) {
	root := repo(t, map[string]string{"Makefile": "all:\n\ttrue"})
	changes := generate(t, root, makefile("m\n"))
	if c := find(t, changes, "Makefile"); c.Action != Merge {
		t.Errorf("got %s (%s)", c.Action, c.Reason)
	}
	if c := find(t, changes, "migrate.mk"); c.Action != Create || c.Reason != "left out: help" {
		t.Errorf("got %s (%s)", c.Action, c.Reason)
	}
	with := "all:\n\ttrue\n\n-include migrate.mk\n"
	if got := tree(t, root); got["Makefile"] != with || got["migrate.mk"] != "beside m\n" {
		t.Errorf("got %q", got)
	}
	before := tree(t, root)
	if changes := generate(t, root, makefile("m\n")); Pending(changes) {
		t.Errorf("the second run: %v", changes)
	}
	same(t, before, tree(t, root))

	edit(t, root, "Makefile", "all:\n\ttrue\n")
	if c := find(t, generate(t, root, makefile("n\n")), "Makefile"); c.Action != Keep || !strings.Contains(c.Reason, "stays out") {
		t.Errorf("the line was taken out: %s (%s)", c.Action, c.Reason)
	}
	if got := tree(t, root)["migrate.mk"]; got != "beside n\n" {
		t.Errorf("got %q", got)
	}
}

func TestBesideKnowsTheLine(t *testing.T) {
	for _, line := range []string{"-include migrate.mk", "include migrate.mk", "  sinclude other.mk ./migrate.mk", "include migrate.mk # ours"} {
		if !mentions([]byte("all:\n"+line+"\r\n"), "-include migrate.mk", "migrate.mk") {
			t.Errorf("%q is not recognised", line)
		}
	}
	for _, line := range []string{"# -include migrate.mk", "include migrate.mk.old", "rm migrate.mk"} {
		if mentions([]byte(line), "-include migrate.mk", "migrate.mk") {
			t.Errorf("%q is taken for the line", line)
		}
	}
}

func TestBesideOtherNamesAndOwners(t *testing.T) {
	root := repo(t, map[string]string{"GNUmakefile": "all:\n"})
	generate(t, root, makefile("m\n"))
	if got := tree(t, root); got["Makefile"] != "" || !strings.HasSuffix(got["GNUmakefile"], "\n-include migrate.mk\n") {
		t.Errorf("make would not look at ours: %q", got)
	}
	root = repo(t, map[string]string{"Makefile": "all:\n", "migrate.mk": "theirs\n"})
	before := tree(t, root)
	generate(t, root, makefile("m\n"))
	same(t, before, tree(t, root))

	// Ours from the start: edits of the team do not make it a file beside.
	root = repo(t, nil)
	generate(t, root, makefile("m\n"))
	edit(t, root, "Makefile", "m\nmine:\n")
	generate(t, root, makefile("m\n"))
	if got := tree(t, root); got["Makefile"] != "m\nmine:\n" || got["migrate.mk"] != "" {
		t.Errorf("got %q", got)
	}
}
