package ops

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// tfFunctions are those functions that people put names and addresses together with. All others stay unknown, those that
// read files first of all.
var tfFunctions = map[string]function.Function{
	"lower": ofTexts(func(args []string) string { return strings.ToLower(args[0]) }), "upper": ofTexts(func(args []string) string { return strings.ToUpper(args[0]) }),
	"trimspace": ofTexts(func(args []string) string { return strings.TrimSpace(args[0]) }), "tostring": ofTexts(func(args []string) string { return args[0] }),
	"format": ofTexts(formattedHCL),
	"coalesce": ofTexts(func(args []string) string {
		for _, arg := range args {
			if arg != "" {
				return arg
			}
		}
		return ""
	}),
}

// ofTexts is a function of texts that never makes more of them than they are.
func ofTexts(of func(args []string) string) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Type: cty.String, AllowNull: true},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			texts := make([]string, len(args))
			for i, arg := range args {
				if !arg.IsNull() {
					texts[i] = arg.AsString()
				}
			}
			if len(texts) == 0 {
				return cty.UnknownVal(cty.String), nil
			}
			return cty.StringVal(of(texts)), nil
		},
	})
}

// formattedHCL fills %s, %d and %v in their order; a format with anything else is left as it stands.
func formattedHCL(args []string) string {
	parts := strings.Split(args[0], "%")
	for i := 1; i < len(parts); i++ {
		if parts[i] == "" || !strings.ContainsAny(parts[i][:1], "sdv") || i >= len(args) {
			return args[0]
		}
		parts[i] = args[i] + parts[i][1:]
	}
	return strings.Join(parts, "")
}
