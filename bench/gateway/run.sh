#!/usr/bin/env bash
# Compares the gateway with bare YARP, nginx and haproxy in front of the same upstream (nginx, 1 KiB).
# Settings by environment: ROUNDS=5 SECONDS_EACH=5 CONNECTIONS=64 RATE=1000 RATE_SECONDS=5 PORT=18080
# PEERS="direct nginx haproxy yarp boreas" (any of them)
set -euo pipefail
cd "$(dirname "$0")"

ROUNDS=${ROUNDS:-5} SECONDS_EACH=${SECONDS_EACH:-5} CONNECTIONS=${CONNECTIONS:-64}
RATE=${RATE:-1000} RATE_SECONDS=${RATE_SECONDS:-5} PORT=${PORT:-18080}

for tool in wrk nginx haproxy dotnet curl; do
  command -v "$tool" >/dev/null || { echo "bench/gateway needs '$tool' in PATH; install it and run again." >&2; exit 2; }
done

dotnet build -c Release -v q --nologo >/dev/null
bench=(dotnet bin/Release/net10.0/Boreas.Bench.Gateway.dll)
work=$(mktemp -d)
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

declare -A port=([direct]=$PORT [nginx]=$((PORT + 1)) [haproxy]=$((PORT + 2)) [yarp]=$((PORT + 3)) [boreas]=$((PORT + 4)))
read -ra names <<<"${PEERS:-direct nginx haproxy yarp boreas}"
upstream=http://127.0.0.1:${port[direct]}
body=$(printf 'x%.0s' $(seq 1024))

nginx_config() { # workers, then the server block on stdin
  cat <<EOF
daemon off;
worker_processes $1;
pid $work/nginx-$2.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path $work/nginx-$2; proxy_temp_path $work/nginx-$2; fastcgi_temp_path $work/nginx-$2;
  uwsgi_temp_path $work/nginx-$2; scgi_temp_path $work/nginx-$2;
$(cat)
}
EOF
}

nginx_config 1 direct >"$work/direct.conf" <<EOF
  server { listen 127.0.0.1:${port[direct]} backlog=4096; location / { default_type text/plain; return 200 "$body"; } }
EOF
nginx_config auto nginx >"$work/nginx.conf" <<EOF
  upstream app { server 127.0.0.1:${port[direct]}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port[nginx]} backlog=4096;
    location /runtime/hello/ {
      proxy_pass http://app/; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Host \$http_host;
      proxy_set_header X-Forwarded-Proto \$scheme; proxy_set_header X-Forwarded-Prefix /runtime/hello; proxy_buffering off;
    }
  }
EOF
cat >"$work/haproxy.cfg" <<EOF
global
  maxconn 8192
defaults
  mode http
  timeout connect 3s
  timeout client 100s
  timeout server 100s
  http-reuse always
frontend front
  bind 127.0.0.1:${port[haproxy]}
  http-request replace-path /runtime/hello/(.*) /\1
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Host %[req.hdr(Host)]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Prefix /runtime/hello
  default_backend app
backend app
  server one 127.0.0.1:${port[direct]} pool-max-conn 1024
EOF

nginx -c "$work/direct.conf" -e stderr & started+=($!)
nginx -c "$work/nginx.conf" -e stderr & started+=($!)
haproxy -q -f "$work/haproxy.cfg" & started+=($!)
"${bench[@]}" yarp "${port[yarp]}" "$upstream" >/dev/null & started+=($!)
"${bench[@]}" gateway "${port[boreas]}" "$upstream" "$work/gateway" >/dev/null & started+=($!)

url() { echo "http://127.0.0.1:${port[$1]}/runtime/hello/x"; }
for name in "${names[@]}"; do
  size=$(curl --noproxy '*' -sS --retry 40 --retry-all-errors --retry-delay 1 --retry-max-time 40 -f -o /dev/null -w '%{size_download}' "$(url "$name")" 2>/dev/null) || { echo "$name does not answer on port ${port[$name]}; is the port taken? Set PORT." >&2; exit 1; }
  [ "$size" = 1024 ] || { echo "$name answers $size bytes instead of 1024; is the port taken? Set PORT." >&2; exit 1; }
done

echo "machine:  $(nproc) cores, $(uname -sr)"
echo "versions: $(nginx -v 2>&1 | cut -d' ' -f3-), $(haproxy -v | head -1 | cut -d' ' -f1-3), $( (wrk -v 2>&1 || true) | head -1 | cut -d' ' -f1-2), .NET $(dotnet --version), YARP 2.1.0"
echo "load:     $CONNECTIONS connections, $SECONDS_EACH s a round, $ROUNDS rounds; then $RATE requests/s open loop, $RATE_SECONDS s a round"

for name in "${names[@]}"; do wrk -t2 -c"$CONNECTIONS" -d3s "$(url "$name")" >/dev/null; done
for round in $(seq "$ROUNDS"); do
  for turn in "${!names[@]}"; do
    # Each round begins with another one, so that none has always the same neighbour.
    name=${names[$(((turn + round) % ${#names[@]}))]}
    out=$(wrk -t2 -c"$CONNECTIONS" -d"${SECONDS_EACH}s" "$(url "$name")")
    if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then echo "$name failed requests: $(grep -E 'Non-2xx|Socket errors' <<<"$out" | xargs)" >&2; fi
    echo "requests/s $name $(awk '/Requests\/sec/ {print $2}' <<<"$out")" >>"$work/results"
  done
done
for round in $(seq "$ROUNDS"); do
  for turn in "${!names[@]}"; do
    name=${names[$(((turn + round) % ${#names[@]}))]}
    read -r p50 p99 failed < <("${bench[@]}" load "$(url "$name")" "$RATE" "$RATE_SECONDS" || true)
    [ "$failed" = 0 ] || echo "$name failed $failed requests at $RATE/s" >&2
    echo "p50-ms $name $p50" >>"$work/results"
    echo "p99-ms $name $p99" >>"$work/results"
  done
done
sort -s -k1,1r "$work/results" >"$work/sorted"
"${bench[@]}" summary "$work/sorted" yarp
