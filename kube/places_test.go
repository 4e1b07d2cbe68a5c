package kube

import (
	"fmt"
	"testing"
)

func TestGatewayPlaces(t *testing.T) {
	listener := func(name, protocol string, port int64) any {
		return map[string]any{"name": name, "protocol": protocol, "port": port}
	}
	gateway := func(listeners ...any) map[string]any {
		return map[string]any{"spec": map[string]any{"listeners": listeners}, "status": map[string]any{"addresses": []any{map[string]any{"value": "192.0.2.7"}}}}
	}
	for name, tt := range map[string]struct {
		gateway map[string]any
		section string
		want    string
	}{
		"plain":                    {gateway(listener("http", "HTTP", 80), listener("db", "TCP", 5432)), "", "192.0.2.7 80 http"},
		"https before http":        {gateway(listener("http", "HTTP", 80), listener("https", "HTTPS", 8443)), "", "192.0.2.7 8443 https"},
		"the one that is named":    {gateway(listener("http", "HTTP", 80), listener("https", "HTTPS", 443)), "http", "192.0.2.7 80 http"},
		"without an address yet":   {map[string]any{"spec": map[string]any{"listeners": []any{listener("http", "HTTP", 80)}}}, "", ""},
		"with what is no listener": {gateway("x", 1), "", ""},
	} {
		got := ""
		for _, p := range gatewayPlaces(tt.gateway, tt.section) {
			got += fmt.Sprint(p.Address, " ", p.Port, " ", p.Protocol)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
