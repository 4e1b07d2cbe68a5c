package host

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

const (
	sockDiag      = 4  // NETLINK_SOCK_DIAG
	diagByFamily  = 20 // SOCK_DIAG_BY_FAMILY
	showPeer      = 4  // UDIAG_SHOW_PEER
	peerAttribute = 2  // UNIX_DIAG_PEER
)

// UnixPeers asks the kernel for the other end of every connected Unix socket of the machine, by inode. Anybody may ask.
func UnixPeers() (map[uint64]uint64, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, sockDiag)
	if err != nil {
		return nil, fmt.Errorf("ask the kernel: %w", err)
	}
	defer syscall.Close(fd)
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: 2})
	request := make([]byte, syscall.NLMSG_HDRLEN+24)
	native := binary.NativeEndian
	native.PutUint32(request, uint32(len(request)))
	native.PutUint16(request[4:], diagByFamily)
	native.PutUint16(request[6:], syscall.NLM_F_REQUEST|syscall.NLM_F_DUMP)
	body := request[syscall.NLMSG_HDRLEN:]
	body[0] = syscall.AF_UNIX
	native.PutUint32(body[4:], 0xffffffff) // every state
	native.PutUint32(body[12:], showPeer)
	if err := syscall.Sendto(fd, request, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("ask the kernel: %w", err)
	}
	peers := map[uint64]uint64{}
	buffer := make([]byte, 1<<16)
	for {
		n, _, err := syscall.Recvfrom(fd, buffer, 0)
		if err != nil {
			return nil, fmt.Errorf("the kernel's answer: %w", err)
		}
		messages, err := syscall.ParseNetlinkMessage(buffer[:n])
		if err != nil {
			return nil, fmt.Errorf("the kernel's answer: %w", err)
		}
		for _, m := range messages {
			switch m.Header.Type {
			case syscall.NLMSG_DONE:
				return peers, nil
			case syscall.NLMSG_ERROR:
				return nil, fmt.Errorf("the kernel has no answer (sock_diag for Unix sockets)")
			}
			peerOf(m.Data, peers)
		}
	}
}

// peerOf reads one struct unix_diag_msg with its attributes.
func peerOf(data []byte, peers map[uint64]uint64) {
	native := binary.NativeEndian
	if len(data) < 16 {
		return
	}
	inode := uint64(native.Uint32(data[4:]))
	for rest := data[16:]; len(rest) >= 4; {
		size, kind := int(native.Uint16(rest)), native.Uint16(rest[2:])
		if size < 4 || size > len(rest) {
			return
		}
		if kind == peerAttribute && size >= 8 {
			peers[inode] = uint64(native.Uint32(rest[4:]))
		}
		rest = rest[min((size+3)&^3, len(rest)):]
	}
}
