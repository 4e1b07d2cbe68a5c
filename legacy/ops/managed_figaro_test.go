package ops

import "testing"

// Whatever stands in a figaro file, what is told of it holds together.
func FuzzVariablesOfRails(f *testing.F) {
	f.Add("PAGE_SIZE: '30'\nDB_PASSWORD: secret\nproduction:\n  DB_NAME: shop\nstaging: {DB_NAME: shop_staging}\n")
	f.Add("- a\n- &x {A: *x}\n")
	f.Add("? [A]\n: b\nproduction: <%= @x %>\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkManaged(t, read(t, Chef(), files{
			"Gemfile":                            "gem 'figaro'\n",
			"@ops/cookbooks/shop/metadata.rb":    "name 'shop'\n",
			"@ops/cookbooks/shop/recipes/app.rb": "template '/srv/shop/current/config/application.yml' do\n  source 'application.yml.erb'\nend\n",
			"@ops/cookbooks/shop/templates/default/application.yml.erb": text,
		}))
	})
}
