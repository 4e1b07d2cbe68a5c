package generators

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestHeapFitsIntoTheLimit(t *testing.T) {
	for _, tt := range []struct {
		service service.Service
		want    string
	}{
		{service.Service{Language: "python", Command: []string{"java", "-Xmx3G", "-jar", "/opt/otp.jar"}}, "3840Mi"},
		{service.Service{Language: "java", Command: []string{"java", "-jar", "a.jar"}, Env: map[string]string{"JAVA_OPTS": "-Xms64m -Xmx2048m"}}, "2560Mi"},
		{service.Service{Language: "java", Command: []string{"java", "-jar", "a.jar"}}, "1Gi"},
		{service.Service{Language: "java", Command: []string{"java", "-Xmx256m", "-jar", "a.jar"}}, "1Gi"},
		{service.Service{Language: "java", Command: []string{"java", "-Xmx$HEAP", "-jar", "a.jar"}}, "1Gi"},
		{service.Service{Language: "python", Command: []string{"java", "-Xmx512m", "-jar", "x.jar"}}, "768Mi"},
		{service.Service{Language: "python", Command: []string{"java", "-Xmx256m", "-jar", "x.jar"}}, "512Mi"},
		{service.Service{Language: "java", Command: []string{"java", "-Xmx4g", "-Xmx2g", "-jar", "a.jar"}}, "2560Mi"},
		{service.Service{Language: "java", Command: []string{"java", "-Xmx256m", "-Xmx2g", "-jar", "a.jar"}}, "2560Mi"},
		{service.Service{Language: "java", Command: []string{"java", "-Xmx256m", "-jar", "a.jar"}, Env: map[string]string{"JAVA_TOOL_OPTIONS": "-Xmx2g"}}, "2560Mi"},
	} {
		app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": &tt.service}}
		if got := kubePod(app, "web").Limits.Memory; got != tt.want {
			t.Errorf("%v: %s, want %s", tt.service.Command, got, tt.want)
		}
	}
}
