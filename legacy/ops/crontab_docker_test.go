package ops

import "testing"

// A variable goes into a line of a crontab only where it holds a schedule: what else begins like one may be a secret.
func TestSecretsInCrontabsThatContainersWrite(t *testing.T) {
	script := "#!/bin/sh\nSYNC_TOKEN=9canary6c5b\nNIGHT='0 3 * * *'\nSIGN=@canary\nMORE='1 2 * * * 7canary'\n" +
		"echo \"$NIGHT python manage.py sync $SYNC_TOKEN\" | crontab -\necho \"5 3 * * * python manage.py send ${SIGN}\" | crontab -\necho \"@daily python manage.py tidy $MORE\" | crontab -\n"
	runCases(t, Crontab(), []readerCase{{"a token that begins with a digit", files{"manage.py": "", "entrypoint.sh": script},
		[]string{`note entrypoint.sh:6 a job at "0 3 * * *"`, `note entrypoint.sh:7 a job at "5 3 * * *"`, `note entrypoint.sh:8 a job at "@daily"`}, []string{"canary"}}})
}
