#!/bin/sh
# nagios "Orders not booked": a plugin of the old monitoring, as it was called there. It ends with 0 when all is well, 1 to warn, 2 when it
# is critical. Run it where what it looks at can be reached.
exec "$(dirname "$0")"/../ops/nagios/check_backlog -w 50 -c 200 "$@"
