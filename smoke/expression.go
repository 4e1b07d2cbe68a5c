package smoke

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
	"gopkg.in/yaml.v3"
)

// expression is the one free form of an expectation: a condition in the language of expr-lang.org.
type expression struct {
	line    int
	text    string
	program *vm.Program
}

// expression reads one. What it names must exist: a field of the answer, or what an earlier check captured.
func (c *checkDecoder) expression(v *yaml.Node) expression {
	e := expression{line: v.Line, text: c.text(v, "expr")}
	if e.text == "" {
		return e
	}
	names := types.Map{}
	for name, value := range facts(&answer{}, nil) {
		names[name] = types.TypeOf(value)
	}
	names["json"] = types.Any
	for _, name := range c.captured {
		if _, ok := names[name]; !ok {
			names[name] = types.Any
		}
	}
	var err error
	if e.program, err = expr.Compile(e.text, expr.Env(names), expr.AsBool()); err != nil {
		c.fail(v, "expr: %s", firstLineOf(err.Error()))
	}
	return e
}

// facts are what an expression may name.
func facts(a *answer, captured map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range captured {
		out[name] = native(value)
	}
	headers := map[string]string{}
	for name := range a.header {
		headers[strings.ToLower(name)] = strings.Join(a.header.Values(name), ", ")
	}
	var doc any
	if len(a.body) > 0 {
		doc, _ = a.document()
	}
	for name, value := range map[string]any{
		"status": a.status, "headers": headers, "body": string(a.body), "json": native(doc), "time": milliseconds(a.took), "size": len(a.body),
		"url": a.url, "redirects": a.redirects, "protocol": a.protocol, "exit": a.exit,
	} {
		out[name] = value
	}
	return out
}

// native turns the numbers of a document to those that an expression can count with.
func native(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, _ := v.Float64()
		return f
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = native(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = native(item)
		}
		return out
	}
	return v
}

func (e expression) judge(a *answer, v values) *Failure {
	f := &Failure{Line: e.line, What: "expr", Want: e.text}
	result, err := expr.Run(e.program, facts(a, v.captured))
	if err != nil {
		f.Got = firstLineOf(err.Error())
		return f
	}
	if holds, ok := result.(bool); !ok || !holds {
		f.Got = fmt.Sprint(result)
		return f
	}
	return nil
}
