#!/usr/bin/env bash
# Installs what packaging/build.py made the way a person would, runs the main job from each form, and removes it again.
# Needs root, Debian or Ubuntu, Xvfb and a Python with torch:  packaging/try_out.sh /path/to/python
set -euo pipefail
python=${1:?the path of a Python that has torch}
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GPUPROOF_DATA_DIR=$scratch/data HOME=$scratch/home
mkdir -p "$HOME"

check() { # program, name
  "$1" --version
  "$1" inspect --no-import --json >"$scratch/$2-self.json" # the packaged app takes the python3 of the PATH
  "$1" targets --json >"$scratch/$2-targets.json"
  "$1" inspect --target "python:$python" --json >"$scratch/$2-inspect.json"
  code=0
  "$1" check --target "python:$python" --preset quick --out "$scratch/$2" --json >"$scratch/$2-check.json" || code=$?
  [ "$code" -le 1 ] || { echo "check ended with $code"; exit 1; }
  python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print(d['proof']['verdict'], d['cpu']['frames_per_second'], *[x['kind'] for x in d['doubts']])" \
    "$scratch/$2-check.json"
  code=0
  QT_QPA_PLATFORM=offscreen GPUPROOF_CLOSE_AFTER_S=3 timeout 60 "$1" || code=$?
  [ "$code" = 0 ] || { echo "the window ended with $code"; exit 1; }
}

echo "== wheel"
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet dist/gpuproof-*.whl
check "$scratch/venv/bin/gpuproof" wheel

echo "== deb"
apt-get install -y -qq "./$(ls dist/gpuproof_*.deb)" >/dev/null
(cd / && check /usr/bin/gpuproof deb)
apt-get remove -y -qq gpuproof >/dev/null
[ ! -e /opt/gpuproof ] && [ ! -e /usr/bin/gpuproof ] && echo "removed cleanly"
