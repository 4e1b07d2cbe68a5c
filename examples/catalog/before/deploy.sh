#!/bin/sh
# usage: ./deploy.sh   (needs your key on the web hosts)
set -e
for host in web01.corp.example web02.corp.example; do
  rsync -az --delete --exclude node_modules --exclude .git ./ deploy@$host:/srv/catalog/
  ssh deploy@$host 'cd /srv/catalog && npm install --production && sudo restart catalog'
done
