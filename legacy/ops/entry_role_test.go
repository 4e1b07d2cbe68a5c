package ops

import "testing"

func TestRoles(t *testing.T) {
	image := func(script string) files {
		return files{"composer.json": "{}", "artisan": "", "Dockerfile": "FROM php:7.4-apache\nCOPY . /var/www/html\nCOPY docker/start.sh /usr/local/bin/start\nCMD [\"/usr/local/bin/start\"]\n", "docker/start.sh": "#!/bin/bash\n" + script}
	}
	runCases(t, Dockerfile(), []readerCase{
		{"by ifs on a variable", image("role=${CONTAINER_ROLE:-app}\nif [ \"$role\" = \"app\" ]; then\n  exec apache2-foreground\nelif [ \"$role\" = \"queue\" ]; then\n  php artisan queue:work --tries=3\nelif [ \"$role\" = \"scheduler\" ]; then\n  while true; do php artisan schedule:run; sleep 60; done\nelif [ \"$role\" = \"local\" ]; then\n  php artisan queue:listen\nelse\n  exit 1\nfi\n"), []string{
			"queue: command php|artisan|queue:work|--tries=3 <- docker/start.sh:6 convention"}, []string{"scheduler: ", "local: ", "app: "}},
		{"by a case on a variable, with words that are not known", image("case \"${PROCESS_TYPE:-web}\" in\n  web) exec apache2-foreground ;;\n  mail|post) exec php artisan queue:work --queue=mail ;;\n  other) php artisan queue:work --queue=$QUEUE ;;\n  build) php artisan config:cache ;;\nesac\n"), []string{
			"mail: command php|artisan|queue:work|--queue=mail <- docker/start.sh:4"}, []string{"other: command", "build: command"}},
		{"what only speaks of a worker, and what stands before one", image("case \"$role\" in\n  queue)\n    echo \"Starting sidekiq\"\n    exec bundle exec sidekiq -c \"$N\" ;;\n  look) pgrep -f sidekiq ;;\n  mail) poetry run celery -A shop worker ;;\n  tasks) exec python3 -m celery -A shop beat ;;\nesac\n"), []string{"mail: command poetry|run|celery|-A|shop|worker", "tasks: command python3|-m|celery|-A|shop|beat"}, []string{"echo", "pgrep", "queue: ", "look: "}},
		{"a switch, an environment and what runs beside the server", image("if [ \"$RUN_SIDEKIQ\" = \"true\" ]; then\n  bundle exec sidekiq\nfi\nif [ \"$RAILS_ENV\" = \"staging\" ]; then\n  bundle exec sidekiq\nfi\nif [ \"$role\" = \"both\" ]; then\n  bundle exec sidekiq &\nfi\nexec apache2-foreground\n"), nil, []string{"true: ", "staging: ", "both: "}},
		{"what does not run", image("if [ \"$role\" != \"queue\" ]; then\n  php artisan queue:work\nfi\nexec apache2-foreground\n"), nil, []string{"queue: "}},
	})
}

func FuzzRoles(f *testing.F) {
	f.Add("if [ \"$a\" = \"b\" ]; then celery -A x worker; fi\ncase $x in a|b) sidekiq;; esac")
	f.Fuzz(func(t *testing.T, text string) {
		for _, found := range rolesOf(text) {
			if len(found.argv) == 0 || found.word == "" || found.line < 1 {
				t.Errorf("%q: %+v", text, found)
			}
		}
	})
}
