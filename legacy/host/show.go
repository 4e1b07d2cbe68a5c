package host

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// Show prints a snapshot for people: what serves first, then what it stands on.
func Show(w io.Writer, s *Snapshot) {
	m := s.Machine
	fmt.Fprintf(w, "%s: %s, kernel %s, taken %s", m.Name, or(m.OS, "unknown system"), m.Kernel, s.Taken)
	if s.Samples > 1 {
		fmt.Fprintf(w, " in %d looks", s.Samples)
	}
	fmt.Fprintf(w, "\n  %d processors, %d MiB of memory", m.Processor, m.Memory>>20)
	if m.Container != "" {
		fmt.Fprintf(w, ", itself a container (%s)", m.Container)
	}
	fmt.Fprintln(w)
	showProcesses(w, s)
	showList(w, "Listening, but nobody may see for whom", len(s.Sockets), func(i int) string { return s.Sockets[i].Listens + " of " + s.Sockets[i].User })
	showList(w, "Cron", len(s.Cron), func(i int) string {
		j := s.Cron[i]
		return fmt.Sprintf("%s  %s: %s   (%s)", j.Schedule, j.User, j.Command, j.File)
	})
	showList(w, "Units with their text in the file", len(s.Units), func(i int) string {
		u := s.Units[i]
		if u.Text == nil {
			return ""
		}
		return u.Name + "   " + u.Path
	})
	showList(w, "Versions", len(s.Runtimes), func(i int) string {
		r := s.Runtimes[i]
		return fmt.Sprintf("%s %s   %s, by %s", r.Name, r.Version, r.Program, r.From)
	})
	showList(w, "Mounts", len(s.Mounts), func(i int) string {
		return s.Mounts[i].Path + "   " + s.Mounts[i].Device + " (" + s.Mounts[i].Type + ")"
	})
	showList(w, "Names in /etc/hosts", len(s.Hosts), func(i int) string { return s.Hosts[i].Address + "   " + strings.Join(s.Hosts[i].Names, " ") })
	showList(w, "Configuration, with *** for secrets", len(s.Files), func(i int) string { return fmt.Sprintf("%s   %d lines", s.Files[i].Path, len(s.Files[i].Text)) })
	fmt.Fprintf(w, "\n%d packages\n", len(s.Packages))
	showList(w, "Not seen", len(s.Unseen), func(i int) string { return s.Unseen[i].What + ": " + s.Unseen[i].Reason })
}

// showProcesses prints the processes that a person looks for: those of the operating system are counted, workers are
// put to the process that started them.
func showProcesses(w io.Writer, s *Snapshot) {
	programs := group(&Loaded{Snapshot: s})
	shown := 0
	for _, p := range programs {
		if p.role == system || p.role == supervisor || p.role == wrapper {
			continue
		}
		if shown == 0 {
			fmt.Fprintln(w, "\nProcesses")
		}
		shown++
		main := p.main()
		fmt.Fprintf(w, "  %d %s  %s\n", main.PID, main.User, cut(strings.Join(main.Command, " "), 120))
		line := func(what string, list []string) {
			if len(list) > 0 {
				fmt.Fprintf(w, "      %-9s %s\n", what, cut(strings.Join(list, ", "), 200))
			}
		}
		if len(p.processes) > 1 {
			line("processes", []string{itoa(len(p.processes))})
		}
		line("directory", nonEmpty(main.Dir))
		line("unit", nonEmpty(main.Unit))
		if s.Machine.Container == "" { // all of them are in that one
			line("container", nonEmpty(main.Container))
		}
		line("package", nonEmpty(main.Package))
		line("listens", p.listens())
		var calls []string
		for _, c := range p.calls() {
			calls = append(calls, strings.Join(append([]string{c.To}, c.Names...), " "))
		}
		line("calls", calls)
		line("writes", p.writes())
		line("logs", p.logs())
		line("libraries", p.libraries())
		var names []string
		for name, value := range main.Environment {
			if systemVariable(name) {
				continue
			}
			if value != nil {
				name += "=" + *value
			}
			names = append(names, name)
		}
		sort.Strings(names)
		line("variables", names)
	}
	fmt.Fprintf(w, "\n%d processes in all, with those of the operating system\n", len(s.Processes))
}

func showList(w io.Writer, title string, n int, item func(int) string) {
	first := true
	for i := range n {
		text := item(i)
		if text == "" {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n%s\n", title)
			first = false
		}
		fmt.Fprintf(w, "  %s\n", text)
	}
}

func cut(text string, size int) string {
	if r := []rune(text); len(r) > size {
		return string(r[:size-3]) + "..."
	}
	return text
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
