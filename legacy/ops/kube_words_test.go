package ops

import "testing"

func TestWordsBelowCommandAndArgs(t *testing.T) {
	chart := func(values, below string) files {
		return files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": values,
			"helm/shop/templates/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: acme/shop\n" + below +
				"        ports:\n        - containerPort: 3000\n---\nkind: CronJob\nmetadata: {name: mail}\nspec: {schedule: 0 3 * * *, jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [node, mail.js]}]}}}}}\n"}
	}
	whole := []string{".: port 3000", "mail: command node|mail.js"}
	values := "command: [node, live.js]\nargs: [--a, --b]\n"
	const either = "        command:\n        {{- if .Values.command }}\n          {{- toYaml .Values.command | nindent 10 }}\n        {{- else }}\n        - node\n        {{- end }}\n"
	runCases(t, Kubernetes(), []readerCase{
		{"a range", chart(values, "        command: [node, a.js]\n        args:\n          {{- range .Values.args }}\n          - {{ . | quote }}\n          {{- end }}\n"), whole, []string{"not understood"}},
		{"values or else", chart(values, either), append(whole, ".: command node|live.js"), []string{"not understood"}},
		{"none, or else", chart("a: b\n", either), append(whole, ".: command node"), []string{"not understood", "live.js"}},
		{"with", chart(values, "        command:\n        {{- with .Values.command }}\n          {{- toYaml . | nindent 10 }}\n        {{- end }}\n"), append(whole, ".: command node|live.js"), nil},
		{"with, by items", chart(values, "        command:\n        {{- with .Values.command }}\n        {{- range . }}\n        - {{ . }}\n        {{- end }}\n        {{- end }}\n"), whole, []string{"not understood"}},
		{"the whole beside items", chart(values, "        command:\n        {{- toYaml .Values.command | nindent 8 }}\n        - --more\n"), whole, []string{"not understood"}},
		{"the whole alone", chart(values, "        command:\n        {{- toYaml .Values.command | nindent 8 }}\n"), append(whole, ".: command node|live.js"), nil},
		{"a block in one line", chart(values, "        command:\n        {{- if .Values.command }}{{ toYaml .Values.command | nindent 8 }}{{ end }}\n"), append(whole, ".: command node|live.js"), nil},
		{"a block that ends in its second line", chart(values, "        command:\n        {{- with .Values.command }}\n        {{- toYaml . | nindent 8 }}{{ end }}\n"), append(whole, ".: command node|live.js"), nil},
		{"a block without an end", chart(values, "        command:\n        {{- if .Values.command }}\n"), nil, []string{"live.js"}},
	})
}
