//go:build unix && e2e

package fileset

const everyPlace = 1
