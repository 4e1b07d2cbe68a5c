package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// openGPG decrypts with the gpg program, as gopass does, but lets nothing through to the terminal: gopass's library
// prints what a failed decryption gave, which may be the beginning of the value. Without a terminal a passphrase that
// the agent doesn't hold is an error at once; gpg would wait for it for ever.
func (g *Gopass) openGPG(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	noCoreDumps()
	terminal := g.opts.Terminal
	binary, err := gpgBinary()
	if err != nil {
		return nil, err
	}
	args := []string{"--quiet", "--yes", "--no-auto-check-trustdb", "--status-fd", "2"}
	if !terminal {
		args = append(args, "--batch", "--no-tty", "--pinentry-mode", "error")
	}
	args = append(args, gpgOptions()...)

	answered := g.patience(name, "gpg")
	defer answered()
	for asked := 1; ; asked++ {
		content, agentLeft, err := decryptGPG(ctx, binary, args, sealed, terminal, answered)
		if !agentLeft || asked == maxAsked {
			return content, err
		}
		select { // it is just being started, on a machine with much to do
		case <-ctx.Done():
			return nil, err
		case <-time.After(agentPause):
		}
	}
}

// An agent that leaves is asked so often, with a pause between.
const (
	maxAsked   = 4
	agentPause = 200 * time.Millisecond
)

// decryptGPG runs gpg once. agentLeft says that its agent took the connection and ended it without a word.
func decryptGPG(ctx context.Context, binary string, args []string, sealed []byte, terminal bool, answered func()) (_ []byte, agentLeft bool, _ error) {
	var content bytes.Buffer
	content.Grow(4*len(sealed) + bytes.MinRead) // a buffer that grows leaves copies in memory; gpg compresses
	complaint := statusLines{pinentry: answered}
	cmd := exec.CommandContext(ctx, binary, append(args, "--decrypt")...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(sealed), &content, &complaint
	cmd.Env = gpgEnv(terminal)
	cmd.WaitDelay = 2 * time.Second // gpg's agent keeps the pipes open
	err := cmd.Run()
	said := complaint.text.String()
	switch {
	case ctx.Err() != nil:
		return nil, false, fmt.Errorf("gpg gave no answer in time; is it waiting for a passphrase? (%w)", ctx.Err())
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, strings.Contains(said, "can't connect to the agent: End of file"), gpgError(err, said, terminal)
	case !strings.Contains(said, "[GNUPG:] DECRYPTION_OKAY"): // gpg leaves without complaint where the file is cut off in its first packet
		return nil, false, errors.New("gpg can't decrypt the entry: the file is damaged")
	}
	return content.Bytes(), false, nil
}

// statusLines are what gpg says while it works. Once its agent asks a person, it is plain what it waits for.
type statusLines struct {
	text     bytes.Buffer
	pinentry func()
}

func (s *statusLines) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("[GNUPG:] PINENTRY_LAUNCHED")) {
		s.pinentry()
	}
	return s.text.Write(p)
}

func gpgBinary() (string, error) {
	if b := os.Getenv("GOPASS_GPG_BINARY"); b != "" {
		return b, nil
	}
	for _, name := range []string{"gpg", "gpg2"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: the store is encrypted with gpg, which is not installed (apt-get install gnupg, brew install gnupg)", ErrLocked)
}

// gpgOptions are the user's own, which gopass honours too. They come last, so they win.
func gpgOptions() []string {
	for _, name := range []string{"GOPASS_GPG_OPTS", "PASSWORD_STORE_GPG_OPTS"} {
		if opts := strings.Fields(os.Getenv(name)); len(opts) > 0 {
			return opts
		}
	}
	return nil
}

// gpgEnv is the environment without the passphrase of another backend. pinentry finds the terminal by GPG_TTY.
func gpgEnv(terminal bool) []string {
	env := []string{"LC_ALL=C"}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, passwordEnv+"=") && !strings.HasPrefix(kv, "LC_ALL=") {
			env = append(env, kv)
		}
	}
	if terminal && os.Getenv("GPG_TTY") == "" {
		if tty, err := os.Readlink("/proc/self/fd/0"); err == nil {
			env = append(env, "GPG_TTY="+tty)
		}
	}
	return env
}

// gpgError gives the reason from gpg's own complaint, which never quotes what it decrypts. gpg says "No secret key" both
// where there is none and where it is locked and nobody may be asked.
func gpgError(err error, complaint string, terminal bool) error {
	var reasons []string
	for line := range strings.SplitSeq(complaint, "\n") {
		if reason, ok := strings.CutPrefix(line, "gpg: "); ok {
			reasons = append(reasons, strings.TrimSpace(reason))
		}
	}
	text := strings.Join(reasons, "; ")
	if text == "" {
		text = err.Error()
	}
	if strings.Contains(text, "no gpg-agent running") || strings.Contains(text, "can't connect to the agent") || strings.Contains(text, "No agent running") {
		return fmt.Errorf("%w: gpg's agent doesn't run, and gpg can't start it: gpgconf --launch gpg-agent (%s)", ErrLocked, text)
	}
	if !terminal && strings.Contains(text, "No secret key") {
		return fmt.Errorf("%w: gpg has no key for the entry, or the key needs its passphrase and there is no terminal to ask on; "+
			"unlock it first (gopass show any entry), or give GOPASS_GPG_OPTS=\"--batch --pinentry-mode loopback --passphrase-file FILE\" (%s)", ErrLocked, text)
	}
	return fmt.Errorf("gpg can't decrypt the entry: %s", text)
}
