// Package ops reads what the operation of a service tells about it: Procfiles, Dockerfiles, compose files, .env files and
// init scripts. Each file has one reader; they get paths and texts from scan.Tree and return scan.Findings.
// Nothing here decides between contradicting files of different kinds: that is Resolve's work.
package ops
