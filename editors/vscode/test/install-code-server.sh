#!/usr/bin/env bash
# A real VS Code for `npm run ui`: code-server from npm into .ui, its native parts built with the compiler of this machine.
# Needs Node 20 with its headers (where `node` has them, or /usr) and a C++ compiler; about 3 minutes, 300 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .ui
cd .ui
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund code-server@4.100.3
headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
[ -d "$headers/include/node" ] || { echo "no headers of Node in $headers/include/node (Debian: apt-get install libnode-dev)"; exit 1; }
npm_folder=$(dirname "$(readlink -f "$(command -v npm)")")/..
gyp=$npm_folder/node_modules/node-gyp/bin/node-gyp.js
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts --no-audit --no-fund
ln -sfn node_modules node_modules.asar
for module in @vscode/spdlog native-watchdog node-pty; do
  (cd "node_modules/$module" && node "$gyp" rebuild --nodedir="$headers" > /dev/null)
done
cd ../../../argon2
npx --no-install node-pre-gyp install --build-from-source --nodedir="$headers" > /dev/null
echo "code-server stands in editors/vscode/.ui"
