package host

import (
	"encoding/hex"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// kernelFile are files that hold nothing of a service's.
var kernelFile = scan.MustCompile(`^/(dev|proc|sys)/|^/(var/)?run/(utmp|systemd/|[^/]+\.(pid|lock)$)|^/memfd:|^/var/log/(wtmp|btmp|lastlog)$|^anon_inode`)

var logFile = scan.MustCompile(`(?i)\.(log|out|err)([.-]\d[\d.-]*)?$|(^|[/_.-])logs?/|/log/|(access|error|access[_-]?log|error[_-]?log|catalina\.out)$`)

func isLog(file string) bool {
	return strings.HasPrefix(file, "/var/log/") || logFile.MatchString(file)
}

// Socket states of the kernel.
const (
	tcpEstablished = "01"
	tcpConnecting  = "02"
	tcpPeerClosed  = "08"
	tcpListen      = "0A"
	unixAccepts    = 0x10000 // __SO_ACCEPTCON
)

// netSocket is a line of /proc/net/tcp, udp or their kind for IPv6.
type netSocket struct {
	protocol      string
	local, remote netip.AddrPort
	listens       bool
	connected     bool
	uid           string
	inode         uint64
}

// space is all sockets of one network namespace.
type space struct {
	sockets map[uint64]netSocket
	listen  map[string][]uint64 // tcp PORT -> inodes that listen there
	unix    map[uint64]unixSocket
}

type unixSocket struct {
	path    string
	accepts bool
}

// connect gives the sockets to the processes that hold them.
func (l *look) connect(found []*seen, peers func() (map[uint64]uint64, error)) {
	owner := map[uint64]*seen{}
	for _, p := range found { // by id: what several hold belongs to the first, which forked the others
		for _, inode := range p.sockets {
			if owner[inode] == nil {
				owner[inode] = p
			}
		}
	}
	spaces := map[string]*space{}
	for _, p := range found {
		if spaces[p.space] == nil {
			spaces[p.space] = l.space(p)
		}
	}
	mirror := map[string]*seen{} // local and remote end -> who has that end
	for _, name := range slices.Sorted(maps.Keys(spaces)) {
		for inode, s := range spaces[name].sockets {
			if s.connected && owner[inode] != nil {
				mirror[s.protocol+s.local.String()+s.remote.String()] = owner[inode]
			}
		}
	}
	var other map[uint64]uint64
	if peers != nil {
		var err error
		other, err = peers()
		l.root.miss("the other ends of Unix sockets", err)
	}
	for _, p := range found {
		s := spaces[p.space]
		for _, inode := range p.sockets {
			if n, ok := s.sockets[inode]; ok {
				l.socket(p, s, n, owner, mirror)
			} else if u, ok := s.unix[inode]; ok {
				p.unix(s, inode, u, other, owner)
			}
		}
	}
	l.stray(spaces, owner)
}

// stray keeps the listening sockets that no process was seen to hold.
func (l *look) stray(spaces map[string]*space, owner map[uint64]*seen) {
	for _, s := range spaces {
		for inode, n := range s.sockets {
			if n.listens && owner[inode] == nil && n.protocol == "tcp" {
				user := l.users[n.uid]
				if user == "" {
					user = n.uid
				}
				l.strays[Socket{n.protocol + " " + n.local.String(), user}] = true
			}
		}
	}
}

// socket adds a TCP or UDP socket to what a process listens on or calls.
func (l *look) socket(p *seen, s *space, n netSocket, owner map[uint64]*seen, mirror map[string]*seen) {
	switch {
	case n.listens:
		p.listens[n.protocol+" "+n.local.String()] = true
		return
	case !n.connected || len(s.listen[n.protocol+strconv.Itoa(int(n.local.Port()))]) > 0 && n.protocol == "tcp":
		return // somebody called it
	}
	c := p.call(n.protocol + " " + n.remote.String())
	c.Connections++
	if peer := mirror[n.protocol+n.remote.String()+n.local.String()]; peer != nil {
		c.Peer = peer.master(owner, s, n)
	} else if n.remote.Addr().IsLoopback() {
		for _, inode := range s.listen[n.protocol+strconv.Itoa(int(n.remote.Port()))] {
			if owner[inode] != nil {
				c.Peer = owner[inode].PID
			}
		}
	}
	for _, name := range l.hostNames[n.remote.Addr().String()] {
		if !n.remote.Addr().IsLoopback() && !slices.Contains(c.Names, name) {
			c.Names = append(c.Names, name)
		}
	}
}

// master is the process that listens for the one that has taken the call: a server's first process, not its worker.
func (p *seen) master(owner map[uint64]*seen, s *space, n netSocket) int {
	for _, inode := range s.listen[n.protocol+strconv.Itoa(int(n.remote.Port()))] {
		if owner[inode] != nil && (owner[inode].PID == p.Parent || owner[inode].PID == p.PID) {
			return owner[inode].PID
		}
	}
	return p.PID
}

func (p *seen) call(to string) *Call {
	if p.calls[to] == nil {
		p.calls[to] = &Call{To: to, Samples: 1}
	}
	return p.calls[to]
}

// hostSockets are Unix sockets of the operating system that everybody calls.
var hostSockets = scan.MustCompile(`^@?/?(var/)?(run/)?(systemd/|dbus/|nscd/|avahi|user/|udev/|lvm/|rpcbind|uuidd|acpid|snapd|pcscd|cups/|polkit)|^/dev/log$|^@/?(tmp/(dbus|\.X)|com/)`)

// unix adds a Unix socket. The end that accepted has the path; the end that called has none, only its peer has.
func (p *seen) unix(s *space, inode uint64, u unixSocket, other map[uint64]uint64, owner map[uint64]*seen) {
	if u.accepts {
		if u.path != "" && !hostSockets.MatchString(u.path) {
			p.listens["unix "+u.path] = true
		}
		return
	}
	peer := other[inode]
	file := s.unix[peer].path
	if u.path != "" || file == "" || hostSockets.MatchString(file) {
		return
	}
	c := p.call("unix " + file)
	c.Connections++
	if o := owner[peer]; o != nil {
		c.Peer = o.PID
	}
}

// space reads the sockets of the namespace that a process is in.
func (l *look) space(p *seen) *space {
	s := &space{sockets: map[uint64]netSocket{}, listen: map[string][]uint64{}, unix: map[uint64]unixSocket{}}
	dir := path.Join("/proc", strconv.Itoa(p.PID), "net")
	if !l.root.exists(dir + "/tcp") {
		dir = "/proc/net"
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		data, err := l.root.raw(path.Join(dir, table))
		l.root.miss("connections ("+table+")", err)
		for line := range strings.Lines(string(data)) {
			n, ok := parseSocket(strings.TrimSuffix(table, "6"), line)
			if !ok {
				continue
			}
			s.sockets[n.inode] = n
			if n.listens {
				key := n.protocol + strconv.Itoa(int(n.local.Port()))
				s.listen[key] = append(s.listen[key], n.inode)
			}
		}
	}
	data, err := l.root.raw(path.Join(dir, "unix"))
	l.root.miss("connections (unix)", err)
	for line := range strings.Lines(string(data)) {
		if inode, u, ok := parseUnix(line); ok {
			s.unix[inode] = u
		}
	}
	return s
}

// parseSocket reads a line such as
// "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  33 0 12345 1 ...".
func parseSocket(protocol, line string) (netSocket, bool) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return netSocket{}, false
	}
	local, ok := hexAddress(f[1])
	remote, ok2 := hexAddress(f[2])
	inode, err := strconv.ParseUint(f[9], 10, 64)
	if !ok || !ok2 || err != nil || inode == 0 { // none: closed, the kernel only waits
		return netSocket{}, false
	}
	n := netSocket{protocol: protocol, local: local, remote: remote, uid: f[7], inode: inode}
	if protocol == "udp" {
		n.connected = remote.Port() != 0
		n.listens = !n.connected
		return n, true
	}
	n.listens = f[3] == tcpListen
	n.connected = f[3] == tcpEstablished || f[3] == tcpConnecting || f[3] == tcpPeerClosed
	return n, true
}

// hexAddress reads the kernel's ADDRESS:PORT: the address in words of 32 bits of the machine's byte order, which is little
// on all that Linux services run on today.
func hexAddress(s string) (netip.AddrPort, bool) {
	address, port, ok := strings.Cut(s, ":")
	raw, err := hex.DecodeString(address)
	n, err2 := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || err2 != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		slices.Reverse(raw[i : i+4])
	}
	ip, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), true
}

// parseUnix reads a line such as "0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/x.sock".
func parseUnix(line string) (uint64, unixSocket, bool) {
	f := strings.Fields(line)
	if len(f) < 7 {
		return 0, unixSocket{}, false
	}
	flags, err := strconv.ParseUint(f[3], 16, 64)
	inode, err2 := strconv.ParseUint(f[6], 10, 64)
	if err != nil || err2 != nil {
		return 0, unixSocket{}, false
	}
	u := unixSocket{accepts: flags&unixAccepts != 0}
	if len(f) > 7 {
		u.path = strings.Join(f[7:], " ")
	}
	return inode, u, true
}
