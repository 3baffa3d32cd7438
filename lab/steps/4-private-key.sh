# Put the web server's private key into slot 0, encrypted with the installation key

run 'openssl ecparam -out ecc.key.pem -name prime256v1 -genkey'

say
say "With a wrong installation key the chip refuses, and slot 0 stays as it was:"
run 'openssl rand -hex 32 > wrong.key'
refused 'mos -X atca-set-key 0 ecc.key.pem --write-key=wrong.key --dry-run=false'
expect 'wrong\.key'
expect 'slot 4'
refused 'mos -X atca-get-pub-key 0'

run 'mos -X atca-set-key 0 ecc.key.pem --write-key=slot4.key --dry-run=false'
expect '^Slot 0 is a ECC private key slot$'
expect '^Parsed EC PRIVATE KEY$'
expect '^Data zone is locked, will perform encrypted write using slot 4 using slot4\.key$'
expect '^SetKey successful\.$'

say
say "The chip computes the public key of what it holds; it is that of the file:"
run 'mos -X atca-get-pub-key 0 chip.pub.pem && openssl ec -in ecc.key.pem -pubout 2>/dev/null | cmp - chip.pub.pem && echo identical'
expect '^identical$'
