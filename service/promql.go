package service

import "strings"

// badPromQL says why an expression can't be PromQL, or "". It sees brackets and texts that don't end and operators with
// nothing behind them: what goes wrong when a threshold of the old monitoring isn't the number that it was taken for. Names
// of metrics and functions are Prometheus's to judge.
func badPromQL(expr string) string {
	closes := map[rune]rune{')': '(', ']': '[', '}': '{'}
	var open []rune
	quote, escaped := rune(0), false
	for _, c := range expr {
		switch {
		case escaped:
			escaped = false
		case quote != 0:
			escaped = c == '\\' && quote != '`'
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '(' || c == '[' || c == '{':
			open = append(open, c)
		case closes[c] != 0:
			if len(open) == 0 || open[len(open)-1] != closes[c] {
				return "a " + string(c) + " closes nothing"
			}
			open = open[:len(open)-1]
		}
	}
	switch {
	case quote != 0:
		return "a text in " + string(quote) + " does not end"
	case len(open) > 0:
		return "a " + string(open[len(open)-1]) + " is not closed"
	}
	words := strings.Fields(expr)
	if last := words[len(words)-1]; strings.ContainsAny(last[len(last)-1:], "<>=!+-*/%^,") || last == "and" || last == "or" || last == "unless" {
		return "nothing follows " + last
	}
	return ""
}
