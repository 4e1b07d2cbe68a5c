package ops

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// block is a block's body with its values as far as they are known; blocks inside it are fields of the same.
func (s *tfScope) block(b *hclsyntax.Block) *written {
	return s.body(b.Body, b.DefRange().Start.Line, 0)
}

func (s *tfScope) body(b *hclsyntax.Body, line, depth int) *written {
	l := &written{kind: '{', line: line}
	for _, a := range b.Attributes {
		l.fields = append(l.fields, writtenField{a.Name, s.written(a.Expr, depth), a.NameRange.Start.Line})
	}
	for _, inner := range b.Blocks {
		at := inner.DefRange().Start.Line
		l.fields = append(l.fields, writtenField{inner.Type, s.body(inner.Body, at, depth+1), at})
	}
	sortFields(l.fields)
	return l
}

// written keeps the lines of what is written down as objects and lists; everything else is worked out.
func (s *tfScope) written(e hclsyntax.Expression, depth int) *written {
	line := e.Range().Start.Line
	if s.spent++; depth > maxWritten || s.spent > maxSpent {
		return &written{kind: 'x', line: line}
	}
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		l := &written{kind: '{', line: line}
		for _, item := range e.Items {
			if key, secret := plainText(s.value(item.KeyExpr)); key != "" && !secret {
				l.fields = append(l.fields, writtenField{key, s.written(item.ValueExpr, depth+1), item.KeyExpr.Range().Start.Line})
			}
		}
		return l
	case *hclsyntax.TupleConsExpr:
		l := &written{kind: '[', line: line}
		for _, item := range e.Exprs {
			l.items = append(l.items, s.written(item, depth+1))
		}
		return l
	case *hclsyntax.ParenthesesExpr:
		return s.written(e.Expression, depth+1)
	case *hclsyntax.TemplateWrapExpr:
		return s.written(e.Wrapped, depth+1)
	case *hclsyntax.FunctionCallExpr:
		if l := s.merged(e, depth); l != nil {
			return l
		}
	case *hclsyntax.ScopeTraversalExpr:
		if arg, ok := s.args[attrOf(e.Traversal, 1)]; ok && e.Traversal.RootName() == "var" && len(e.Traversal) == 2 {
			if l := arg.written(depth); l != nil {
				return l
			}
		}
		if inner, ok := s.module.locals[attrOf(e.Traversal, 1)]; ok && e.Traversal.RootName() == "local" && len(e.Traversal) == 2 && inner.file == s.at {
			if l := s.written(inner.Expression, depth+1); l.kind == '{' || l.kind == '[' {
				return l
			}
		}
	}
	l := valueWritten(s.value(e), line, 0)
	l.given = s.given(e, 0)
	if s.at != nil && strings.HasPrefix(s.at.text[min(e.Range().Start.Byte, len(s.at.text)):], "<<") {
		l.line++
	}
	switch template, is := e.(*hclsyntax.TemplateExpr); {
	case l.kind != 'x':
	case is:
		l.text = s.partly(template)
	default:
		l.text = s.source(e)
	}
	return l
}

// partly is a text of which some is known; the rest stays as ${}.
func (s *tfScope) partly(e *hclsyntax.TemplateExpr) string {
	if len(e.Parts) > maxReferences {
		return ""
	}
	var b strings.Builder
	for _, part := range e.Parts {
		if text, secret := plainText(s.value(part)); secret || text == "" {
			b.WriteString("${}")
		} else {
			b.WriteString(text)
		}
	}
	return b.String()
}

// merged is what functions make that only put objects and lists together, or write them as a text.
func (s *tfScope) merged(e *hclsyntax.FunctionCallExpr, depth int) *written {
	var all *written
	switch e.Name {
	case "jsonencode", "yamlencode", "merge", "concat", "tolist", "tomap":
	default:
		return nil
	}
	for _, arg := range e.Args {
		l := s.written(arg, depth+1)
		switch {
		case l.kind != '{' && l.kind != '[' && len(e.Args) == 1:
			return l
		case l.kind != '{' && l.kind != '[':
			continue
		case all == nil:
			all = &written{kind: l.kind, line: l.line}
			fallthrough
		default:
			all.fields = append(all.fields, l.fields...)
			all.items = append(all.items, l.items...)
		}
	}
	return all
}

// source is what an expression says, where it is short: a reference such as module.db.host.
func (s *tfScope) source(e hclsyntax.Expression) string {
	at := e.Range()
	if t, ok := e.(*hclsyntax.ScopeTraversalExpr); !ok || len(t.Traversal) > 6 || s.at == nil || at.End.Byte > len(s.at.text) {
		return ""
	}
	return s.at.text[at.Start.Byte:at.End.Byte]
}

// plainText is the text of a number, a truth or a string that is known, and whether it is a secret.
func plainText(v cty.Value) (string, bool) {
	v, marks := v.UnmarkDeep()
	if v.IsNull() || !v.IsKnown() || !v.Type().IsPrimitiveType() {
		return "", len(marks) > 0
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() || !text.IsKnown() {
		return "", len(marks) > 0
	}
	return text.AsString(), len(marks) > 0
}

// valueWritten is a value that was worked out, all of it on one line.
func valueWritten(v cty.Value, line, depth int) *written {
	plain, marks := v.Unmark()
	if len(marks) > 0 {
		return &written{kind: 'x', secret: true, line: line}
	}
	if plain.IsNull() || !plain.IsKnown() || depth > maxWritten {
		return &written{kind: 'x', line: line}
	}
	if !plain.CanIterateElements() {
		text, _ := plainText(plain)
		return &written{kind: '"', text: text, line: line}
	}
	l := &written{kind: '[', line: line}
	if plain.Type().IsObjectType() || plain.Type().IsMapType() {
		l.kind = '{'
	}
	for it := plain.ElementIterator(); it.Next(); {
		key, inner := it.Element()
		if w := valueWritten(inner, line, depth+1); l.kind == '{' {
			l.fields = append(l.fields, writtenField{key.AsString(), w, line})
		} else {
			l.items = append(l.items, w)
		}
	}
	return l
}
