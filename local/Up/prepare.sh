# Sourced by local/up, tests/run and tests/bench: installs what a bare Debian machine lacks and builds what is out of date.
# The caller has set ROOT, the repository's root.

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en

# The SDK is assumed, not installed: which channel it comes from is the machine's owner's choice.
require_dotnet() {
    local found
    command -v dotnet >/dev/null || {
        [ -x "$HOME/.dotnet/dotnet" ] && export PATH="$HOME/.dotnet:$PATH"
    }
    command -v dotnet >/dev/null || die "The .NET 10 SDK is missing: no 'dotnet' on PATH and none in ~/.dotnet. Install the SDK, 10.0 or later (https://learn.microsoft.com/dotnet/core/install/linux-debian), then run this again."
    found=$(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')
    grep -Eq '(^| )(1[0-9]|[2-9][0-9])\.' <<<"$found" || die "The .NET 10 SDK is missing: 'dotnet' here has only: ${found:-no SDK}. Install the SDK, 10.0 or later (https://learn.microsoft.com/dotnet/core/install/linux-debian), then run this again."
    # The programs built here look for the runtime where the SDK lies, wherever that is.
    DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet --list-sdks | sed -n 's|.*\[\(.*\)/sdk\]$|\1|p' | tail -n 1)}
    export DOTNET_ROOT
}

# install_packages COMMAND:PACKAGE... : asks apt only for packages whose command is missing.
install_packages() {
    local pair missing=()
    for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "Missing: ${missing[*]}. This machine has no apt-get; install them by its own means, then run this again."
    local sudo=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "Missing: ${missing[*]}. Run as root, or install them: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    say "Installing from Debian: ${missing[*]}"
    "${sudo[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists that are here."
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
        die "apt-get could not install: ${missing[*]}"
}

install_tools() { install_packages ffmpeg:ffmpeg node:nodejs npm:npm setsid:util-linux curl:curl jq:jq; }

# The lock file that an installation was made from is kept beside it; anything else there means not done.
install_npm() {
    local here=$ROOT/local
    cmp -s "$here/package-lock.json" "$here/node_modules/.installed-lock.json" && return 0
    say "Installing the npm packages of local/package-lock.json"
    (cd "$here" && npm ci --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed in local/"
    # ONNX Runtime comes with the binaries of five platforms, 350 MB of them for others than this one.
    rm -rf "$here"/node_modules/com.github.asus4.onnxruntime/Plugins/{Android,iOS~,macOS,Windows}
    cp "$here/package-lock.json" "$here/node_modules/.installed-lock.json"
}

# Whether anything that goes into the build changed since the stamp; a directory's own time tells of deletions.
build_is_current() {
    local stamp=$1; shift
    [ -f "$stamp" ] || return 1
    [ -z "$(cd "$ROOT" && find "$@" \( -name bin -o -name obj -o -name node_modules \) -prune -o -newer "$stamp" -print -quit)" ]
}

# Only errors are worth reading.
compile() {
    local output
    output=$(dotnet "$@" -c Release -v quiet -nologo 2>&1) && return 0
    grep -E 'error|Error' <<<"$output" | sort -u >&2 || printf '%s\n' "$output" >&2
    return 1
}

# A job is a process per message, and a ranker has much to load: as in their images they are compiled ahead of time, which halves their start. Where the feed lacks the compiler they run all the same.
compile_ahead() {
    compile publish "$ROOT/$1" -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o "$ROOT/$1/bin/ahead" || say "$1 is not compiled ahead of time: it starts slower"
}

build_service() {
    local stamp=$ROOT/local/obj/service.stamp started
    build_is_current "$stamp" core functions local ranker-container transcoder-container \
        host.json global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt && return 0
    say "Building the service (Release)"
    started=$(mktemp)
    compile build "$ROOT/local/Service.slnf" || { rm -f "$started"; die "The build failed."; }
    compile_ahead transcoder-container
    compile_ahead ranker-container
    # Stamped with the time before the build: what was edited meanwhile is built next time.
    touch -r "$started" "$stamp"; rm -f "$started"
}
