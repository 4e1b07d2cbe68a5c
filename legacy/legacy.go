// Package legacy finds out what a legacy service is and how it runs: Scan walks a tree once and lets every reader look at
// it; Resolve makes one model of what they found, with the evidence for every value.
package legacy
