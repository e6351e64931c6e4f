# The rules of check-deps.sh, for all files in one pass. Plain awk: Debian's is mawk.

function complain(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    breaches++
}

# A shell pattern with * as an extended regular expression.
function regex_of(pattern) {
    gsub(/[.+]/, "\\\\&", pattern)
    gsub(/\*/, ".*", pattern)
    return "^" pattern "$"
}

function matches_any(text, patterns,    count, words, i) {
    count = split(patterns, words, " ")
    for (i = 1; i <= count; i++)
        if (text ~ regex_of(words[i]))
            return 1
    return 0
}

function is_there(path,    line, found) {
    found = (getline line < path) >= 0
    close(path)
    return found
}

function check_own_include(name,    parts, directory, target) {
    if (name ~ /\.inc$/)
        return # made by the build
    if (name !~ /\//) {
        directory = FILENAME
        sub(/[^\/]*$/, "", directory)
        if (!((directory name) in known_files) && !is_there(directory name))
            complain("\"" name "\" does not lie beside the file")
        return
    }
    split(name, parts, "/")
    target = parts[1]
    if (!(target in place))
        complain("\"" name "\" is of no layer")
    else if (place[target] > place[layer])
        complain("\"" name "\": " layer " must not know " target)
    else if (!(("include/" name) in known_files) && !is_there("include/" name))
        complain("\"" name "\" is not there")
}

function check_library_include(name,    i) {
    for (i = 1; i <= owner_count; i++) {
        if (name !~ owned[i])
            continue
        if (!matches_any(FILENAME, owner[i]))
            complain("<" name "> belongs to " owner[i])
        return
    }
    if (!(name in is_system))
        is_system[name] = matches_any(name, system_headers)
    if (!is_system[name])
        complain("<" name "> is of no library that check-deps.sh knows")
}

# The line without comments and texts, which may say anything. Keeps in_comment from line to line.
function code_of(line,    begin, end) {
    if (in_comment) {
        end = index(line, "*/")
        if (end == 0)
            return ""
        line = substr(line, end + 2)
        in_comment = 0
    }
    gsub(/\\\\/, "", line)
    gsub(/\\"/, "", line)
    gsub(/"[^"]*"/, "\"\"", line)
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
    sub(/\/\/.*/, "", line)
    begin = index(line, "/*")
    if (begin > 0) {
        in_comment = 1
        line = substr(line, 1, begin - 1)
    }
    return line
}

# Calls of banned functions: a name, a bracket, and no member of something in front of it.
function check_calls(code,    name, before) {
    while (match(code, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
        name = substr(code, RSTART, RLENGTH - 1)
        sub(/[ \t]+$/, "", name)
        before = substr(code, 1, RSTART - 1)
        code = substr(code, RSTART + RLENGTH)
        if ((name in banned_in) && before !~ /(\.|->)$/ && banned_in[name] != FILENAME)
            complain(name "() is not for use here")
    }
}

BEGIN {
    count = split(layers, names, " ")
    for (i = 1; i <= count; i++)
        place[names[i]] = i
    for (i = 1; i < ARGC; i++)
        known_files[ARGV[i]] = 1
    count = split(owners, lines, "\n")
    for (i = 1; i <= count; i++) {
        if (lines[i] !~ /[^ ]/)
            continue
        split(lines[i], words, " ")
        owned[++owner_count] = regex_of(words[1])
        owner[owner_count] = lines[i]
        sub(/^[^ ]+ +/, "", owner[owner_count])
    }
    count = split(banned, lines, "\n")
    for (i = 1; i <= count; i++) {
        if (split(lines[i], words, " ") < 2)
            continue
        wrapper = words[2]
        many = split(words[1], words, "|")
        for (j = 1; j <= many; j++)
            banned_in[words[j]] = wrapper
    }
    gsub(/\n/, " ", system_headers)
}

FNR == 1 {
    split(FILENAME, parts, "/")
    layer = parts[2]
    in_comment = 0
    if (!(layer in place))
        complain(layer " is no layer")
    if ($0 !~ /^(\/\*|\/\/) [^ ]/)
        complain("the first line is no comment that says what the file is for")
}

/^[ \t]*#[ \t]*include/ {
    if (match($0, /"[^"]*"/))
        check_own_include(substr($0, RSTART + 1, RLENGTH - 2))
    else if (match($0, /<[^>]*>/))
        check_library_include(substr($0, RSTART + 1, RLENGTH - 2))
    next
}

{ check_calls(code_of($0)) }

END { exit breaches > 0 }
