package generators

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxHeap is the JVM's option for the largest heap.
var maxHeap = pattern.MustCompile(`^-Xmx(\d{1,9})([kKmMgG]?)$`)

// javaVariables are those from which JVMs, and the scripts that start them, take options.
var javaVariables = []string{"JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CATALINA_OPTS"}

// heapOf is the largest heap in MiB that the command or its variables give a JVM, 0 where they don't say. Which of these a JVM
// sees last is up to the script that starts it, so the larger counts.
func heapOf(s service.Service) int {
	heap := heapIn(strings.Join(s.Command, " "))
	for _, name := range javaVariables {
		heap = max(heap, heapIn(s.Env[name]))
	}
	return heap
}

// heapIn is the heap in MiB that the options say, 0 where they don't. Of several a JVM takes the last.
func heapIn(options string) int {
	var m []string
	for _, option := range strings.Fields(options) {
		if found := maxHeap.FindStringSubmatch(option); found != nil {
			m = found
		}
	}
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits only
	switch strings.ToLower(m[2]) {
	case "g":
		return min(n, 1<<20) << 10
	case "k":
		return n >> 10
	case "":
		return n >> 20
	}
	return n
}

// memoryOf is what a JVM takes in MiB with the heap that it is given: classes, threads and buffers come on top, and a limit below
// that would kill it. It is 0 where nothing is said.
func memoryOf(s service.Service) int {
	heap := heapOf(s)
	if heap == 0 {
		return 0
	}
	return heap + max(heap/4, 256)
}
