#!/bin/sh
# {{.Was}}: a plugin of the old monitoring, as it was called there. It ends with 0 when all is well, 1 to warn, 2 when it
# is critical. Run it where {{if .Own}}what it looks at{{else}}the plugin is installed and what it looks at{{end}} can be reached.
exec {{.Command}} "$@"
