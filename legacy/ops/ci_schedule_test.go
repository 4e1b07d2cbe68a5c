package ops

import "testing"

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

func TestCISchedules(t *testing.T) {
	runCases(t, CISchedules(), []readerCase{
		{"what CircleCI gives the platform to run", files{"Gemfile": "", "Rakefile": "", ".circleci/config.yml": circleSchedule, "bin/digest.sh": "#!/bin/bash\ncf run-task shop --wait --name digest -c 'bundle exec rake digest:send'\ncf run-task shop -c \"rake $TASK\"\nrake digest:here\n"},
			[]string{"reports-nightly: command bundle|exec|rake|reports:nightly <- .circleci/config.yml:7 convention", "reports-nightly: schedule 30 2 * * 0", "digest-send: command bundle|exec|rake|digest:send"}, []string{"staging", "rspec", "TASK", "digest-here"}},
		{"tasks of the application that work on what production has", files{"requirements.txt": "", "manage.py": "", ".github/workflows/sync.yml": "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  sync:\n    steps:\n      - run: pip install -r requirements.txt\n      - run: |\n          python manage.py migrate\n          python manage.py test\n          python manage.py sync_members\n        env: {DATABASE_URL: '${{ secrets.DATABASE_URL }}'}\n"},
			[]string{"sync_members: command python|manage.py|sync_members", "sync_members: schedule 0 3 * * *"}, []string{"manage.py|migrate", "manage.py|test"}},
		{"tests at night", files{"requirements.txt": "", "manage.py": "", ".github/workflows/ci.yml": "on: {push: {}, schedule: [{cron: '0 3 * * *'}]}\njobs:\n  a:\n    steps: [{run: python manage.py load_data, env: {T: '${{ secrets.GITHUB_TOKEN }}'}}]\n  b:\n    services: {db: {image: postgres}}\n    steps: [{run: python manage.py load_data, env: {T: '${{ secrets.COVERAGE_TOKEN }}'}}]\n"},
			nil, []string{"load_data"}},
	})
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
