package fileset

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const deployment = `kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/shop # yours
          env:
            - {name: A, value: one}
            # why B
            - {name: B, value: two}
          command: [gunicorn, --workers, "2"]
      volumes:
        - {name: tmp, emptyDir: {}}
---
kind: Service
metadata:
  name: web
`

// change is a text after some replacements, each of which has to be found.
func change(t *testing.T, text string, fromTo ...string) string {
	t.Helper()
	for i := 0; i < len(fromTo); i += 2 {
		if !strings.Contains(text, fromTo[i]) {
			t.Fatalf("%q is not there", fromTo[i])
		}
		text = strings.Replace(text, fromTo[i], fromTo[i+1], 1)
	}
	return text
}

func TestMergeYAML(t *testing.T) {
	const b = "            - {name: B, value: two}\n"
	cases := map[string]struct{ ours, theirs, want []string }{ // replacements; want nil is a conflict
		"both add an item at the end": {
			[]string{b, b + "            - {name: MINE, value: x}\n"},
			[]string{b, b + "            - {name: C, value: y}\n"},
			[]string{b, b + "            - {name: C, value: y}\n            - {name: MINE, value: x}\n"}},
		"an item removed by the team stays so, though the next was changed": {
			[]string{"            - {name: A, value: one}\n", ""},
			[]string{"value: two", "value: 2"},
			[]string{"            - {name: A, value: one}\n", "", "value: two", "value: 2"}},
		"an item removed by the team stays so, though it was changed": {
			[]string{"            - {name: A, value: one}\n", ""},
			[]string{"value: one", "value: 1"},
			[]string{"            - {name: A, value: one}\n", ""}},
		"an item changed by the team stays, though it is no longer generated": {
			[]string{"value: one", "value: mine"},
			[]string{"            - {name: A, value: one}\n", ""},
			[]string{"value: one", "value: mine"}},
		"two words of one line": {
			[]string{"{name: A, value: one}", "{name: A, value: one, mine: true}"},
			[]string{"{name: A, value: one}", "{name: A, value: 1}"},
			[]string{"{name: A, value: one}", "{name: A, value: 1, mine: true}"}},
		"the value of one, the comment of the other": {
			[]string{"# yours", "# my registry"},
			[]string{"registry.example.com/shop", "registry.example.com/store"},
			[]string{"# yours", "# my registry", "registry.example.com/shop", "registry.example.com/store"}},
		"the same value twice": {
			[]string{"value: one", "value: mine"},
			[]string{"value: one", "value: theirs"}, nil},
		"the same word of a list": {
			[]string{`"2"`, `"4"`},
			[]string{`"2"`, `"3"`}, nil},
		"the same name with two values": {
			[]string{b, b + "            - {name: C, value: mine}\n"},
			[]string{b, b + "            - {name: C, value: theirs}\n"}, nil},
		"the same name at two places": {
			[]string{"            - {name: A", "            - {name: C, value: mine}\n            - {name: A"},
			[]string{b, b + "            - {name: C, value: theirs}\n"}, nil},
		"both add a key": {
			[]string{"          command:", "          tty: true\n          command:"},
			[]string{"          command:", "          stdin: true\n          command:"},
			[]string{"          command:", "          stdin: true\n          tty: true\n          command:"}},
		"both add a document": {
			[]string{"kind: Service\nmetadata:\n  name: web\n", "kind: Service\nmetadata:\n  name: web\n---\nkind: Mine\n"},
			[]string{"kind: Service\nmetadata:\n  name: web\n", "kind: Service\nmetadata:\n  name: web\n---\nkind: Theirs\n"},
			[]string{"kind: Service\nmetadata:\n  name: web\n", "kind: Service\nmetadata:\n  name: web\n---\nkind: Theirs\n---\nkind: Mine\n"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			ours, theirs := change(t, deployment, tc.ours...), change(t, deployment, tc.theirs...)
			got := merge("x.yaml", []byte(deployment), []byte(ours), []byte(theirs), sideNone)
			if tc.want == nil {
				if got.clean || !hasMarks(got.data) {
					t.Errorf("no conflict:\n%s", got.data)
				}
				return
			}
			if want := change(t, deployment, tc.want...); !got.clean || string(got.data) != want {
				t.Errorf("clean %v:\n%s\nwant\n%s", got.clean, got.data, want)
			}
		})
	}
}

func TestMergeJSON(t *testing.T) {
	base := "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": 2\n  }\n}\n"
	got := merge("x.json", []byte(base), []byte(change(t, base, `"c": 2`, "\"c\": 2,\n    \"mine\": 3")), []byte(change(t, base, `"c": 2`, "\"c\": 2,\n    \"theirs\": 4")), sideNone)
	want := change(t, base, `"c": 2`, "\"c\": 2,\n    \"theirs\": 4,\n    \"mine\": 3")
	if !got.clean || string(got.data) != want {
		t.Errorf("clean %v:\n%s", got.clean, got.data)
	}
}

func TestMergeLines(t *testing.T) {
	const base = "a\nb\nc\nd\ne\n"
	cases := map[string]struct{ base, ours, theirs, want string }{
		"different places":        {base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"},
		"the same change":         {base, "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n"},
		"the same place":          {base, "a\nX\nc\nd\ne\n", "a\nY\nc\nd\ne\n", "a\n" + marked("X\n", "Y\n") + "c\nd\ne\n"},
		"deleted and changed":     {base, "a\nc\nd\ne\n", "a\nY\nc\nd\ne\n", "a\n" + marked("", "Y\n") + "c\nd\ne\n"},
		"no newline at the end":   {"a\nb", "A\na\nb", "a\nb\n", "A\na\nb\n"},
		"no newline, and clashes": {"a\nb", "a\nx", "a\ny", "a\n" + marked("x\n", "y\n")},
		"empty":                   {"", "", "a\n", "a\n"},
		"emptied":                 {"a\n", "", "a\n", ""},
	}
	for name, tc := range cases {
		if got := mergeLines([]byte(tc.base), []byte(tc.ours), []byte(tc.theirs), sideNone); string(got.data) != tc.want || got.clean == hasMarks(got.data) {
			t.Errorf("%s: %q, want %q", name, got.data, tc.want)
		}
	}
}

// generated are the files of the examples, by their names.
func generated(t *testing.T) (names []string, files map[string][]byte) {
	t.Helper()
	files = map[string][]byte{}
	afters, err := filepath.Glob("../../examples/*/after")
	if err != nil || len(afters) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, after := range afters {
		err := filepath.WalkDir(after, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".schema.json") {
				return err
			}
			names = append(names, name)
			files[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names, files
}

// scribble inserts, replaces and deletes lines. What it writes stands once in the text, and is of the form of its place.
func scribble(r *rand.Rand, data []byte, who string) (text []byte, wrote []string) {
	all := lines(data)
	for n := 1 + r.Intn(4); n > 0 && len(all) > 0; n-- {
		at := r.Intn(len(all))
		indent := strings.Repeat(" ", indentOf(all[at]))
		word := fmt.Sprintf("%s%d", who, n)
		line := indent + word + ": " + word + "\n"
		switch rest := strings.TrimSpace(all[at]); {
		case strings.HasPrefix(rest, "- {name: "):
			line = indent + "- {name: " + word + ", value: x}\n"
		case strings.HasPrefix(rest, "- "):
			line = indent + "- " + word + "\n"
		}
		switch r.Intn(4) {
		case 0:
			all = append(all[:at:at], all[at+1:]...)
			continue
		case 1:
			all[at] = strings.TrimSuffix(all[at], "\n") + " # " + word + "\n"
		case 2:
			all[at] = line
		default:
			all = append(append(all[:at:at], line), all[at:]...)
		}
	}
	text = []byte(strings.Join(all, ""))
	for n := 1; n <= 4; n++ {
		if word := fmt.Sprintf("%s%d", who, n); bytes.Contains(text, []byte(word)) {
			wrote = append(wrote, word)
		}
	}
	return text, wrote
}

// Over the files that are really generated: who changed nothing gets the other's text, byte for byte; and what the team
// wrote is in every outcome.
func TestMergeLosesNothing(t *testing.T) {
	names, files := generated(t)
	r := rand.New(rand.NewSource(1))
	clean, clashed := 0, 0
	for i := 0; i < 10_000; i++ {
		name := names[r.Intn(len(names))]
		base := files[name]
		ours, mine := scribble(r, base, "mine")
		theirs, _ := scribble(r, base, "theirs")
		for _, p := range []struct{ base, ours, theirs, want []byte }{{base, base, theirs, theirs}, {base, ours, base, ours}, {ours, ours, ours, ours}, {base, ours, ours, ours}} {
			if got := mergeLines(p.base, p.ours, p.theirs, sideNone); !got.clean || !bytes.Equal(got.data, p.want) {
				t.Fatalf("%d, %s: %s", i, name, got.data)
			}
			if i%10 != 0 {
				continue
			}
			if got, ok := mergeYAML(p.base, p.ours, p.theirs, yamlRules{}); ok && !bytes.Equal(got, p.want) {
				t.Fatalf("%d, %s: by structure\n%s\nwant\n%s", i, name, got, p.want)
			}
		}
		if byLines := mergeLines(base, ours, theirs, sideNone); byLines.clean {
			if lost, came := outside(base, ours, theirs, byLines.data); lost != "" || came != "" {
				t.Fatalf("%d, %s: outside of what migrate changed, %q went and %q came\n%s\n--- ours\n%s\n--- theirs\n%s", i, name, lost, came, byLines.data, ours, theirs)
			}
		}
		got := merge(name, base, ours, theirs, sideNone)
		if got.clean {
			clean++
		} else {
			clashed++
		}
		var byKeys []byte
		ok := false
		if i%10 == 0 {
			byKeys, ok = mergeYAML(base, ours, theirs, yamlRules{})
		}
		for _, word := range mine {
			if !bytes.Contains(got.data, []byte(word)) {
				t.Fatalf("%d, %s: clean %v, %s is lost\n%s\n--- ours\n%s\n--- theirs\n%s", i, name, got.clean, word, got.data, ours, theirs)
			}
			if ok && !bytes.Contains(byKeys, []byte(word)) {
				t.Fatalf("%d, %s: %s is lost by structure\n%s\n--- ours\n%s\n--- theirs\n%s", i, name, word, byKeys, ours, theirs)
			}
		}
	}
	if clean < 1000 || clashed < 100 {
		t.Errorf("%d clean, %d conflicts: that tests little", clean, clashed)
	}
}

// outside is the first line that the merge took out of ours or put into it although the change from base to theirs did not.
func outside(base, ours, theirs, merged []byte) (lost, came string) {
	gone, added := edits(lines(base), lines(theirs))
	out, in := edits(lines(ours), lines(merged))
	less := func(some, all []string) string {
		left := map[string]int{}
		for _, line := range all {
			left[line]++
		}
		for _, line := range some {
			if left[line]--; left[line] < 0 {
				return line
			}
		}
		return ""
	}
	return less(out, gone), less(in, added)
}

// edits are the lines that a shortest way from a to b takes out and puts in.
func edits(a, b []string) (out, in []string) {
	kept := map[int]bool{}
	for i, at := range matches(a, b) {
		if at < 0 {
			out = append(out, a[i])
		}
		kept[at] = true
	}
	for i := range b {
		if !kept[i] {
			in = append(in, b[i])
		}
	}
	return out, in
}

func FuzzMerge(f *testing.F) {
	f.Add("a: 1\n", "a: 1\nb: 2\n", "a: 2\n")
	f.Add("- {name: a}\n", "- {name: b}\n", "-\n  name: a\n")
	f.Fuzz(func(t *testing.T, base, ours, theirs string) {
		for _, name := range []string{"x", "x.yaml", "x.json"} {
			merge(name, []byte(base), []byte(ours), []byte(theirs), sideNone)
			if got := merge(name, []byte(base), []byte(ours), []byte(base), sideNone); string(got.data) != ours && strings.IndexByte(base+ours, 0) < 0 && sound([]byte(ours)) {
				t.Errorf("%s: %q", name, got.data)
			}
		}
	})
}
