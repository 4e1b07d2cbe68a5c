package ops

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

const circleSchedule = `version: 2.1
jobs:
  test: {steps: [{run: bundle exec rspec}]}
  nightly:
    steps:
      - run: cf login -u $U
      - run: cf run-task shop "bundle exec rake reports:nightly" --name nightly
      - run: cf run-task shop-staging "bundle exec rake reports:staging"
      - run: {name: digest, command: "bash bin/digest.sh"}
workflows:
  all:
    jobs: [test]
  nightly:
    triggers: [{schedule: {cron: "30 2 * * 7", filters: {branches: {only: main}}}}]
    jobs: [nightly, {test: {}}]
`

// given is a workflow whose one job has these commands.
func given(commands ...string) string {
	return "on: {schedule: [{cron: '0 3 * * *'}]}\njobs:\n  a:\n    steps:\n      - run: |\n          " + strings.Join(commands, "\n          ") + "\n"
}

func TestCISchedules(t *testing.T) {
	runCases(t, CISchedules(), []readerCase{
		{"what CircleCI gives the platform to run", files{"Gemfile": "", "Rakefile": "", ".circleci/config.yml": circleSchedule, "bin/digest.sh": "#!/bin/bash\ncf run-task shop --wait --name digest -c 'bundle exec rake digest:send'\ncf run-task shop -c \"rake $TASK\"\nrake digest:here\n"},
			[]string{"reports-nightly: command bundle|exec|rake|reports:nightly <- .circleci/config.yml:7 convention", "reports-nightly: schedule 30 2 * * 0", "digest-send: command bundle|exec|rake|digest:send"}, []string{"staging", "rspec", "TASK", "digest-here"}},
		{"tasks of the application that work on what production has", files{"requirements.txt": "", "manage.py": "", ".github/workflows/sync.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  sync:\n    steps:\n      - run: pip install -r requirements.txt\n      - run: |\n          python manage.py migrate\n          python manage.py test\n          python manage.py sync_members\n        env: {DATABASE_URL: '${{ secrets.DATABASE_URL }}'}\n"},
			[]string{"sync_members: command python|manage.py|sync_members", "sync_members: schedule 0 3 * * *"}, []string{"manage.py|migrate", "manage.py|test"}},
		{"tests at night", files{"requirements.txt": "", "manage.py": "", ".github/workflows/ci.yml": "on: {push: {}, schedule: [{cron: '0 3 * * *'}]}\njobs:\n  a:\n    steps: [{run: python manage.py load_data, env: {T: '${{ secrets.GITHUB_TOKEN }}'}}]\n  b:\n    services: {db: {image: postgres}}\n    steps: [{run: python manage.py load_data, env: {T: '${{ secrets.COVERAGE_TOKEN }}'}}]\n"},
			nil, []string{"load_data"}},
		{"secrets of tests at night", files{"artisan": "", "composer.json": "{}", ".github/workflows/ci.yml": "on: {schedule: [{cron: '0 3 * * *'}]}\njobs:\n  a:\n    env: {NPM: '${{ secrets.NPM_TOKEN }}', A: '${{ secrets.GITHUB_TOKEN }}'}\n    steps:\n      - run: php artisan orders:fill\n      - {uses: codecov/codecov-action@v4, with: {token: '${{ secrets.UPLOAD }}'}}\n      - run: ./say\n        env: {HOOK: '${{ secrets.HOOK }}'}\n"},
			nil, []string{"orders"}},
		{"what makes the code ready", files{"artisan": "", "composer.json": "{}", ".github/workflows/ci.yml": "on: {schedule: [{cron: '0 3 * * *'}]}\njobs:\n  a:\n    env: {DB: '${{ secrets.GITLAB_DB_URL }}'}\n    steps:\n      - run: |\n          php artisan key:generate\n          php artisan config:clear\n          php artisan orders:close\n"},
			[]string{"orders-close: command php|artisan|orders:close"}, []string{"key", "config"}},
		{"the task's own options", files{"Rakefile": "", "Gemfile": "", "manage.py": "", "artisan": "", "composer.json": "{}", ".github/workflows/a.yml": given(
			"heroku run -a shop python manage.py sync --dry-run", "heroku run python manage.py load --since 3 -k 4 --app shop --exit-code || true", "kubectl -n x exec deploy/web -- python manage.py purge --keep-days 30",
			"kubectl exec deploy/web -- rake \"orders:close\" --name late", "heroku run -- php artisan mail:send --app", "cf run-task shop 'rake reports:nightly -s a' --name test", "cf rt shop rake digest:send --size 3 -m 1G -k 2G --name x")},
			[]string{"load: command python|manage.py|load|--since|3|-k|4 <-", "purge: command python|manage.py|purge|--keep-days|30 <-", "orders-close: command bundle|exec|rake|orders:close|--name|late <-",
				"mail-send: command php|artisan|mail:send|--app <-", "reports-nightly: command bundle|exec|rake|reports:nightly|-s|a <-", "digest-send: command bundle|exec|rake|digest:send|--size|3 <-"}, []string{"sync"}},
		{"what other environments are given to run", files{"Rakefile": "", "Gemfile": "", "bin/all.sh": "heroku run rake wrong:a_script\n", ".github/workflows/a.yml": given(
			"heroku run --app shop-staging rake wrong:a_app", "heroku run rake wrong:b_app --app shop-staging", "heroku run 'rake wrong:c_app' --app=staging", "kubectl -n staging exec deploy/web -- rake wrong:a_space",
			"kubectl --context=test exec deploy/web -- rake wrong:a_context", "bin/all.sh staging", "cf target -o shop -s staging", "cf run-task shop 'rake wrong:a_target'", "cf t -s live", "cf run-task shop 'rake demo:fill'",
			"kubectl config use-context dev && kubens shop", "kubens shop", "kubectl exec deploy/web -- rake wrong:b_context") + "  staging:\n    steps: [{run: heroku run rake wrong:a_job}]\n  c:\n    environment: {name: staging}\n    steps: [{run: heroku run rake wrong:b_job}]\n  d:\n    steps: [{run: heroku run rake next:job}]\n"},
			[]string{"demo-fill: command bundle|exec|rake|demo:fill <-", "next-job: command bundle|exec|rake|next:job <-"}, []string{"wrong"}},
	})
}

// A script that is started again and again is read once for each schedule: what is wrong with it is said once.
func TestCISchedulesReadScriptOnce(t *testing.T) {
	big := strings.Repeat("#", scan.MaxFile+1)
	got := strings.Join(said(read(t, CISchedules(), files{"bin/all.sh": big, ".github/workflows/a.yml": given("bin/all.sh", "bash bin/all.sh 1", "bin/all.sh")})), "\n")
	if n := strings.Count(got, "note bin/all.sh"); n != 1 {
		t.Errorf("%d notes, not one: %s", n, got)
	}
}

func FuzzCISchedules(f *testing.F) {
	f.Add(circleSchedule)
	f.Add("on: {schedule: [{cron: '* * * * *'}]}\njobs: {a: {steps: [{run: cf run-task a -c \"rake a:b\" --name x}]}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{".circleci/config.yml", ".github/workflows/a.yml"} {
			checkReport(t, read(t, CISchedules(), files{"Gemfile": "", "Rakefile": "", "a.sh": text, name: text}))
		}
	})
}
