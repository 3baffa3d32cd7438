# Speak HTTPS with the board: the chip signs, and computes the shared secret

https_port=$(hallmark-board status --dir board --json | sed -n 's/.*"443"[^0-9]*\(127\.0\.0\.1:\)\{0,1\}\([0-9]*\).*/\2/p' | head -1)
[ -n "$https_port" ] || { hallmark-board status --dir board --json >"$out" 2>&1; fail "the forwarded port of 443 in the board's status"; }

console_open
run "openssl s_client -connect 127.0.0.1:$https_port </dev/null"
expect 'Protocol *(version)?: TLSv1\.2|New, TLSv1\.2'
expect 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256'
expect 'subject=C = FR, L = Limoges, O = TMC, OU = IOT, CN = mqtt\.tmc\.com'
expect 'Server Temp Key: ECDH, (P-256|prime256v1), 256 bits'
expect 'Peer signature type: ECDSA'
run "curl --silent --show-error --cacert ecc.crt.pem --connect-to mqtt.tmc.com:443:127.0.0.1:$https_port https://mqtt.tmc.com/"
cmp -s "$out" my-app/fs/index.html || fail "the page to be my-app/fs/index.html, byte for byte"
console_await 'GET /'
console_await 'Tick'
console_close
expect 'ciphersuite: TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256'
expect 'ATCA:16 ECDH gen pubkey ok'
expect 'ATCA:0 ECDSA sign ok'
expect 'ATCA:16 ECDH ok'
expect 'HTTP connection from 127\.0\.0\.1:'
expect 'New heap free LWM: [0-9]+'

say
say "It is the chip's doing: unplugged, no handshake; plugged in again, it works, without a restart."
console_open
run 'hallmark-board chip-unplug --dir board'
refused "openssl s_client -connect 127.0.0.1:$https_port </dev/null"
expect_not 'Cipher is ECDHE'
console_await '[Cc]hip|ATCA'
run 'hallmark-board chip-plug --dir board'
run "openssl s_client -connect 127.0.0.1:$https_port </dev/null 2>&1 | grep -E 'Cipher is|Verification'"
expect 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256'
console_await 'ATCA:0 ECDSA sign ok'
console_close
expect 'ATCA:0 ECDSA sign failed: 0x|ATCA:16 (ECDH|failed).*0x'
expect_not 'Reset cause'
