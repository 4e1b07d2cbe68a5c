//go:build unix && !e2e

package fileset

// everyPlace is how far apart the places are at which TestKilled kills: all of them take minutes, and make e2e has those.
const everyPlace = 19
