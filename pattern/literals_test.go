package pattern

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		expression string
		texts      string
		end        bool
	}{
		{`(^|/)app\.ya?ml$`, "app.yaml app.yml", true},
		{`(?i)\.(cs|VB)$`, ".cs .vb", true},
		{`^(\w+)\.json(\.erb)?$`, ".json .json.erb", true},
		{`Makefile\.(\w+)$`, "Makefile.", false},
		{`(^|/)charts/|\.tpl$`, ".tpl charts/", false},
		{`import\s+(os|sys)\b`, "import", false},
		{`listen(_port|Address)?\s*[:=]`, "listen", false},
		{`(a|b)?x+y{2,}`, "x", false},
		{`(?i)ünder_score`, "", false},
		{`\d+`, "", false},
		{`a*`, "", false},
		{`(x|)$`, "", false},
		{`abc(/|$)`, "abc", false},
	} {
		l := literalsOf(c.expression)
		if got := strings.Join(l.texts, " "); got != c.texts || l.end != c.end {
			t.Errorf("%s: %q, at the end %v", c.expression, got, l.end)
		}
	}
}

func TestCaseIsFolded(t *testing.T) {
	p := MustCompile(`(?i)kiss\.cs$`)
	for text, want := range map[string]bool{"x/KISS.cs": true, "kiſs.CS": true, "\u212aiss.cs": true, "kiss.csx": false, "": false} {
		if got := p.MatchString(text); got != want || regexp.MustCompile(p.text).MatchString(text) != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Nothing that an expression matches is refused, for each pattern of the readers.
func TestLiteralsRefuseNoMatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for where, text := range patterns(t) {
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			continue // TestPatternsCompile says so
		}
		re, l := regexp.MustCompile(text), literalsOf(text)
		for range 20 {
			s := matched(rng, tree)
			for _, s := range []string{s, "a/" + s, s + " x", "line\n" + s + "\nline", strings.ToUpper(s)} {
				if !re.MatchString(s) {
					continue
				}
				if asked++; !l.allow(s) {
					t.Fatalf("%s: %q refuses %q for the want of %q", where, text, s, l.texts)
				}
			}
		}
	}
	if asked < 30_000 {
		t.Errorf("only %d matches were tried", asked)
	}
}

func FuzzLiterals(f *testing.F) {
	f.Add(`(?i)(^|/)a\.(cs|vb)$`, "x/A.VB")
	f.Add(`x(y|z{2,3})?\b[^a]+`, "xzz-")
	f.Fuzz(func(t *testing.T, expression, text string) {
		re, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		if re.MatchString(text) && !literalsOf(expression).allow(text) {
			t.Fatalf("%q refuses %q", expression, text)
		}
	})
}

// matched writes a text that the expression is likely to match.
func matched(rng *rand.Rand, re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		text := string(re.Rune)
		if re.Flags&syntax.FoldCase != 0 && rng.IntN(2) == 0 {
			text = strings.ToUpper(text)
		}
		return text
	case syntax.OpCharClass:
		i := 2 * rng.IntN(len(re.Rune)/2)
		return string(re.Rune[i] + rng.Int32N(min(re.Rune[i+1]-re.Rune[i], 90)+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return string(rune('!' + rng.IntN(90)))
	case syntax.OpAlternate:
		return matched(rng, re.Sub[rng.IntN(len(re.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		return repeated(rng, re.Sub, 1)
	case syntax.OpQuest:
		return repeated(rng, re.Sub, rng.IntN(2))
	case syntax.OpStar:
		return repeated(rng, re.Sub, rng.IntN(3))
	case syntax.OpPlus:
		return repeated(rng, re.Sub, 1+rng.IntN(3))
	case syntax.OpRepeat:
		return repeated(rng, re.Sub, re.Min+rng.IntN(2))
	case syntax.OpWordBoundary, syntax.OpBeginLine, syntax.OpEndLine:
		return []string{"", " ", "\n"}[rng.IntN(3)]
	}
	return ""
}

func repeated(rng *rand.Rand, parts []*syntax.Regexp, times int) string {
	var b strings.Builder
	for _, part := range slices.Repeat(parts, times) {
		b.WriteString(matched(rng, part))
	}
	return b.String()
}
