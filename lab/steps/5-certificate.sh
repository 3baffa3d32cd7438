# Make the certificate with the handout's commands, put it on the board, configure, reboot

run 'openssl req -new -subj "/C=FR/L=Limoges/O=TMC/OU=IOT/CN=mqtt.tmc.com" -sha256 -key ecc.key.pem -text -out ecc.csr.tmpl'
run 'openssl x509 -in ecc.csr.tmpl -text -out ecc.crt.pem -req -signkey ecc.key.pem -days 3650'
run 'mos put ecc.crt.pem'
run 'mos ls'
expect '^ecc\.crt\.pem'
expect '^index\.html'
run 'mos get ecc.crt.pem > copy.pem && cmp copy.pem ecc.crt.pem && echo identical'
expect '^identical$'

from=$(size_of board/console.log)
run 'mos config-set app.period=1 app.name=board'
expect '^Setting new configuration\.\.\.$'
await board/console.log 'Reset cause: 4 \(soft reset\)' 15 "$from"
await board/console.log 'Init done' 15 "$from"
run 'mos config-get app.period'
expect '^1$'
run 'mos ls'
expect '^conf9\.json'
