package ops

import "testing"

// A port of the service itself is that of whatever is checked: staging is not asked for the machine of production.
func TestMonitPortsOfTheService(t *testing.T) {
	runCases(t, Monit(), []readerCase{{"by its names, and those of others", files{"manage.py": "", "monitrc": `check host www with address www.shop.example.com
  if failed port 443 then alert
check host shop with address 10.0.0.9
  if failed port 444 then alert
check host here with address ::1
  if failed port 445 then alert
check host six with address 2001:db8::1
  if failed port 446 then alert
check host shops with address pay.shop.com
  if failed port 447 then alert
check process shop with pidfile /run/shop.pid
  if failed host shop.example.com port 448 then restart
`}, []string{`.: check monit "www answers": {"TCP":":443"}`, `.: check monit "shop answers": {"TCP":":444"}`, `.: check monit "here answers": {"TCP":":445"}`,
		`.: check monit "six answers": {"TCP":"[2001:db8::1]:446","Only":["inside"]}`, `.: check monit "shops answers": {"TCP":"pay.shop.com:447","Only":["inside"]}`, `.: check monit "shop answers": {"TCP":":448"}`}, nil}})
}
