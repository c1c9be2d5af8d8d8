#!/bin/bash
# A clip's whole life through the HTTP API, with nothing but curl, jq and ffmpeg:
#   walk.sh [CLIP]
# Registers two accounts; uploads CLIP in parallel blocks, one of which is cut off and sent again; waits until it is ready; decodes every
# rendition; finds it in the other account's feed; likes and watches it; waits for the counts; deletes it and looks for what is left.
set -euo pipefail

API=${API:-@API@}
BLOBS=${BLOBS:-@BLOBS@}
LIST_SAS=${LIST_SAS:-@LIST_SAS@}
DEMO_CLIP=@DEMO_CLIP@
CLIP=${1:-$DEMO_CLIP}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'walk: FAILED: %s\n' "$*" >&2; exit 1; }

# call METHOD PATH TOKEN [JSON]: prints the answer's body, fails on anything but 2xx.
call() {
    local method=$1 path=$2 token=$3 body=${4-} args=() status
    [ -z "$token" ] || args+=(-H "Authorization: Bearer $token")
    [ -z "$body" ] || args+=(-H 'Content-Type: application/json' --data-binary "$body")
    local answer; answer=$(mktemp -p "$work")
    status=$(curl -sS --max-time 30 -o "$answer" -w '%{http_code}' -X "$method" "${args[@]}" "$API/$path") || fail "$method $path: no answer"
    [[ $status == 2* ]] || fail "$method $path answered $status: $(cat "$answer")"
    cat "$answer"
}

# until_true SECONDS WHAT COMMAND...: asks until the command succeeds.
until_true() {
    local seconds=$1 what=$2 end; shift 2
    end=$((SECONDS + seconds))
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "$what did not happen within $seconds s"
        sleep 0.5
    done
}

if [ ! -f "$CLIP" ]; then
    [ $# -eq 0 ] || fail "there is no file $CLIP"
    step "Rendering a clip, since none was given"
    CLIP=$work/clip.mp4
    ffmpeg -v error -nostdin -f lavfi -i testsrc2=s=720x1280:r=30 -f lavfi -i sine=f=440 -t 6 -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac -shortest "$CLIP"
fi
size=$(stat -c %s "$CLIP")
duration=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$CLIP" | awk '{ printf "%d", $1 * 1000 }')

step "Two accounts"
suffix=$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
register() {
    call POST auth/register "" "$(jq -n --arg u "$1_$suffix" --arg p "Walk-$suffix-$1" '{username: $u, password: $p, birthDate: "1995-05-05", displayName: $u}')"
}
creator=$(register walker | jq -r .accessToken)
viewer=$(register watcher | jq -r .accessToken)
echo "walker_$suffix and watcher_$suffix"

step "Upload of $(basename "$CLIP"): $size bytes, $duration ms"
init=$(call POST videos/upload/init "$creator" "$(jq -n --arg f "$(basename "$CLIP")" --argjson s "$size" --argjson d "$duration" '{filename: $f, filesize: $s, durationMs: $d}')")
video=$(jq -r .videoId <<<"$init")
url=$(jq -r .uploadUrl <<<"$init")
largest=$(jq -r .blockSize <<<"$init")
# The service says how large a block may be; smaller ones make a small clip several, too.
block=$(((size + 7) / 8)); [ "$block" -le "$largest" ] || block=$largest; [ "$block" -ge 1 ] || block=1
split -b "$block" -d -a 4 "$CLIP" "$work/block."
blocks=("$work"/block.*)
id_of() { printf 'walk-%s' "${1##*.}" | base64 | tr -d '\n'; }
put_block() { curl -sS --fail --max-time 120 --retry 3 --retry-all-errors -o /dev/null -X PUT -T "$1" "$url&comp=block&blockid=$(id_of "$1" | jq -sRr @uri)" "${@:2}"; }
broken=${blocks[${#blocks[@]} / 2]}

echo "video $video, ${#blocks[@]} blocks of $block bytes, in parallel"
pids=()
for file in "${blocks[@]}"; do
    [ "$file" != "$broken" ] || continue
    put_block "$file" & pids+=($!)
done
# One block's connection is cut after its first bytes.
if curl -s --max-time 1 --limit-rate 1k -o /dev/null -X PUT -H "Content-Length: $(($(stat -c %s "$broken") + 1))" -T - "$url&comp=block&blockid=$(id_of "$broken" | jq -sRr @uri)" \
    < <(head -c "$(($(stat -c %s "$broken") / 2))" "$broken"; sleep 2); then
    fail "the block that was cut off was accepted"
fi
for pid in "${pids[@]}"; do wait "$pid" || fail "a block was refused"; done

there=$(call GET "videos/$video/upload" "$creator" | jq '.blocks | length')
[ "$there" = $((${#blocks[@]} - 1)) ] || fail "of ${#blocks[@]} blocks one was cut off, and $there are there"
echo "$there of ${#blocks[@]} blocks are there; sending the one that was cut off again"
put_block "$broken" || fail "the block sent again was refused"

list='<?xml version="1.0" encoding="utf-8"?><BlockList>'
for file in "${blocks[@]}"; do list+="<Latest>$(id_of "$file")</Latest>"; done
curl -sS --fail --max-time 60 -o /dev/null -X PUT -H 'Content-Type: text/plain' --data-binary "$list</BlockList>" "$url&comp=blocklist" || fail "the block list was refused"
call POST "videos/$video/upload/complete" "$creator" '{"title": "A walk", "description": "Through the whole house #walk", "visibility": "public"}' | jq -c .

step "Processing"
seen=""
is_ready() {
    local answer status
    answer=$(call GET "videos/$video/status" "$creator")
    status=$(jq -r '"\(.status) \(.progress)%"' <<<"$answer")
    [ "$status" = "$seen" ] || { echo "$status"; seen=$status; }
    case $status in
        ready*) return 0 ;;
        uploading*|processing*) return 1 ;;
        *) fail "the video is $status: $(jq -r .reason <<<"$answer")" ;;
    esac
}
until_true 600 "ready" is_ready
# It is published as soon as its lowest rendition plays; the others follow.
all_done() { [ "$(call GET "videos/$video/status" "$creator" | jq -r .progress)" = 100 ]; }
until_true 600 "the last rendition" all_done
call GET "videos/$video/status" "$creator" | jq -c '{status, progress, urls, thumbnails: (.thumbnails | length)}'

step "Master playlist and renditions"
master=$(call GET "videos/$video" "$viewer" | jq -r .urls.master)
curl -sS --fail --max-time 30 "$master" -o "$work/master.m3u8" || fail "no master playlist at $master"
cat "$work/master.m3u8"
for attribute in CODECS RESOLUTION FRAME-RATE BANDWIDTH; do
    grep -q "$attribute=" "$work/master.m3u8" || fail "the master playlist states no $attribute"
done
mapfile -t playlists < <(grep -v '^#' "$work/master.m3u8" | grep .)
[ ${#playlists[@]} -ge 1 ] || fail "the master playlist names no rendition"
for playlist in "${playlists[@]}"; do
    case $playlist in http*) one=$playlist ;; *) one=${master%/*}/$playlist ;; esac
    errors=$(ffmpeg -v error -nostdin -i "$one" -f null - 2>&1) || fail "$playlist does not decode: $errors"
    [ -z "$errors" ] || fail "$playlist decodes with errors: $errors"
    frames=$(ffprobe -v error -count_packets -select_streams v -show_entries stream=width,height,nb_read_packets -of csv=p=0 "$one" | sed -n 1p)
    echo "$playlist decodes without an error (width, height, frames: $frames)"
done
thumbnail=$(call GET "videos/$video" "$viewer" | jq -r '.thumbnails[0]')
curl -sS --fail --max-time 30 -o "$work/thumb.jpg" "$thumbnail" || fail "no thumbnail at $thumbnail"

step "The other account's feed"
# A first page is given again for a minute to who asks for as many; who asks for another number has theirs ranked anew.
page_size=20
in_feed() {
    page_size=$((page_size + 1))
    local cursor="" page
    for _ in $(seq 50); do
        page=$(call GET "feed?count=$page_size${cursor:+&cursor=$(jq -rn --arg c "$cursor" '$c | @uri')}" "$viewer")
        jq -e --arg id "$video" 'any(.items[]; .id == $id)' <<<"$page" >/dev/null && return 0
        cursor=$(jq -r '.nextCursor // empty' <<<"$page")
        [ -n "$cursor" ] || return 1
    done
    return 1
}
until_true 30 "the clip in the feed" in_feed
echo "found"

step "Like and watch"
call POST "videos/$video/like" "$viewer" '{}' | jq -c .
call POST analytics/watch "$viewer" "$(jq -n --arg id "$video" --argjson d "$duration" '{videoId: $id, watchDurationMs: $d, totalDurationMs: $d, source: "fyp"}')"
counted() { call GET "videos/$video" "$viewer" | jq -e '.likeCount == 1 and .viewCount == 1 and .liked' >/dev/null; }
until_true 30 "the counts" counted
call GET "videos/$video" "$viewer" | jq -c '{viewCount, likeCount, liked}'

step "Delete"
call DELETE "videos/$video" "$creator"
status=$(curl -sS --max-time 30 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $viewer" "$API/videos/$video")
[ "$status" = 404 ] || fail "the deleted video answers $status"
left() {
    local container
    for container in uploads media media-private; do
        curl -sS --fail --max-time 30 "$BLOBS/$container?restype=container&comp=list&include=uncommittedblobs&prefix=$video&$LIST_SAS" | grep -oE '<Name>[^<]*</Name>' || true
    done
}
listing_works() { curl -sS --fail --max-time 30 -o /dev/null "$BLOBS/media?restype=container&comp=list&maxresults=1&$LIST_SAS"; }
listing_works || fail "the blob containers cannot be listed"
nothing_left() { [ -z "$(left)" ]; }
until_true 60 "the blobs' removal" nothing_left
! in_feed || fail "the deleted clip is still in the feed"
echo "no blob, and no longer in the feed"

printf '\nwalk: all well\n'
