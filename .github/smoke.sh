#!/bin/bash
# Runs the functions, compiled against the official packages, under `func` with Azurite and the Cosmos DB emulator, and calls a few of them.
#   smoke.sh DIRECTORY_OF_TikTok.Local
set -euo pipefail
emulators=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
pids=()
finish() {
    local status=$?
    [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
    [ "$status" = 0 ] || tail -n 100 "$work"/*.log
    exit "$status"
}
trap finish EXIT

"$root/local/node_modules/.bin/azurite" --location "$work/azurite" --silent --skipApiVersionCheck --disableTelemetry > "$work/azurite.log" 2>&1 & pids+=($!)
"$emulators/TikTok.Local" cosmos --data "$work/cosmos" --port 8081 > "$work/cosmos.log" 2>&1 & pids+=($!)
until grep -q 'cosmos listening on' "$work/cosmos.log"; do sleep 0.2; done

# The account names and keys that both emulators document.
export AzureWebJobsStorage='UseDevelopmentStorage=true' Storage='UseDevelopmentStorage=true'
export Cosmos='AccountEndpoint=https://127.0.0.1:8081/;AccountKey=C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==;DisableServerCertificateValidation=True'
export EventHubs='Endpoint=sb://127.0.0.1;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true'
export FUNCTIONS_WORKER_RUNTIME=dotnet-isolated Ranker__Url=http://127.0.0.1:1
Platform__Secret=$(openssl rand -base64 32)
Jwt__SigningKey=$(openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER | base64 -w0)
export Platform__Secret Jwt__SigningKey
# The emulator starts empty; in Azure, Bicep has made these.
"$emulators/TikTok.Local" create-resources

# CountViews reads Event Hubs over AMQP, for which there is no server here.
(cd "$root/functions/bin/Release/net10.0" && exec env AzureWebJobs.CountViews.Disabled=true func start --no-build --port 7071) > "$work/func.log" 2>&1 & pids+=($!)
api=http://127.0.0.1:7071/api/v1
for _ in $(seq 120); do curl -sf "$api/openapi.json" -o "$work/openapi.json" && break; sleep 1; done

expect() {
    local wanted=$1 got; shift
    got=$(curl -s -o "$work/answer" -w '%{http_code}' "$@")
    [ "$got" = "$wanted" ] || { echo "Wanted $wanted, got $got: curl $*"; cat "$work/answer"; exit 1; }
    echo "$wanted ${*: -1}"
}
jq -e '.paths | length > 10' "$work/openapi.json" > /dev/null
expect 401 "$api/users/me"
expect 201 -H 'Content-Type: application/json' -d '{"username": "smoke", "password": "Smoke-Password-1", "birthDate": "2000-01-01"}' "$api/auth/register"
token=$(jq -r .accessToken "$work/answer")
expect 200 -H "Authorization: Bearer $token" "$api/users/me"
expect 201 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"filename": "a.mp4", "filesize": 1000, "durationMs": 20000}' "$api/videos/upload/init"
video=$(jq -r .videoId "$work/answer")
upload=$(jq -r .uploadUrl "$work/answer")
# Not a clip, but a blob: the blob trigger must take it, and with the creator's words the video is in processing.
curl -sf -X PUT -H 'x-ms-blob-type: BlockBlob' --data-binary 'smoke' "$upload"
expect 202 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"title": "Smoke", "visibility": "public"}' "$api/videos/$video/upload/complete"
expect 204 -X DELETE -H "Authorization: Bearer $token" "$api/videos/$video"
echo "smoke: all well"
