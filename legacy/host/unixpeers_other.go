//go:build !linux

package host

import "errors"

// UnixPeers exists on Linux only.
func UnixPeers() (map[uint64]uint64, error) { return nil, errors.New("only Linux tells") }
