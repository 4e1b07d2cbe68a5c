package ops

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// placeOf is where a check lives now, in short: the smoke check as JSON without what is empty.
func placeOf(c service.Check) string {
	switch {
	case c.Smoke != nil:
		full := map[string]any{}
		text, _ := json.Marshal(c.Smoke)
		_ = json.Unmarshal(text, &full)
		keys := []string{"Request", "TCP", "TLS", "DNS", "Headers", "Body", "Follow", "Status", "Contains", "Matches", "Within", "Only"}
		var parts []string
		for _, key := range keys {
			if v := full[key]; v != nil && v != "" && v != false {
				value, _ := json.Marshal(v)
				parts = append(parts, `"`+key+`":`+string(value))
			}
		}
		return strings.ReplaceAll("{"+strings.Join(parts, ",")+"}", `\u003e`, ">")
	case c.Alert != nil:
		return "alert " + c.Alert.Expr[strings.Index(c.Alert.Expr, "<"):]
	case len(c.Script) > 0:
		return "script"
	case c.Probe != "":
		return "probe"
	}
	return "none"
}

func TestNagios(t *testing.T) {
	const objects = `# the shop
define host {
    host_name   shop-web-1
    address     10.1.2.3
    use         linux
    _path       /from-host
}
define command{
    command_name check_shop
    command_line $USER1$/check_http -H $HOSTADDRESS$ -p 8000 -u '$ARG1$' -e $ARG2$ $ARG3$ ; comment
}
define command {
    command_name check_nrpe
    command_line $USER1$/check_nrpe -H $HOSTADDRESS$ -c $ARG1$
}
define service {
    name                generic
    register            0
    use                 more
    host_name           shop-web-1
}
define service {
    name more
    register 0
    use  generic
    contact_groups  ops
}
define service {
    use                 generic
    service_description Orders list
    check_command       check_shop!/orders?limit=1!200!-w 1 -c 2.5 -s "id"
}
define service {
    use                 generic
    service_description Login
    check_command       check_shop!/login!"HTTP/1.1 302"!-a admin:canary
}
define service{
    use                 generic
    service_description Load
    check_command       check_nrpe!check_load
}
define service{
    use                 generic
    service_description Age
    check_command       check_nrpe!orders_age
}
define service{
    use                 generic
    service_description Passive
}
define service{
    use                 generic
    service_description Own
    check_command       check_own!--password=canary!-x
}
define service {
    service_description broken
`
	runCases(t, Nagios(), []readerCase{
		{"objects, templates that use each other, NRPE", files{"manage.py": "", "ops/nagios/shop.cfg": objects, "ops/nrpe.cfg": "command[orders_age]=/opt/check_age.sh -w 5\ncommand[check_disk]=/usr/lib/nagios/plugins/check_disk -w 20% -c 10% -p /\n", "setup.cfg": "[x]\ndefine = 1\n"}, []string{
			`.: check nagios "Orders list": {"Request":"GET /orders?limit=1","Status":["200"],"Contains":"id","Within":"2.5s"} <- ops/nagios/shop.cfg:31 declared`,
			`.: check nagios "Login": {"Request":"GET /login","Headers":{"Authorization":"Basic ${CHECK_BASIC_TOKEN}"},"Status":["302"]} <- ops/nagios/shop.cfg:36`,
			`.: check nagios "Load": none <- ops/nagios/shop.cfg:41`, `.: check nagios "Age": script <- ops/nagios/shop.cfg:46`, `.: check nagios "Passive": none`, `.: check nagios "Own": script`,
			`.: check nrpe check_disk: none <- ops/nrpe.cfg:2`, "note ops/nagios/shop.cfg:57 a definition of a service that does not end",
		}, []string{"canary", "nrpe orders_age"}},
	})
}

// TestPluginCalls holds what takes the place of single calls: those of the help of check_http among them.
func TestPluginCalls(t *testing.T) {
	for call, want := range map[string]string{
		"check_http -w 5 -c 10 --ssl -H www.example.com":                                          `{"Request":"GET /","Status":["2xx","3xx"],"Within":"10s"}`,
		"check_http --sni -H www.example.com -C 30,14":                                            `{"TLS":"days_left > 30","Only":["https"]}`,
		"check_http -w 5 -c 10 -S -H www.example.com -C 14":                                       `{"TLS":"days_left > 14","Only":["https"]}`,
		"check_http -I 192.168.44.1 -u /index.html -p 80 -H shop.example.com -s ok":               `{"Request":"GET /index.html","Status":["2xx","3xx"],"Contains":"ok"}`,
		"check_http -I 192.0.2.1 -p 3128 -u http://www.example.com/ -H www.example.com":           `{"Request":"GET /","Status":["2xx","3xx"]}`,
		"check_http -I 192.0.2.1 -p 3128 -u www.example.com:443 -S -j CONNECT -H www.example.com": "script",
		"check_http -H x -e 200,301 -r ^ok$ -f follow":                                            `{"Request":"GET /","Follow":true,"Status":["200","301"],"Matches":"^ok$"}`,
		"check_http -H x -R hello -f critical":                                                    `{"Request":"GET /","Status":["2xx"],"Matches":"(?i)hello"}`,
		"check_http -H x -P a=b -u /form":                                                         "script",
		"check_http -H x -m 100:200":                                                              "script",
		"check_http -H x --invert-regex -r bad":                                                   "script",
		"check_http -H x -a u:canary -k X-Api-Key:canary -k Accept:text/html":                     `{"Request":"GET /","Headers":{"Accept":"text/html","Authorization":"Basic ${CHECK_BASIC_TOKEN}","X-Api-Key":"${CHECK_X_API_KEY_TOKEN}"},"Status":["2xx","3xx"]}`,
		"check_http -H x --url=/a --expect=HTTP/1.":                                               `{"Request":"GET /a","Status":["2xx","3xx","4xx","5xx"]}`,
		"/usr/lib/nagios/plugins/check_tcp -H '$HOSTADDRESS$' -p 9001 ''":                         `{"TCP":":9001"}`,
		"sudo /usr/lib/nagios/plugins/check_tcp -H $HOSTADDRESS$ -p 9000":                         `{"TCP":":9000"}`,
		"check_tcp -p 9000 -e ready":                                                              "script",
		"check_pgsql -H db1.example.com -d shop -p canary":                                        `{"TCP":"db1.example.com:5432","Only":["inside"]}`,
		"check_nt -H x -p 12489 -v CPULOAD -l 5,80,90":                                            "none",
		"check_nt SERVICESTATE -d SHOWALL -l W3SVC":                                               "probe",
		"check_mrtgtraf -F /var/lib/mrtg/1.log -a AVG -w 1,2 -c 3,4":                              "none",
		"check_snmp -H x -C canary -o sysUpTime.0":                                                "none",
		"check_snmp -H x -C canary -o .1.3.6.1.4.1.9999.1.0":                                      "script",
		"check_redis": "probe",
		"check_dns -H api.example.com -a 10.1.2.3":                             `{"DNS":"api.example.com resolves to 10.1.2.3"}`,
		"check_dig -l api.example.com":                                         `{"DNS":"api.example.com resolves"}`,
		"check_ssl_cert -H x -c 7":                                             `{"TLS":"days_left > 7","Only":["https"]}`,
		"check_procs -c 1: -C shopd":                                           "probe",
		"check_disk -w 20% -c 5% -p /srv/uploads":                              "none",
		"check_disk -w 20% -c 10% -p /":                                        "none",
		"check_load -w 5,4,3 -c 10,8,6":                                        "none",
		"check_apt":                                                            "none",
		"check_orders_age.pl -w 5 --since 'an hour'":                           "script",
		"check_json_healthcheck 3016 /healthcheck/ready":                       `{"Request":"GET /healthcheck/ready"}`,
		"check_status_file /var/run/status":                                    "script",
		"check_mysql_query -q 'select 1' -H db2.example.com -P 3307 -p canary": `{"TCP":"db2.example.com:3307","Only":["inside"]}`,
		"check_http":    `{"Request":"GET /","Status":["2xx","3xx"]}`,
		"check_http -H": "script",
		"check_http -u /orders -e 200 shop.example.com":           `{"Request":"GET /orders","Status":["200"]}`,
		"check_http $HOSTADDRESS$ -u /orders":                     `{"Request":"GET /orders","Status":["2xx","3xx"]}`,
		"check_http -I 10.0.0.1 -a u:canary -s ok 10.0.0.1":       `{"Request":"GET /","Headers":{"Authorization":"Basic ${CHECK_BASIC_TOKEN}"},"Status":["2xx","3xx"],"Contains":"ok"}`,
		"check_http_code -H shop.example.com 404":                 "script",
		"check_url https://shop.example.com/orders":               "script",
		"check-host-alive":                                        "none",
		"/usr/lib/nagios/plugins/check_ipmi_sensor -H x -f y.cfg": "none",
	} {
		got := placeOf(newPlugin(splitWords(call)).converted())
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", call, got, want)
		}
		if strings.Contains(got, "canary") {
			t.Errorf("a secret in %s", got)
		}
	}
	why := newPlugin(splitWords("check_disk -w 20% -c 5% -p /srv/uploads")).converted().None
	if !strings.Contains(why, "takes the place of /srv/uploads") || !strings.HasSuffix(why, "kubelet_volume_stats_capacity_bytes < 0.05") {
		t.Errorf("a disk: %s", why)
	}
}

// Commands of the team's own start plugins that are known; where -p is a password it is no port, and no place either.
func TestCommandsOfIcingasTeam(t *testing.T) {
	r := read(t, Icinga2(), files{"manage.py": "", "icinga2/conf.d/shop.conf": `object CheckCommand "shop_orders" {
  import "plugin-check-command"
  command = [ PluginDir + "/check_http", "-u", "$orders_uri$", "-s", "fine" ]
}
object Service "orders" {
  host_name = "shop"
  check_command = "shop_orders"
  vars.orders_uri = "/orders"
}
`})
	if len(r.Findings) != 1 || r.Findings[0].Check.Smoke == nil || r.Findings[0].Check.Smoke.Request != "GET /orders" || r.Findings[0].Check.Smoke.Contains != "fine" {
		t.Errorf("%+v", r.Findings)
	}
	for _, line := range []string{"check_mysql -H db.example.net -u shop -p 4711", "check_pgsql -H db.example.net -p 4711", "check_disk_smb -H x -s y -p 4711", "check_radius -H x -p 4711", "check_http -H shop -a shop:4711 -u /orders"} {
		if got := fmt.Sprintf("%+v", newPlugin(splitWords(line)).converted()); strings.Contains(got, "4711") {
			t.Errorf("%s: %s", line, got)
		}
		if c := newPlugin(splitWords(line)).converted(); c.Smoke != nil && strings.Contains(fmt.Sprintf("%+v", *c.Smoke), "4711") {
			t.Errorf("%s: %+v", line, *c.Smoke)
		}
	}
}

// The password of a check is none of the check's, the options that a command adds are, and a path stays one.
func TestOptionsOfIcingasCommands(t *testing.T) {
	for name, c := range map[string]struct {
		command, vars string
		argv          []string
	}{
		"a password":        {`command = [ PluginContribDir + "/check_queue", "-p", "$queue_password$" ]`, `vars.queue_password = "canary"`, []string{"check_queue", "-p", "${CHECK_QUEUE_PASSWORD}"}},
		"an account":        {`command = [ PluginDir + "/check_queue", "-q", "$queue$" ]`, `vars.queue = "amqp://shop:canary@mq/x"`, []string{"check_queue", "-q", "${CHECK_QUEUE}"}},
		"paths":             {`command = [ "/opt/plugins/check_queue", "-f", "/etc/shop/check.conf" ]`, "", []string{"/opt/plugins/check_queue", "-f", "/etc/shop/check.conf"}},
		"options":           {"command = [ PluginDir + \"/check_queue\" ]\n  arguments = {\n    \"-u\" = \"/jobs\" // all\n    # \"-z\" = \"z\"\n    \"-w\" = 5; \"-H\" = \"$address$\"\n    \"-p\" = \"$queue_port$\"\n  }", `vars.queue_port = 8099`, []string{"check_queue", "-u", "/jobs", "-w", "5", "-p", "8099"}},
		"options not given": {"command = [ PluginDir + \"/check_queue\" ]\n  arguments = { \"-w\" = \"5\", \"-p\" = \"$queue_port$\" }", "", []string{"check_queue", "-w", "5"}},
		"conditions":        {"command = [ PluginDir + \"/check_queue\" ]\n  arguments = {\n    \"-w\" = \"5\"\n    \"-S\" = { set_if = \"$tls$\" }\n  }", "", []string{"check_queue"}},
	} {
		r := read(t, Icinga2(), files{"manage.py": "", "icinga2/conf.d/shop.conf": "object CheckCommand \"queue\" {\n  " + c.command + "\n}\nobject Service \"jobs\" {\n  check_command = \"queue\"\n  " + c.vars + "\n}\n"})
		if len(r.Findings) != 1 || !slices.Equal(r.Findings[0].Check.Script, c.argv) {
			t.Errorf("%s: %+v", name, r.Findings)
		}
		notes := fmt.Sprint(r.Notes)
		for told, in := range map[string]string{"-p of this check": "options not given", "arguments of this check": "conditions"} {
			if strings.Contains(notes, told) != (name == in) {
				t.Errorf("%s: %s", name, notes)
			}
		}
	}
}

func TestPortsOfDatabaseChecks(t *testing.T) {
	for line, want := range map[string]string{"check_mongodb -H db -P 27018 -p 4711": "db:27018", "check_mysql -H db -P 3307 -p x": "db:3307"} {
		if c := newPlugin(splitWords(line)).converted(); c.Smoke == nil || c.Smoke.TCP != want {
			t.Errorf("%s: %+v", line, c.Smoke)
		}
	}
	runCases(t, Icinga2(), []readerCase{{"ports", files{"manage.py": "", "icinga2/conf.d/shop.conf": "object Service \"a\" {\n  check_command = \"mysql\"\n  vars.mysql_hostname = \"db\"\n  vars.mysql_port = 3307\n}\nobject Service \"b\" {\n  check_command = \"pgsql\"\n  vars.pgsql_hostname = \"db\"\n  vars.pgsql_port = 5433\n}\n"}, []string{
		`.: check icinga "a": {"TCP":"db:3307"`, `.: check icinga "b": {"TCP":"db:5433"`}, nil}})
}

func TestIcinga2(t *testing.T) {
	runCases(t, Icinga2(), []readerCase{{"rules and objects", files{"manage.py": "", "icinga2/conf.d/services.conf": `/*
apply Service "no" { }
*/
apply Service "ping4" {
  import "generic-service"
  check_command = "ping4"
  assign where host.address
}
object Service "orders" {
  host_name = "shop-1"
  check_command = "http"
  vars.http_uri = "/orders"
  vars.http_string = "id"
  vars.http_ssl = true
  vars.http_invertregex = true
}
apply Service for (http_vhost => config in host.vars.http_vhosts) {
  check_command = "http"
  vars += config
}
apply Service "age" {
  check_command = "nrpe"
  vars.nrpe_command = "orders_age"
}
apply Service "nothing" {
}
`}, []string{
		`.: check icinga "ping4": none <- icinga2/conf.d/services.conf:4`, `.: check icinga "orders": {"Request":"GET /orders","Status":["2xx","3xx"],"Contains":"id"} <- icinga2/conf.d/services.conf:9`,
		"note icinga2/conf.d/services.conf:9 http_invertregex of this check is not converted", `.: check icinga "http_vhost": {"Request":"GET /"`, `.: check icinga "age": none`, `.: check icinga "nothing": none`,
	}, []string{`"no"`}}})
}

func TestMonitStartsThroughShell(t *testing.T) {
	runCases(t, Monit(), []readerCase{{"instances of one program at ports of their own, which a shell starts", files{"Gemfile": "", "Rakefile": "", "config/monitrc": `check process thin-3001 with pidfile /run/a.pid
  start program = "/bin/bash -c 'cd /srv/shop && RAILS_ENV=production /usr/bin/thin -p 3001'" as uid shop
  if failed port 3001 protocol http then restart
check process thin-3002 with pidfile /run/b.pid
  start program = "/bin/bash -c 'cd /srv/shop && RAILS_ENV=production /usr/bin/thin -p 3002'" as uid shop
  if failed port 3002 protocol http then restart
check process mail with pidfile /run/c.pid
  start program = "/srv/shop/bin/mail"
  if failed host mx.example.com port 25 then alert
`}, []string{".: name thin <- config/monitrc:2", ".: command /usr/bin/thin|-p|3001 <- config/monitrc:2", ".: replicas 2 <- config/monitrc:2", ".: port 3001 <- config/monitrc:3"}, []string{"thin-3002: ", "port 25 ", "bash"}}})
}

func TestMonit(t *testing.T) {
	runCases(t, Monit(), []readerCase{{"processes, hosts and the machine", files{"manage.py": "", "deploy/monit/shop.monitrc": `set daemon 60
check process shop with pidfile /run/shop.pid
  start program = "/srv/shop/venv/bin/gunicorn shop.wsgi --bind 0.0.0.0:8000" as uid shop
  stop program = "/bin/kill shop"
  if failed port 8000 protocol http request "/health" with timeout 5 seconds then restart
  if failed port 9000 then alert
  if cpu > 80% for 5 cycles then alert
check host api with address api.example.com
  if failed url https://api.example.com/v1/users?limit=1 and content = "id" then alert
  if failed icmp type echo then alert
  if failed port 25 protocol smtp then alert
check process mysqld with pidfile /run/mysqld.pid
  if failed host localhost port 3306 protocol mysql then restart
  if failed unixsocket /run/mysqld/mysqld.sock protocol mysql then restart
  if cpu > 60% for 2 cycles then alert
check host www with address 10.0.0.9
  if failed port 80 protocol http
     and request /orders with content = "an order"
  then alert
  if failed port 81
  if failed port 82 then alert
check process nginx with pidfile /run/nginx.pid
  if failed port 80 protocol http request "/ready" then restart
  if failed port 80 protocol http request "/server-status" then restart
check filesystem data with path /srv/data
check program age with path "/opt/check_age.sh -w 5"
check system $HOST
  if loadavg (1min) > 4 then alert
check file rc with path /etc/init.d/shop
`}, []string{
		".: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000 <- deploy/monit/shop.monitrc:3", `.: check monit "process shop": probe`,
		`.: check monit "shop answers": {"Request":"GET /health","Status":["2xx","3xx"],"Within":"5s"} <- deploy/monit/shop.monitrc:5`, `.: check monit "shop answers": {"TCP":":9000"}`,
		`.: check monit "api answers": {"Request":"GET /v1/users?limit=1","Status":["2xx","3xx"],"Contains":"id"}`, `.: check monit "api answers": none`, `.: check monit "api answers": {"TCP":"api.example.com:25","Only":["inside"]}`,
		`.: check monit "filesystem data": none`, `.: check monit "program age": script`, `.: check monit "system $HOST": none`, `.: check monit "file rc": none`,
		`.: check monit "shop's resources": none <- deploy/monit/shop.monitrc:7`, `.: check monit "mysqld answers": none <- deploy/monit/shop.monitrc:13`, `.: check monit "mysqld answers": none <- deploy/monit/shop.monitrc:14`, `.: check monit "www answers": {"Request":"GET /orders","Status":["2xx","3xx"],"Contains":"an order"} <- deploy/monit/shop.monitrc:17`,
		`.: check monit "www answers": {"TCP":"10.0.0.9:81","Only":["inside"]} <- deploy/monit/shop.monitrc:20`, `.: check monit "www answers": {"TCP":"10.0.0.9:82","Only":["inside"]} <- deploy/monit/shop.monitrc:21`, `.: check monit "nginx answers": {"Request":"GET /ready"`, `.: check monit "nginx answers": none`,
	}, []string{"mysqld's resources", "3306"}}})
}

func TestSensu(t *testing.T) {
	runCases(t, Sensu(), []readerCase{{"checks", files{"manage.py": "", "sensu/checks.json": `{"checks": {
  "shop-http": {"command": "check-http.rb -u https://shop.example.com/health -q ok -t 5", "subscribers": ["web"]},
  "shop-own": {"command": "/opt/check-orders.rb --password canary", "subscribers": []},
  "disk": {"command": "check-disk-usage.rb -w 80 -c 90"},
  "port": {"command": "check-ports.rb -p 9000"}
}}`, "sensu/broken.json": "{"}, []string{
		`.: check sensu shop-http: {"Request":"GET /health","Status":["2xx"],"Contains":"ok","Within":"5s"} <- sensu/checks.json:2`, `.: check sensu shop-own: script <- sensu/checks.json:3`,
		`.: check sensu disk: none`, `.: check sensu port: {"TCP":":9000"} <- sensu/checks.json:5`, "note sensu/broken.json:0 not understood",
	}, []string{"canary"}}})
}

// samples are like those that the packages of Nagios and Icinga bring: a machine itself, a printer, a switch, Windows.
var samples = files{"manage.py": "", "nagios/templates.cfg": `define host {
  name alive
  register 0
  check_command check-host-alive
}
define service {
  name generic
  register 0
}
define command {
  command_name check-host-alive
  command_line $USER1$/check_ping -H $HOSTADDRESS$ -w 3000,80% -c 5000,100%
}
define command {
  command_name check_nt
  command_line $USER1$/check_nt -H $HOSTADDRESS$ -p 12489 -s canary -v $ARG1$ $ARG2$
}
define command {
  command_name check_snmp
  command_line $USER1$/check_snmp -H $HOSTADDRESS$ $ARG1$
}
`, "nagios/machines.cfg": sampleHosts("web", "printer", "switch", "winserver") + sampleServices("web", "PING=check_ping!100,20%!500,60%", "Root Partition=check_disk!-w 20% -c 10% -p /", "Current Users=check_users!20!50", "Total Processes=check_procs!250!400!RSZDT",
	"Current Load=check_load!5,4,3!10,6,4", "Swap Usage=check_swap!20!10", "SSH=check_ssh", "HTTP=check_http!-u /orders -e 200", "Certificate=check_http!-S -C 14", "Own=check_orders!-w 5") +
	sampleServices("printer", "Printer Status=check_hpjd!-C canary") +
	sampleServices("switch", "Port 1 Link=check_snmp!-C canary -o ifOperStatus.1 -r 1", "Queue=check_snmp!-C canary -o .1.3.6.1.4.1.9999.7", "Port 1 Bandwidth=check_mrtgtraf!/var/lib/mrtg/1.log!AVG!1,2!3,4!10") +
	sampleServices("winserver", "CPU=check_nt!CPULOAD!-l 5,80,90", "Memory=check_nt!MEMUSE!-w 80", "W3SVC=check_nt!SERVICESTATE!-d SHOWALL -l W3SVC"),
	"nagios/nrpe.cfg": "command[check_users]=/usr/lib/nagios/plugins/check_users -w 5 -c 10\ncommand[check_zombies]=/usr/lib/nagios/plugins/check_procs -w 5 -c 10 -s Z\n"}

func sampleHosts(names ...string) string {
	text := ""
	for _, name := range names {
		text += "define host {\n  use alive\n  host_name " + name + "\n}\n"
	}
	return text
}

func sampleServices(machine string, pairs ...string) string {
	text := ""
	for _, pair := range pairs {
		name, command, _ := strings.Cut(pair, "=")
		text += "define service {\n  use generic\n  host_name " + machine + "\n  service_description " + name + "\n  check_command " + command + "\n}\n"
	}
	return text
}

// TestEveryCheckIsAccountedFor counts: what is checked in the samples has a new place or a reason, and nothing is lost.
func TestEveryCheckIsAccountedFor(t *testing.T) {
	r := read(t, Nagios(), samples)
	count := map[string]int{}
	for _, f := range r.Findings {
		if f.Check == nil {
			continue
		}
		place, _, _ := strings.Cut(placeOf(*f.Check), " ")
		if strings.HasPrefix(place, "{") {
			place = "smoke"
		}
		count[place]++
		if place == "none" && f.Check.None == "" {
			t.Errorf("%s: no reason", f.Check.Was)
		}
	}
	hosts, services, nrpe := 4, 17, 2
	want := map[string]int{"smoke": 2, "probe": 3, "script": 2, "none": 16}
	if !reflect.DeepEqual(count, want) || count["smoke"]+count["probe"]+count["script"]+count["none"] != hosts+services+nrpe {
		t.Errorf("got %v, want %v", count, want)
	}
	if text := fmt.Sprintf("%+v", said(r)); strings.Contains(text, "canary") {
		t.Error(text)
	}
}

func FuzzMonitoring(f *testing.F) {
	for _, seed := range []string{"define service {\n use a\n check_command b!c!\\!d\n}\ndefine command{ command_name b\n command_line $USER1$/check_http -u $ARG1$ -C\n}\n", "command[x]=check_http -p80 -k A:b", "apply Service \"x\" for (a => b in c) {\n check_command = \"http\"\n vars.http_uri = \"/%zz\"\n}", "object CheckCommand \"o\" {\n command = [ PluginDir + \"/check_http\", \"-u\", \"$x$\" ]\n arguments = { \"-p\" = \"$p$\", \"-w\" = 5 }\n}\nobject Service \"s\" {\n check_command = \"o\"\n vars.x = \"/y\"\n}", "check process x\n if failed port 80 protocol http request \"/a\" then alert\n start \"x y\"", `{"checks":{"a":{"command":"check-http.rb -u ://"}}}`} {
		f.Add(seed)
	}
	readers := map[string]scan.Reader{"x.cfg": Nagios(), "icinga2.conf": Icinga2(), "monitrc": Monit(), "sensu.json": Sensu()}
	f.Fuzz(func(t *testing.T, text string) {
		for name, reader := range readers {
			for _, found := range read(t, reader, files{name: text, "manage.py": ""}).Findings {
				if c := found.Check; c != nil && c.Was == "" {
					t.Errorf("%s: a check without a name", name)
				}
			}
		}
	})
}
