package legacy

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestOptionalSecrets(t *testing.T) {
	laravel := map[string]string{
		"composer.json": `{"require": {"laravel/framework": "^8.0"}}`, "artisan": "", "public/index.php": "<?php\n",
		".env.example":            "APP_KEY=\nDB_CONNECTION=mysql\nDB_PASSWORD=\nQUEUE_CONNECTION=sync\nBROADCAST_DRIVER=log\nMAIL_MAILER=smtp\nMAIL_PASSWORD=\nPUSHER_APP_SECRET=\nAWS_SECRET_ACCESS_KEY=\nGITHUB_CLIENT_SECRET=\nLICENCE_SECRET=\nREDIS_PASSWORD=null\nSTRIPE_SECRET=\n",
		"config/database.php":     "<?php\nreturn ['default' => env('DB_CONNECTION', 'mysql'), 'connections' => ['mysql' => ['driver' => 'mysql', 'host' => env('DB_HOST'), 'password' => env('DB_PASSWORD', '')]],\n'redis' => ['default' => ['password' => env('REDIS_PASSWORD', null)]]];\n",
		"config/queue.php":        "<?php\nreturn ['default' => env('QUEUE_CONNECTION', 'sync'),\n'connections' => ['sqs' => ['secret' => env('AWS_SECRET_ACCESS_KEY')]]];\n",
		"config/broadcasting.php": "<?php\nreturn ['default' => env('BROADCAST_DRIVER', 'null'),\n'connections' => ['pusher' => ['secret' => env('PUSHER_APP_SECRET')]]];\n",
		"config/mail.php":         "<?php\nreturn ['default' => env('MAIL_MAILER', 'smtp'),\n'mailers' => ['smtp' => ['transport' => 'smtp', 'password' => env('MAIL_PASSWORD')]]];\n",
		"config/services.php":     "<?php\nreturn ['github' => [\n'client_secret' => env('GITHUB_CLIENT_SECRET')]];\n",
		"config/shop.php":         "<?php\nreturn ['licence' => env('LICENCE_SECRET')];\n",
	}
	with := func(files map[string]string) map[string]string {
		tree := maps.Clone(laravel)
		maps.Copy(tree, files)
		return tree
	}
	for name, tt := range map[string]struct {
		tree map[string]string
		want string
	}{
		"drivers that are not chosen, and services of others": {laravel, "AWS_SECRET_ACCESS_KEY GITHUB_CLIENT_SECRET PUSHER_APP_SECRET REDIS_PASSWORD STRIPE_SECRET"},
		"a driver that is chosen":                             {with(map[string]string{".env.example": strings.Replace(laravel[".env.example"], "=sync", "=sqs", 1)}), "GITHUB_CLIENT_SECRET PUSHER_APP_SECRET REDIS_PASSWORD STRIPE_SECRET"},
		"what code needs elsewhere":                           {with(map[string]string{"config/shop.php": "<?php\nreturn ['push' => sign(env('PUSHER_APP_SECRET', 'x')), 'licence' => env('LICENCE_SECRET')];\n"}), "AWS_SECRET_ACCESS_KEY GITHUB_CLIENT_SECRET REDIS_PASSWORD STRIPE_SECRET"},
		"what operations give":                                {with(map[string]string{"app.yaml": "runtime: php\nenv_variables:\n  GITHUB_CLIENT_SECRET: x\n"}), "AWS_SECRET_ACCESS_KEY PUSHER_APP_SECRET REDIS_PASSWORD STRIPE_SECRET"},
		"nothing to fall back to": {map[string]string{"requirements.txt": "flask\ngunicorn\n", "Procfile": "web: gunicorn app:app\n",
			"app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nSENTRY_DSN = os.environ.get('SENTRY_DSN', '')\nMAPBOX_API_KEY = os.environ.get('MAPBOX_API_KEY', None)\nSECRET_KEY = os.environ.get('SECRET_KEY', '')\nSTRIPE_API_KEY = os.environ['STRIPE_API_KEY']\n"}, "MAPBOX_API_KEY SENTRY_DSN"},
		"settings below those of Laravel": {map[string]string{"composer.json": laravel["composer.json"], "artisan": "", "public/index.php": "<?php\n", ".env.example": "GITHUB_CLIENT_SECRET=\n",
			"config/auth/providers.php": "<?php\nreturn ['github' => [\n'client_secret' => env('GITHUB_CLIENT_SECRET')]];\n"}, "GITHUB_CLIENT_SECRET"},
		"what app.json does not ask for": {map[string]string{"requirements.txt": "flask\ngunicorn\n", "Procfile": "web: gunicorn app:app\n",
			"app.py":   "import os\nfrom flask import Flask\napp = Flask(__name__)\nHUBSPOT_TOKEN = os.environ.get('HUBSPOT_TOKEN')\nSTRIPE_API_KEY = os.environ.get('STRIPE_API_KEY')\n",
			"app.json": `{"env": {"HUBSPOT_TOKEN": {"required": false}, "STRIPE_API_KEY": {"required": true}}}`}, "HUBSPOT_TOKEN"},
		"an option of the example": {map[string]string{"requirements.txt": "flask\ngunicorn\n", "Procfile": "web: gunicorn app:app\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n",
			".env.example": "SECRET_KEY=\n# SENTRY_DSN=\n# SESSION_SECRET=\n"}, "SENTRY_DSN"},
	} {
		t.Run(name, func(t *testing.T) {
			r := resolveTree(t, tt.tree)
			if got := strings.Join(r.App.Secrets.Optional, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, c := range r.Claims["secrets.optional"] {
				if c.File == "" || c.Line == 0 || !slices.Contains(r.App.Secrets.Optional, c.Value) {
					t.Errorf("no evidence: %v", c)
				}
			}
			if err := r.App.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}
