package sidecar

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// ticks is the unit of times in /proc: USER_HZ, which is 100 on every Linux that Kubernetes runs on.
const ticks = 100

// procFS reads what the kernel tells about processes, in the layout of /proc.
type procFS struct{ fsys fs.FS }

// proc is what /proc/PID/stat tells about one process.
type proc struct {
	pid, parent int
	name        string
	cpu         float64 // seconds, its own and those of children that it has waited for
	threads     int
	start       uint64 // ticks since the machine started
	resident    float64
}

// all lists the processes that can be seen, in the order of their numbers as text. One that ends meanwhile is left out.
func (p procFS) all() ([]proc, error) {
	entries, err := fs.ReadDir(p.fsys, ".")
	if err != nil {
		return nil, err
	}
	var procs []proc
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if one, err := p.stat(pid); err == nil {
			procs = append(procs, one)
		}
	}
	return procs, nil
}

func (p procFS) stat(pid int) (proc, error) {
	text, err := fs.ReadFile(p.fsys, path.Join(strconv.Itoa(pid), "stat"))
	if err != nil {
		return proc{}, err
	}
	return parseStat(string(text))
}

// parseStat reads proc_pid_stat(5). The name in brackets may itself hold brackets and blanks.
func parseStat(text string) (proc, error) {
	begin, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if begin < 0 || end < begin {
		return proc{}, errors.New("/proc/PID/stat has no name in brackets")
	}
	fields := strings.Fields(text[end+1:]) // from field 3, the state
	if len(fields) < 22 {
		return proc{}, fmt.Errorf("/proc/PID/stat has only %d fields", len(fields)+2)
	}
	var numbers [25]float64
	for i := 4; i <= 24; i++ { // fields by their number in the manual
		n, err := strconv.ParseFloat(fields[i-3], 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return proc{}, fmt.Errorf("/proc/PID/stat: field %d is no number", i)
		}
		numbers[i] = n
	}
	pid, err := strconv.Atoi(strings.TrimSpace(text[:begin]))
	if err != nil {
		return proc{}, errors.New("/proc/PID/stat begins with no number")
	}
	return proc{
		pid:      pid,
		parent:   int(numbers[4]),
		name:     text[begin+1 : end],
		cpu:      (numbers[14] + numbers[15] + numbers[16] + numbers[17]) / ticks,
		threads:  int(numbers[20]),
		start:    uint64(numbers[22]),
		resident: numbers[24] * float64(os.Getpagesize()),
	}, nil
}

// listening gives the inodes of the sockets that listen on a TCP port in this network namespace, which is the pod's.
func (p procFS) listening(port int) map[string]bool {
	inodes := map[string]bool{}
	for _, name := range []string{"net/tcp", "net/tcp6"} {
		f, err := p.fsys.Open(name)
		if err != nil {
			continue
		}
		// Line by line: a busy service has tens of thousands.
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if inode, ok := listener(lines.Text(), port); ok {
				inodes[inode] = true
			}
		}
		f.Close()
	}
	return inodes
}

// listener reads one line of /proc/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode".
func listener(line string, port int) (inode string, ok bool) {
	fields := strings.Fields(line)
	const listen = "0A"
	if len(fields) < 10 || fields[3] != listen {
		return "", false
	}
	_, hex, found := strings.Cut(fields[1], ":")
	n, err := strconv.ParseUint(hex, 16, 16)
	if !found || err != nil || int(n) != port || fields[9] == "0" {
		return "", false
	}
	return fields[9], true
}

// holds says whether a process has one of the sockets open. Another user's processes don't let one look.
func (p procFS) holds(pid int, inodes map[string]bool) bool {
	dir := path.Join(strconv.Itoa(pid), "fd")
	entries, err := fs.ReadDir(p.fsys, dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		to, err := fs.ReadLink(p.fsys, path.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		if inode, ok := strings.CutPrefix(to, "socket:["); ok && inodes[strings.TrimSuffix(inode, "]")] {
			return true
		}
	}
	return false
}

// files counts the open files of a process and gives their limit; ok is false where one may not look.
func (p procFS) files(pid int) (open, limit float64, ok bool) {
	entries, err := fs.ReadDir(p.fsys, path.Join(strconv.Itoa(pid), "fd"))
	if err != nil {
		return 0, 0, false
	}
	text, err := fs.ReadFile(p.fsys, path.Join(strconv.Itoa(pid), "limits"))
	if err != nil {
		return 0, 0, false
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "Max open files"); ok {
			fields := strings.Fields(rest)
			if len(fields) == 0 {
				break
			}
			limit, err := strconv.ParseFloat(fields[0], 64) // "unlimited" is none
			return float64(len(entries)), limit, err == nil
		}
	}
	return 0, 0, false
}

// booted is when the machine started, in seconds since 1970.
func (p procFS) booted() (float64, error) {
	f, err := p.fsys.Open("stat")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "btime "); ok {
			return strconv.ParseFloat(strings.TrimSpace(text), 64)
		}
	}
	return 0, errors.New("/proc/stat tells no btime")
}
