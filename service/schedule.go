package service

import (
	"fmt"
	"strconv"
	"strings"
)

// cronFields are the five fields of a schedule as Kubernetes takes them (robfig/cron's standard parser).
var cronFields = []struct {
	name     string
	from, to int
	names    []string
}{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of week", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// ValidSchedule says whether Kubernetes takes a cron expression.
func ValidSchedule(s string) bool { return badSchedule(s) == "" }

// badSchedule says what is wrong with a cron expression, or "".
func badSchedule(s string) string {
	switch s {
	case "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly":
		return ""
	}
	fields := strings.Fields(s)
	if len(fields) != len(cronFields) {
		return fmt.Sprintf("has %d fields where a schedule has five: minute, hour, day of month, month, day of week", len(fields))
	}
	for i, f := range fields {
		for _, part := range strings.Split(f, ",") {
			if !cronPart(part, cronFields[i].from, cronFields[i].to, cronFields[i].names) {
				return fmt.Sprintf("%q is no %s", part, cronFields[i].name)
			}
		}
	}
	return ""
}

func cronPart(part string, from, to int, names []string) bool {
	part, step, stepped := strings.Cut(part, "/")
	if stepped {
		if n, err := strconv.Atoi(step); err != nil || n <= 0 {
			return false
		}
	}
	if part == "*" || part == "?" {
		return true
	}
	low, high, ranged := strings.Cut(part, "-")
	a, ok := cronNumber(low, from, to, names)
	if !ok {
		return false
	}
	if !ranged {
		return true
	}
	b, ok := cronNumber(high, from, to, names)
	return ok && a <= b
}

func cronNumber(s string, from, to int, names []string) (int, bool) {
	for i, name := range names {
		if strings.EqualFold(s, name) {
			return from + i, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= from && n <= to
}
