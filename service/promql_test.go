package service

import (
	"strings"
	"testing"
)

func TestAlertsHoldPromQL(t *testing.T) {
	for expr, want := range map[string]string{
		`up{app="shop"} == 0`: "",
		`rate(http_requests_total{path=~"/a\"}|b"}[5m]) > 1 and on() up == 1`: "",
		"count({job=`a\\`}) > 0":      "",
		`kubelet_volume_stats / b < `: "nothing follows <",
		`queue_length >`:              "nothing follows >",
		`up == 1 and`:                 "nothing follows and",
		`rate(x[5m) > 1`:              "a ) closes nothing",
		`rate(x[5m]`:                  "a ( is not closed",
		`x} > 1`:                      "a } closes nothing",
		`up{app="shop} == 0`:          `a text in " does not end`,
		`  `:                          "is missing",
	} {
		a := &App{Version: 1, Name: "shop", Image: "shop", Services: map[string]*Service{"web": {Command: []string{"run"}}},
			Checks: map[string]Check{"x": {Was: "x", Alert: &Alert{Expr: expr}}}}
		err := a.Validate()
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", expr, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), "checks.x.alert.expr") || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", expr, err, want)
		}
	}
}
