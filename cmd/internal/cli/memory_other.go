//go:build !linux

package cli

import "errors"

// memoryDir finds none where the system has no such file system of its own.
func memoryDir() (string, error) {
	return "", errors.New("this system has no file system in memory: leave out --files")
}
