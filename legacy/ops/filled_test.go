package ops

import "testing"

func TestFilledTemplates(t *testing.T) {
	runCases(t, Filled(), []readerCase{
		{"gomplate, dockerize and confd", files{"cpanfile": "", "shop.conf.tmpl": "port = {{getenv \"port\" \"80\"}}\npassword = {{ getenv \"db_pass\" }}\nkey = {{ default .Env.SIGNING_SECRET \"\" }}\n"}, []string{
			".: secret db_pass <- shop.conf.tmpl:2 declared", ".: secret SIGNING_SECRET <- shop.conf.tmpl:3",
		}, []string{"port"}},
		{"the template belongs to the code that it lies in", files{"web/package.json": "{}", "web/etc/app.tpl": "{{ env \"API_TOKEN\" }}"}, []string{"web: secret API_TOKEN"}, nil},
		{"charts have values of their own", files{"package.json": "{}", "charts/shop/templates/a.tpl": "{{ env \"API_TOKEN\" }}", "b.tpl": "{{ .Values.apiToken }}"}, nil, []string{"secret"}},
	})
}

func FuzzFilled(f *testing.F) {
	f.Add("{{ getenv \"db_pass\" }}{{ .Env.X }}{{")
	f.Fuzz(func(t *testing.T, text string) { read(t, Filled(), files{"a.tmpl": text}) })
}
