# Packages of npm that a test wants, fetched once into build/; to be sourced.
#
#   npm_fetch NAME WITNESS    what tests/NAME/package.json asks for; WITNESS: a file that is then below node_modules. Sets
#                             NPM_MODULES; fails where npm is not there, or cannot fetch

npm_fetch() {
    local wanted=$UPTAKE_TESTS_DIR/$1/package.json home=$UPTAKE_TESTS_DIR/../build/$1
    mkdir -p "$home"
    (
        flock 9
        cmp -s "$wanted" "$home/package.json" && [ -f "$home/node_modules/$2" ] && exit 0
        command -v npm > /dev/null || exit 1
        rm -rf "$home/node_modules" "$home/new" && mkdir -p "$home/new" && cp "$wanted" "$home/new/" || exit 1
        (cd "$home/new" && timeout 120 npm install --no-audit --no-fund --ignore-scripts --no-package-lock) > "$home/npm.log" 2>&1 || exit 1
        mv "$home/new/node_modules" "$home/node_modules" && cp "$wanted" "$home/package.json"
    ) 9> "$home/lock" || return 1
    NPM_MODULES=$home/node_modules
}
